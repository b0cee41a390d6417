"""The way of a roster: uploaded and checked → confirmed → written whole, or not at all."""

import io
import json
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.many import FirstPassword, NewAccount, first_passwords, open_many, renew_many
from accounts.models import User
from core.changes import change
from core.files import FileUnreadable, erase, plain_pieces, store
from core.jobs import enqueue
from core.models import Job, StoredFile
from exchange.rosters.columns import COLUMNS
from exchange.rosters.models import Roster
from exchange.rosters.reading import NEW, REFUSED, RosterRow, counts_of, read_roster
from exchange.rosters.units import check_officials, check_organisations, write_officials, write_organisations
from exchange.rosters.users import check_users

KEEP_DAYS = 1
CHECKS = {
    Roster.Kind.USERS: check_users,
    Roster.Kind.ORGANISATIONS: check_organisations,
    Roster.Kind.OFFICIALS: check_officials,
}
JOBS = {
    Roster.Kind.USERS: "rosters.users",
    Roster.Kind.ORGANISATIONS: "rosters.units",
    Roster.Kind.OFFICIALS: "rosters.units",
}
State = Roster.State
_CHANGED = gettext_lazy("This roster is no longer in the state in which it was shown.")


def keep_roster(kind: str, name: str, content: IO[bytes], *, user: User) -> Roster:
    """Keep an uploaded file for a day, encrypted, when it can be read as a roster of this kind."""
    stored = store(content, kind="roster", user=user, original_name=name, keep_days=KEEP_DAYS)
    try:
        read_roster(stored, name, COLUMNS[kind])
    except ValidationError:
        erase(stored)
        raise
    with change("roster.uploaded", user=user, subject=kind):
        return Roster.objects.create(kind=kind, user_id=user.pk, name=name[:255], stored=stored)


def checked_rows(roster: Roster, user: User) -> list[RosterRow]:
    """The rows of the file, compared with what stands at this moment."""
    rows = read_roster(roster.stored, roster.name, COLUMNS[roster.kind])
    CHECKS[Roster.Kind(roster.kind)](rows, user)
    return rows


def confirm(roster: Roster, *, reason: str, user: User) -> Job:
    """A person has looked and wants it written; a job does it."""
    refuse_unwritable(checked_rows(roster, user))
    with transaction.atomic():
        locked = Roster.objects.select_for_update(of=("self",)).select_related("job").get(pk=roster.pk)
        if not locked.may_confirm:
            raise ValidationError(_CHANGED)
        job = enqueue(JOBS[Roster.Kind(roster.kind)], user=user, arguments={"roster": roster.pk})
        values = {"state": State.CONFIRMED, "job": job, "reason": reason.strip()[:200]}
        Roster.objects.filter(pk=roster.pk).update(**values)
    return job


def refuse_unwritable(rows: list[RosterRow]) -> None:
    """Raise in words when a row is refused, or nothing would change."""
    counts = counts_of(rows)
    if counts[REFUSED]:
        message = _("%(count)s rows are refused. Correct them in the file and upload it again.")
        raise ValidationError(message % {"count": counts[REFUSED]})
    if counts["unchanged"] == len(rows):
        raise ValidationError(_("Everything stands already. Nothing is to be written."))


def abandon(roster: Roster, *, user: User) -> None:
    """Put the roster away; its file goes at once."""
    if not roster.may_confirm:
        raise ValidationError(_CHANGED)
    with change("roster.abandoned", user=user, subject=str(roster.pk)):
        _move(roster, roster.state, State.ABANDONED)
    erase(roster.stored)


def write_units(roster: Roster, user: User, job: Job) -> None:
    """Write organisations or officials in one transaction. Safe to repeat."""
    if roster.state != State.CONFIRMED:
        return
    rows = checked_rows(roster, user)
    refuse_unwritable(rows)
    write = write_organisations if roster.kind == Roster.Kind.ORGANISATIONS else write_officials
    job.progress(0, len(rows), _("Writing"))
    with change(f"{roster.kind}.by_workbook", user=user, reason=roster.reason):
        write([row for row in rows if row.state != "unchanged"], user)
        _written(roster, rows)


