from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "standards"

    def ready(self):
        from core.signals import facts_changed
        from standards import checks  # noqa: F401
        from standards.services import judge_saved

        def judge(sender, household_ids, village_ids, year=None, **kwargs):
            judge_saved(list(household_ids), list(village_ids), year)

        facts_changed.connect(judge, weak=False, dispatch_uid="standards.judge_saved")
