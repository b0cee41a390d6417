"""Pages of a list keep the conditions of the address."""

from django.test import RequestFactory, SimpleTestCase

from core.paging import page_of


def page(address: str, rows: int = 288):
    return page_of(RequestFactory().get(address), list(range(rows)))


class PagingTests(SimpleTestCase):
    def test_a_page_says_which_rows_of_how_many(self):
        second = page("/?page=2")

        self.assertEqual((second.first, second.last, second.total), (25, 48, 288))

    def test_every_other_condition_stays_in_the_address(self):
        second = page("/?town=1&town=2&page=2")

        self.assertEqual(second.next, "?town=1&town=2&page=3")
        self.assertEqual(second.previous, "?town=1&town=2&page=1")

    def test_numbers_far_away_are_left_out(self):
        self.assertEqual(page("/?page=6").numbers, [1, None, 5, 6, 7, None, 12])

    def test_a_number_out_of_range_gives_the_nearest_page(self):
        self.assertEqual(page("/?page=999").number, 12)
        self.assertEqual(page("/?page=x").number, 1)

    def test_an_empty_list_is_false_and_has_no_pages(self):
        empty = page("/", rows=0)

        self.assertFalse(empty)
        self.assertFalse(empty.many)

    def test_the_first_page_has_no_previous(self):
        self.assertEqual(page("/").previous, "")
