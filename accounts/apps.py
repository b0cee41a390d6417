from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks
        from accounts.role_groups import sync_roles

        checks.register_checks()
        post_migrate.connect(sync_roles, sender=self)
