from django.test import TestCase

from areas.lookup import VillageFinder
from areas.models import Area
from areas.services import load_division_file
from tests.makers import make_area, make_township, make_village_area


class VillageFinderTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_township("999001101000", "甲镇")
        make_township("999001102000", "乙乡")
        cls.wanglou = make_village_area("999001101201", "王楼村民委员会")
        cls.other_wanglou = make_village_area("999001102201", "王楼村民委员会")
        cls.lilou = make_village_area("999001101202", "李楼村民委员会")
        cls.west_lilou = make_village_area("999001101203", "西李楼村民委员会")
        cls.finder = VillageFinder(make_area())

    def test_the_township_decides_between_two_of_one_name(self):
        self.assertEqual(self.finder.find("甲镇", "王楼村"), self.wanglou)
        self.assertEqual(self.finder.find("乙乡", "王楼"), self.other_wanglou)

    def test_a_part_of_a_name_is_not_the_name(self):
        self.assertEqual(self.finder.find("甲镇", "李楼"), self.lilou)
        self.assertEqual(self.finder.find("甲镇", "西李楼村委会"), self.west_lilou)
        self.assertIsNone(self.finder.find("甲镇", "楼村"))

    def test_the_next_township_is_not_searched(self):
        self.assertIsNone(self.finder.find("乙乡", "李楼村"))

    def test_an_unknown_township_finds_nothing(self):
        self.assertIsNone(self.finder.find("丙镇", "李楼村"))
        self.assertIsNone(self.finder.find("", "李楼村"))

    def test_the_township_by_its_stem(self):
        self.assertEqual(self.finder.find("甲", "李楼村"), self.lilou)
        self.assertEqual(self.finder.find("甲镇人民政府", "李楼村"), None)

    def test_of_two_with_one_stem_the_exact_name_wins_else_nothing(self):
        community = make_village_area("999001101301", "李楼社区居民委员会")
        finder = VillageFinder(make_area())

        self.assertEqual(finder.find("甲镇", "李楼社区居民委员会"), community)
        self.assertEqual(finder.find("甲镇", "李楼村民委员会"), self.lilou)
        self.assertIsNone(finder.find("甲镇", "李楼"))

    def test_of_two_townships_with_one_stem_the_exact_name_wins_else_nothing(self):
        street = make_township("999001001000", "甲街道")
        finder = VillageFinder(make_area())

        self.assertEqual(finder.township("甲街道"), street)
        self.assertEqual(finder.township("甲镇").name, "甲镇")
        self.assertIsNone(finder.township("甲"))

    def test_an_abolished_village_is_not_found(self):
        Area.objects.filter(pk=self.lilou.pk).update(valid_to="2016-01-01")

        self.assertIsNone(VillageFinder(make_area()).find("甲镇", "李楼"))

    def test_names_alike_are_offered_as_a_cure(self):
        self.assertEqual(self.finder.similar("甲镇", "东李楼村"), ["李楼村民委员会", "西李楼村民委员会"])
        self.assertEqual(self.finder.similar("丙镇", "李楼村"), [])


class WholeCountyTests(TestCase):
    def test_every_village_of_the_article_s_county_is_found_by_its_short_name(self):
        load_division_file()
        finder = VillageFinder(Area.objects.get(level="county"))

        lost = [
            village.name
            for village in finder.villages.values()
            if finder.find(finder.townships[village.parent_id].name, village.stem) != village
        ]

        self.assertEqual((len(finder.villages), lost), (201, []))
