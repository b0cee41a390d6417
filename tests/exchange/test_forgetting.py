"""What was staged is kept a month after an import ended; what it wrote stays."""

from datetime import timedelta

from django.utils import timezone

from exchange.models import Import, StagedRow
from exchange.tasks import forget_ended
from households.models import Household
from tests.exchange.importing import ImportTestCase
from tests.exchange.registers import household, table


class ForgettingTests(ImportTestCase):
    def setUp(self):
        super().setUp()
        self.source = self.put_in(table(household, household()))

    def ended(self, days: int) -> None:
        Import.objects.filter(pk=self.source.pk).update(ended_at=timezone.now() - timedelta(days=days))

    def test_staged_rows_are_erased_after_a_month(self):
        self.ended(31)

        forgotten = forget_ended()

        self.assertEqual((forgotten, StagedRow.objects.count()), (1, 0))
        self.assertEqual(Household.objects.count(), 1)

    def test_they_stay_until_then(self):
        self.ended(29)

        self.assertEqual((forget_ended(), StagedRow.objects.count()), (0, 1))

    def test_an_import_that_has_not_ended_keeps_them(self):
        Import.objects.filter(pk=self.source.pk).update(ended_at=None)

        self.assertEqual(forget_ended(), 0)
