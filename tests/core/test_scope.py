from django.contrib.auth.models import AnonymousUser
from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from areas.models import Area
from core.scope import inside, next_prefix
from households.models import Household
from tests.makers import make_area, make_household, make_township, make_user, make_village
from villages.models import Village


class PrefixTests(SimpleTestCase):
    def test_the_next_prefix_ends_the_range(self):
        for prefix, following in {
            "41": "42",
            "411725": "411726",
            "419": "41:",
            "9": ":",
            "999": "99:",
        }.items():
            with self.subTest(prefix):
                self.assertEqual(next_prefix(prefix), following)

    def test_the_range_holds_exactly_the_codes_that_begin_with_the_prefix(self):
        codes = [
            "410999999999",
            "411000000000",
            "411725109000",
            "411725109999",
            "411725110000",
            "419999999999",
        ]
        for prefix in ("41", "411725109", "419", "411725"):
            within = [code for code in codes if prefix <= code < next_prefix(prefix)]
            self.assertEqual(within, [code for code in codes if code.startswith(prefix)])

    def test_the_condition_is_a_range(self):
        self.assertEqual(inside("code", "419").children, [("code__gte", "419"), ("code__lt", "41:")])


class VisibleTests(TestCase):
    """Three people: inside, in the next township, nobody."""

    @classmethod
    def setUpTestData(cls):
        cls.village = make_village("999001109201")
        cls.next_door = make_village("999001110201")
        cls.edge = make_village("999001999201")
        cls.homes = {
            place: make_household(village=place, head=None)
            for place in (cls.village, cls.next_door, cls.edge)
        }

    def seen(self, user, model=Village):
        return set(model.objects.visible_to(user).values_list("pk", flat=True))

    def test_a_township_ends_where_the_next_begins(self):
        inside_user = make_user("township_clerk", make_township("999001109000"))
        next_user = make_user("township_clerk", make_township("999001110000"))

        self.assertEqual(self.seen(inside_user), {self.village.pk})
        self.assertEqual(self.seen(next_user), {self.next_door.pk})
        self.assertEqual(self.seen(inside_user, Household), {self.homes[self.village].pk})

    def test_a_code_of_nines_keeps_its_rows(self):
        user = make_user("township_clerk", make_township("999001999000"))

        self.assertEqual(self.seen(user), {self.edge.pk})

    def test_a_county_sees_all_of_it_and_nothing_of_the_next(self):
        other = make_village("999002101201")

        self.assertEqual(self.seen(make_user()), {place.pk for place in self.homes})
        self.assertNotIn(other.pk, self.seen(make_user()))

    def test_a_village_sees_itself(self):
        self.assertEqual(self.seen(make_user("first_secretary", self.village.area)), {self.village.pk})

    def test_without_a_grant_nothing_is_seen(self):
        for role in ("county_office", "system_admin"):
            with self.subTest(role):
                self.assertEqual(self.seen(make_user(role, False)), set())

    def test_nobody_and_inactive_accounts_see_nothing(self):
        self.assertEqual(self.seen(AnonymousUser()), set())
        self.assertEqual(self.seen(None), set())
        self.assertEqual(self.seen(make_user(is_active=False, deactivated_at=timezone.now())), set())

    def test_areas_are_scoped_alike(self):
        user = make_user("township_clerk", make_township("999001109000"))

        self.assertEqual(
            set(Area.objects.visible_to(user).values_list("code", flat=True)),
            {"999001109000", "999001109201"},
        )

    def test_within_an_area(self):
        self.assertEqual(Village.objects.within(make_area().prefix).count(), 3)
        self.assertEqual(list(Household.objects.within("999001109")), [self.homes[self.village]])
