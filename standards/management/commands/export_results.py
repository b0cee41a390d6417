from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import AccessEvent
from areas.models import Area
from standards.exports import NothingJudged, write_results_csv
from standards.models import Subject

SUBJECTS = {"households": Subject.HOUSEHOLD, "villages": Subject.VILLAGE}


class Command(BaseCommand):
    help = "Write the verdicts of a year to a CSV file, one line a household or village."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=list(SUBJECTS))
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--area", help="division code; everything when none is named")
        parser.add_argument("--output", type=Path, required=True)

    def handle(self, *args, what, year, area, output, **options):
        place = self._area(area) if area else None
        unfinished = output.with_name(output.name + ".part")
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                count = write_results_csv(file, SUBJECTS[what], year, place)
            unfinished.replace(output)
        except NothingJudged as error:
            raise CommandError(f"{error} Run: manage.py evaluate --year {year}") from error
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}") from error
        finally:
            unfinished.unlink(missing_ok=True)
        AccessEvent.objects.create(
            kind=AccessEvent.Kind.EXPORTED,
            reason=f"manage.py export_results {what} --year {year}",
            area=place.prefix if place else "",
            rows=count,
        )
        self.stdout.write(f"{count} {what} written to {output}")

    def _area(self, code):
        valid = Area.objects.valid()
        found = valid.filter(code=code).first() or valid.filter(code=code.ljust(12, "0")).first()
        if found is None:
            raise CommandError(f"No area has the code {code}.")
        return found
