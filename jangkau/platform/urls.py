"""Where each page is."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path
from django.views.i18n import set_language

from jangkau.platform.coverage.models import Kind
from jangkau.platform.web import health, intake_pages, invitations, metrics, parts, people_of_office, privacy, start
from jangkau.platform.web.coverage import pages as coverage
from jangkau.platform.web.coverage import public, sheets
from jangkau.platform.web.registry import exports, pairs, people, runs

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
    path("kiriman/", intake_pages.deliveries, name="deliveries"),
    path("kiriman/baru/", intake_pages.new, name="new_delivery"),
    path("kiriman/naik/", parts.start, name="start_upload"),
    path("kiriman/naik/<uuid:number>/", parts.part, name="upload"),
    path("kiriman/<int:number>/", intake_pages.delivery, name="delivery"),
    path("kiriman/<int:number>/keadaan/", intake_pages.state, name="delivery_state"),
    path("kiriman/<int:number>/kolom/", intake_pages.columns, name="delivery_columns"),
    path("kiriman/<int:number>/setujui/", intake_pages.accept, name="accept_delivery"),
    path("kiriman/<int:number>/kembalikan/", intake_pages.give_back, name="give_back_delivery"),
    path("kiriman/<int:number>/ditolak.csv", intake_pages.refused, {"ending": "csv"}, name="refused_csv"),
    path("kiriman/<int:number>/ditolak.xlsx", intake_pages.refused, {"ending": "xlsx"}, name="refused_xlsx"),
    path("kiriman/<int:number>/hasil/", exports.ask_results, name="ask_results"),
    path("kiriman/lembaga/<int:number>/", intake_pages.institution, name="deliveries_of"),
    path("peristiwa/", people_of_office.events, name="events"),
    path("privasi/", privacy.privacy, name="privacy"),
    path("privasi/<int:number>/", privacy.answer, name="answer_privacy"),
    # coverage
    path("cakupan/", coverage.home, name="coverage"),
    path("cakupan/angka.csv", sheets.figures, name="coverage_sheet"),
    path("cakupan/wilayah/", coverage.ranking, {"kind": Kind.REGION}, name="coverage_regions"),
    path("cakupan/cabang/", coverage.ranking, {"kind": Kind.BRANCH}, name="coverage_branches"),
    path("cakupan/provinsi/<str:key>/", coverage.province, name="coverage_province"),
    path("cakupan/wilayah/<str:key>/", coverage.region, name="coverage_region"),
    path("cakupan/cabang/<str:key>/", coverage.branch, name="coverage_branch"),
    path("cakupan/lembaga/<str:key>/", coverage.institution, name="coverage_institution"),
    path("cakupan/<int:number>/publik/", coverage.publish, name="coverage_publish"),
    path("publik/", public.country, name="public"),
    path("publik/angka.csv", public.figures, name="public_sheet"),
    path("publik/provinsi/<str:key>/", public.province, name="public_province"),
    path("kesenjangan/", people.people, name="people"),
    path("kesenjangan/saringan/", people.save_filter, name="save_filter"),
    path("kesenjangan/saringan/<int:number>/hapus/", people.forget_filter, name="forget_filter"),
    path("kesenjangan/ekspor/", exports.exports, name="exports"),
    path("kesenjangan/ekspor/baru/", exports.ask, name="ask_export"),
    path("kesenjangan/ekspor/<uuid:number>/", exports.download, name="download"),
    path("kesenjangan/orang/<uuid:number>/", people.person, name="person"),
    path("kesenjangan/orang/<uuid:number>/nik/", people.reveal, name="reveal_nik"),
    path("kesenjangan/orang/<uuid:number>/catatan/", people.note, name="note"),
    path("telaah/", pairs.start, name="review"),
    path("telaah/<int:number>/", pairs.pair, name="pair"),
    path("telaah/<int:number>/putus/", pairs.decide, name="decide_pair"),
    path("telaah/<int:number>/nik/", pairs.reveal, name="reveal_pair"),
    path("telaah/keputusan/<int:number>/batal/", pairs.undo, name="undo_decision"),
    path("hitungan/", runs.runs, name="runs"),
    path("hitungan/<int:number>/", runs.run, name="run"),
    path("hitungan/<int:number>/kemajuan/", runs.progress, name="run_progress"),
    path("hitungan/<int:number>/hentikan/", runs.cancel, name="cancel_run"),
    path("hitungan/<int:number>/laporan/", runs.report, name="run_report"),
    path("hitungan/<int:number>/banding/<int:earlier>/", runs.compare, name="compare_runs"),
]
