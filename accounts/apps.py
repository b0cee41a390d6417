from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts import checks
        from accounts.middleware import begin_session
        from accounts.role_groups import sync_roles

        checks.register_checks()
        user_logged_in.connect(begin_session)
        post_migrate.connect(sync_roles, sender=self)
