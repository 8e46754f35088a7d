"""Coverage: how far protection has come, as figures taken from a run and kept."""

from django.apps import AppConfig


class Coverage(AppConfig):
    name = "jangkau.platform.coverage"
    label = "coverage"
    verbose_name = "Cakupan"
