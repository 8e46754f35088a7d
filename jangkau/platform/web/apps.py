"""Web: the pages."""

from django.apps import AppConfig


class Web(AppConfig):
    name = "jangkau.platform.web"
    label = "web"
    verbose_name = "Web"
