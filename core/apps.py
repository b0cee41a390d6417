from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self):
        # The kinds of jobs stand in the apps' tasks; pages that show or start one need them too.
        autodiscover_modules("tasks")
