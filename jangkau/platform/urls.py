"""Where each page is."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path
from django.views.i18n import set_language

from jangkau.platform.web import health, invitations, metrics, people_of_office, start

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("bahasa/", set_language, name="set_language"),
    path("masuk/", account.login, name="account_login"),
    path("keluar/", account.logout, name="account_logout"),
    path("akun/2fa/", include("allauth.mfa.urls")),
    path("akun/sesi/", include("allauth.usersessions.urls")),
    path("akun/sandi/", account.password_change, name="account_change_password"),
    path("akun/ulang/", account.reauthenticate, name="account_reauthenticate"),
    path("akun/oidc/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("akun/", include("allauth.socialaccount.urls")),
    path("undangan/<str:token>/", invitations.accept, name="accept_invitation"),
    path("", start.start, name="start"),
    path("pengguna/", people_of_office.users, name="users"),
    path("pengguna/undang/", people_of_office.invite, name="invite"),
    path("pengguna/<int:number>/akhiri/", people_of_office.dismiss, name="dismiss"),
    path("peristiwa/", people_of_office.events, name="events"),
]
