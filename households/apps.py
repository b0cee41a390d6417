from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "households"

    def ready(self):
        from accounts import household_numbers
        from households import granted

        household_numbers.use(granted)
