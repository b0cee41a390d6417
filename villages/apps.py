from django.apps import AppConfig


class VillagesConfig(AppConfig):
    name = "villages"

    def ready(self):
        from areas.signals import areas_loaded
        from villages.services import register_villages

        def make_villages(sender, county_prefixes, **kwargs):
            register_villages(county_prefixes)

        areas_loaded.connect(make_villages, weak=False, dispatch_uid="villages.make_villages")
