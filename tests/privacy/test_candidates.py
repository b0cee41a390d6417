"""Whatever a role can open, at least a hundred ID numbers fit what it has seen of a person."""

import re
from datetime import date, timedelta

from django.test import SimpleTestCase

from accounts.roles import ROLES
from households.identity import check_character
from tests.privacy.walking import HEAD_ID, NEW_ID, WIFE_ID, WalkTestCase

ENOUGH = 100
# A run of so many digits of the number is no coincidence.
SHORTEST_RUN = 4


def shown_places(number: str, text: str) -> set[int]:
    """Places behind the division code whose characters stand in `text` in a run of the number."""
    shown: set[int] = set()
    for start in range(len(number) - SHORTEST_RUN + 1):
        for end in range(start + SHORTEST_RUN, len(number) + 1):
            if end > 14 and number[start:end] in text:
                shown |= set(range(start, end))
    return {place for place in shown if place >= 14}


def birth_day_is_shown(number: str, text: str) -> bool:
    day = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    writings = (
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y.%m.%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}-{day.month}-{day.day}",
        f"{day:%m-%d}",
        f"{day:%m%d}",
    )
    return any(re.search(rf"(?<!\d){re.escape(writing)}", text) for writing in writings)


def candidates(number: str, text: str, most: int = ENOUGH) -> int:
    """How many valid numbers fit, up to `most`: the division, the year and the sex count as known."""
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    days = [born]
    if not birth_day_is_shown(number, text):
        days = [date(born.year, 1, 1) + timedelta(days=n) for n in range(365)]
    shown, found = shown_places(number, text), 0
    for day in days:
        for sequence in range(int(number[16]) % 2, 1000, 2):
            body = f"{number[:6]}{day:%Y%m%d}{sequence:03d}"
            whole = body + check_character(body)
            found += all(whole[place] == number[place] for place in shown)
            if found >= most:
                return found
    return found


class CountingTests(SimpleTestCase):
    """The count itself: a mask that shows too much is found out."""

    def test_nothing_but_the_mask_leaves_enough(self):
        self.assertEqual(candidates(HEAD_ID, "999*************** 1963"), ENOUGH)

    def test_the_day_alone_leaves_enough(self):
        self.assertEqual(candidates(HEAD_ID, "999*************** 1963-09-17"), ENOUGH)

    def test_first_six_and_last_four_are_no_mask(self):
        mask = f"{HEAD_ID[:6]}********{HEAD_ID[-4:]}"

        self.assertEqual(candidates(HEAD_ID, f"{mask} 1963-09-17"), 1)
        self.assertLess(candidates(HEAD_ID, mask), ENOUGH)

    def test_the_whole_number_leaves_one(self):
        self.assertEqual(candidates(HEAD_ID, f"证件号 {HEAD_ID} 1963-09-17"), 1)


class CandidateTests(WalkTestCase):
    def test_every_role_is_left_with_a_hundred_numbers_for_each_person(self):
        for role, user in self.users.items():
            seen = self.walk(user)
            for number in (HEAD_ID, WIFE_ID, NEW_ID):
                with self.subTest(role=role, number=number):
                    page = next((address for address, text in seen.pages.items() if number[-6:] in text), "")
                    self.assertEqual(candidates(number, seen.text), ENOUGH, page)

    def test_the_walk_really_meets_the_person(self):
        self.assertEqual(set(self.users), set(ROLES))
        seen = self.walk(self.users["township_clerk"])
        masked = [address for address, text in seen.pages.items() if "999***" in text]

        self.assertGreater(len(seen.pages), 20)
        self.assertTrue(any("/reveal/" in address for address in masked))
        self.assertIn(f"/households/{self.household.number}/", masked)
        self.assertTrue(any("/imports/" in address for address in seen.pages))
