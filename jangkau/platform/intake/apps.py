"""Intake: a list is handed in, checked and accepted."""

from django.apps import AppConfig


class Intake(AppConfig):
    name = "jangkau.platform.intake"
    label = "intake"
    verbose_name = "Kiriman"
