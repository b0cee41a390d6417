import time

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from areas.models import Area
from standards.services import counties, has_register, judge_area
from standards.tallies import refresh_tallies


class Command(BaseCommand):
    help = "Judge households and villages of a year by the standard in force; writes what changed."

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--area", help="division code; every county with a register when none is named")

    def handle(self, *args, year, area, **options):
        areas = self._areas(area)
        if not areas:
            raise CommandError("There is nothing to judge: import a register first.")
        for one in areas:
            self._judge(one, year)

    def _areas(self, code):
        if not code:
            return [county for county in counties() if has_register(county)]
        area = Area.objects.valid().filter(code=code).first()
        area = area or Area.objects.valid().filter(code=code.ljust(12, "0")).first()
        if area is None:
            raise CommandError(f"No area has the code {code}.")
        return counties(area.prefix) if len(area.prefix) < 6 else [area]

    def _judge(self, area, year):
        started = time.perf_counter()
        try:
            assessments = judge_area(area, year)
            refresh_tallies(area.prefix)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for subject, assessment in assessments.items():
            self.stdout.write(
                f"{area.name} {year} {subject}: {assessment.judged} judged, {assessment.changed} changed"
            )
            for code, counts in assessment.counts.items():
                row = "  ".join(f"{name} {count:>7}" for name, count in counts.items())
                self.stdout.write(f"  {code:<12} {row}")
        self.stdout.write(f"{area.name} {year}: {time.perf_counter() - started:.2f} seconds")