def write_users(roster: Roster, user: User, job: Job) -> None:
    """Open the accounts in one transaction and keep their first passwords for a day. Safe to repeat."""
    if roster.state != State.CONFIRMED:
        return
    rows = checked_rows(roster, user)
    refuse_unwritable(rows)
    plans = [NewAccount(**row.plan) for row in rows if row.state == NEW]
    passwords = _hashed(len(plans), job)
    kept: StoredFile | None = None
    try:
        with transaction.atomic():
            people = open_many(plans, passwords, reason=roster.reason, actor=user)
            kept = _keep(people, passwords, user)
            values = {"opened": [person.pk for person in people], "passwords": kept}
            Roster.objects.filter(pk=roster.pk).update(**values)
            _written(roster, rows)
    except BaseException:
        if kept is not None:
            default_storage.delete(kept.name)
        raise


def renew_passwords(roster: Roster, user: User, job: Job) -> None:
    """New first passwords for those of the roster who never signed in; safe to repeat."""
    people = list(User.objects.filter(pk__in=roster.opened, is_active=True, last_seen_at=None).order_by("pk"))
    if not people:
        raise ValidationError(_("Everybody of this roster has signed in already."))
    passwords = _hashed(len(people), job)
    with transaction.atomic():
        renew_many(people, passwords, actor=user)
        kept = _keep(people, passwords, user)
        Roster.objects.filter(pk=roster.pk).update(passwords=kept, passwords_taken_at=None)


def take_passwords(roster: Roster) -> list[dict[str, str]]:
    """The first passwords, once: whoever asks first gets them, and the file is gone."""
    if not roster.passwords_wait or roster.passwords is None:
        raise ValidationError(_("The first passwords are no longer there. Give new ones."))
    taken = Roster.objects.filter(pk=roster.pk, passwords=roster.passwords, passwords_taken_at=None)
    if not taken.update(passwords_taken_at=timezone.now()):
        raise ValidationError(_("The first passwords were shown already. Give new ones."))
    try:
        slips: list[dict[str, str]] = json.loads(b"".join(plain_pieces(roster.passwords)))
    except FileUnreadable:
        raise ValidationError(_("The first passwords are no longer there. Give new ones.")) from None
    erase(roster.passwords)
    return slips


def _hashed(count: int, job: Job) -> list[FirstPassword]:
    words = _("Making first passwords")
    job.progress(0, count, words)
    return first_passwords(count, lambda done: job.progress(done, count, words))


def _keep(people: list[User], passwords: list[FirstPassword], user: User) -> StoredFile:
    """The slips, encrypted, for one day and one look."""
    slips: list[dict[str, Any]] = [
        {"name": person.name, "username": person.username, "password": password.plain}
        for person, password in zip(people, passwords, strict=True)
    ]
    content = io.BytesIO(json.dumps(slips).encode())
    return store(content, kind="first_passwords", user=user, original_name="slips", keep_days=KEEP_DAYS)


def _written(roster: Roster, rows: list[RosterRow]) -> None:
    count = sum(row.state != "unchanged" for row in rows)
    Roster.objects.filter(pk=roster.pk).update(written=count, ended_at=timezone.now())
    _move(roster, State.CONFIRMED, State.APPLIED)
    # Nobody needs the file any more; it may hold telephone numbers.
    transaction.on_commit(lambda: erase(roster.stored))


def _move(roster: Roster, before: str, after: str) -> None:
    """Compare-and-set of the state; a second worker or a second click finds nothing to do."""
    if not Roster.objects.filter(pk=roster.pk, state=before).update(state=after):
        raise ValidationError(_CHANGED)
    roster.state = after
