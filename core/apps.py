from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self):
        from core import checks  # noqa: F401 - registers them
        from core.database_rights import grant_rights
        from core.metrics import watch_new_connection
        from core.sealing import carry_on_after_restore

        connection_created.connect(watch_new_connection)
        # Sent once all tables are there.
        post_migrate.connect(grant_rights, sender=self)
        post_migrate.connect(carry_on_after_restore, sender=self)
        # The kinds of jobs stand in the apps' tasks; pages that show or start one need them too.
        autodiscover_modules("tasks")
