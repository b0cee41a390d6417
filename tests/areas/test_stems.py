from django.test import SimpleTestCase

from areas.stems import plain, township_stem, village_stem

# Each line holds the spellings of one village (`exact_rules.md` 3).
SAME = [
    (
        "李楼",
        ["李楼村", "李楼", "李楼村委会", "李楼村民委员会", "李楼村委", "李楼村村民委员会", "李楼村村委会"],
    ),
    ("董庄", ["董庄", "董庄社区", "董庄居委会", "董庄社区居民委员会", "董庄居民委员会", "董庄社区居委会"]),
    ("双馨", ["双馨", "双馨居委会", "双馨社区居民委员会"]),
    (
        "阳春新村",
        [
            "阳春新村",
            "阳春新村村委",
            "阳春新村村委会",
            "阳春新村村民委员会",
            "阳春新村委会",
            "阳春新村民委员会",
            "阳春新村居委会",
            "阳春新村社区",
            "阳春新村社区居民委员会",
        ],
    ),
    ("西李楼", ["西李楼村", "西李楼村民委员会"]),
    ("新村", ["新村", "新村村委会", "新村民委员会"]),
    ("李楼", [" 李楼　村 ", "李 楼 村 民 委 员 会"]),
    ("3组", ["３组"]),
]


class StemTests(SimpleTestCase):
    def test_every_spelling_of_a_village_has_one_stem(self):
        for stem, spellings in SAME:
            for spelling in spellings:
                with self.subTest(spelling):
                    self.assertEqual(village_stem(spelling), stem)

    def test_names_that_differ_stay_apart(self):
        names = ["李楼村", "西李楼村", "王楼村", "阳春村", "阳春新村", "新村", "新庄村", "村"]

        self.assertEqual(len({village_stem(name) for name in names}), len(names))

    def test_only_one_ending_is_cut(self):
        self.assertEqual(village_stem("东村社区"), "东村")
        self.assertEqual(village_stem("社区"), "社区")
        self.assertEqual(village_stem("村委会"), "村委会")

    def test_townships(self):
        names = {
            "盘龙街道": "盘龙",
            "盘龙街道办事处": "盘龙",
            "竹沟镇": "竹沟",
            "石滚河乡": "石滚河",
            "竹沟": "竹沟",
            "镇": "镇",
        }
        for name, stem in names.items():
            with self.subTest(name):
                self.assertEqual(township_stem(name), stem)

    def test_plain_text_has_no_spaces_and_no_full_width_characters(self):
        self.assertEqual(plain("　第 ３ 组（北）"), "第3组(北)")
