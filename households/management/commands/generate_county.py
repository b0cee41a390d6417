import time

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from households.generation.county import county_of, generate_county
from households.generation.province import generate_tallies


class Command(BaseCommand):
    help = "Fill a county's empty register with invented households (identity numbers begin with 999)."

    def add_arguments(self, parser):
        parser.add_argument("--households", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--year", type=int, default=2016)
        parser.add_argument("--county", default="411725", help="division code of a loaded county")
        parser.add_argument(
            "--tallies-only",
            action="store_true",
            help="invented counties (codes 99…) of 20,000 households, all but the first without people",
        )

    def handle(self, *args, households, seed, year, county, tallies_only, **options):
        if households < 1:
            raise CommandError("--households must be at least 1.")
        started = time.monotonic()
        try:
            if tallies_only:
                made = generate_tallies(households, seed=seed, year=year)
            else:
                made = generate_county(county_of(county), households, seed=seed, year=year)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        seconds = time.monotonic() - started
        self.stdout.write(
            f"generated: {made.households} households, {made.persons} persons, "
            f"{made.villages} villages, {seconds:.1f} s"
        )
