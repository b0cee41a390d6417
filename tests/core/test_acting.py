"""Every change says who, as what, from where and about what, without its caller knowing."""

from django.test import TestCase

from accounts.models import AccessEvent, User
from core.acting import Acting, acting, acting_as
from core.changes import change
from core.jobs import enqueue, job_kind, run_job
from core.models import Change, Job
from tests.makers import make_township, make_user, make_village
from tests.signing_in import sign_in


@job_kind("test.note")
def note(job: Job) -> None:
    """Write one change as whoever asked for the job."""
    with change("test.noted", user=User.objects.get(pk=job.user_id)):
        pass


class ActingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.village = make_village()
        cls.user = make_user("township_clerk", make_township())

    def test_a_change_of_a_page_names_role_address_and_area(self):
        sign_in(self.client, self.user)

        self.client.post("/account/", {"language": "en", "single_keys": "on"}, REMOTE_ADDR="10.1.2.3")

        made = Change.objects.get(kind="account.preferences")
        self.assertEqual(
            (made.user_id, made.role, made.address, made.area),
            (self.user.pk, "township_clerk", "10.1.2.3", "999001101"),
        )

    def test_a_change_within_another_belongs_to_its_operation(self):
        with change("outer") as outer, change("inner"), change("innermost") as innermost:
            pass

        self.assertEqual(Change.objects.get(kind="inner").within, outer.pk)
        self.assertEqual(innermost.within, outer.pk)
        self.assertIsNone(outer.within)

    def test_after_a_failed_change_the_next_one_stands_for_itself(self):
        with self.assertRaises(ZeroDivisionError), change("failed"):
            raise ZeroDivisionError
        with change("next") as following:
            pass

        self.assertIsNone(following.within)

    def test_somebody_else_is_not_given_the_role_of_whoever_asks(self):
        with acting_as(lambda: Acting(1, "county_office", "10.0.0.1", "999001")):
            self.assertEqual(acting(2), Acting(2, address="10.0.0.1"))
            self.assertEqual(acting(1).role, "county_office")

    def test_a_job_writes_with_role_and_address_of_who_asked(self):
        who = Acting(self.user.pk, "township_clerk", "10.1.2.3", "999001101")
        with acting_as(lambda: who), self.captureOnCommitCallbacks():
            job = enqueue("test.note", user=self.user, arguments={}, area_prefix="999001101")

        run_job(job.pk)

        self.assertEqual(Job.objects.get(pk=job.pk).state, "done")
        made = Change.objects.get(kind="test.noted")
        self.assertEqual((made.role, made.address, made.area), ("township_clerk", "10.1.2.3", "999001101"))

    def test_an_entry_that_was_not_taken_is_an_event(self):
        sign_in(self.client, self.user)

        self.assertEqual(self.client.post("/account/", {"language": "xx"}).status_code, 422)

        event = AccessEvent.objects.get(kind="invalid")
        self.assertEqual((event.user, event.area, event.reason), (self.user, "999001101", "422"))
