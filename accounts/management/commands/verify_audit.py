from django.core.management.base import BaseCommand, CommandError

from accounts.auditing import check_seals
from core import sealing
from core.models import Seal


class Command(BaseCommand):
    help = "Seal what is final, recompute every seal of the audit, and print the latest digest."

    def handle(self, *args, **options):
        sealing.seal_now()
        found = check_seals()
        if not found.is_whole:
            raise CommandError(
                f"The audit is broken at seal {found.broken_seal} ({found.fault}): {found.table}"
                f" rows {found.first_row} to {found.last_row}."
            )
        last = Seal.objects.order_by("number").last()
        latest = f"; latest {last.number} {last.digest}" if last else ""
        self.stdout.write(f"{found.seals} seals, {found.rows} rows, whole, {found.seconds:.1f} s{latest}")
