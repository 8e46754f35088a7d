"""Offices: who works where, what each may see and do."""

from django.apps import AppConfig


class Offices(AppConfig):
    name = "jangkau.platform.offices"
    label = "offices"
    verbose_name = "Kantor"
