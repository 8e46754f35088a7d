"""Registry: runs, the people not protected, and doubtful pairs."""

from django.apps import AppConfig


class Registry(AppConfig):
    name = "jangkau.platform.registry"
    label = "registry"
    verbose_name = "Kesenjangan"
