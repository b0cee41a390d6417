from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import TestCase

from core.models import RowHistory
from standards.models import Criterion, Indicator, StandardVersion
from standards.services import publish_version
from tests.database import as_owner
from tests.makers import make_user
from tests.standards.test_in_force import load

REFUSED = "A published standard never changes"

SQL = {
    "version updated": "UPDATE standards_standardversion SET title = 'x' WHERE id = {version}",
    "version taken back": "UPDATE standards_standardversion SET published_at = NULL WHERE id = {version}",
    "version deleted": "DELETE FROM standards_standardversion WHERE id = {version}",
    "indicator updated": "UPDATE standards_indicator SET gating = false WHERE version_id = {version}",
    "indicator deleted": "DELETE FROM standards_indicator WHERE version_id = {version}",
    "indicator moved out": "UPDATE standards_indicator SET version_id = {draft} WHERE version_id = {version}",
    "indicator moved in": "UPDATE standards_indicator SET version_id = {version}, code = 'y' WHERE version_id = {draft}",
    "indicator inserted": """
        INSERT INTO standards_indicator (version_id, position, code, label, label_en, clause, clause_en, gating)
        VALUES ({version}, 9, 'x', 'x', '', '', '', true)""",
    "criterion updated": "UPDATE standards_criterion SET threshold = '1' WHERE indicator_id = {indicator}",
    "criterion deleted": "DELETE FROM standards_criterion WHERE indicator_id = {indicator}",
    "criterion moved out":
        "UPDATE standards_criterion SET indicator_id = {other}, position = 9 WHERE indicator_id = {indicator}",
    "criterion moved in":
        "UPDATE standards_criterion SET indicator_id = {indicator}, position = 9 WHERE indicator_id = {other}",
    "criterion inserted": """
        INSERT INTO standards_criterion (indicator_id, position, measure, operator, unit, clause, clause_en,
            unknown, gating, excluded_items)
        VALUES ({indicator}, 9, 'food', 'is', '', '', '', 'gates', true, '[]')""",
}  # fmt: skip


class PublishedTests(TestCase):
    """What is in force is read-only for everybody, the owner of the tables included."""

    @classmethod
    def setUpTestData(cls):
        cls.version = load()
        cls.draft = load(note="draft", publish=False)
        cls.indicator, cls.other = cls.version.indicators.get(), cls.draft.indicators.get()
        cls.criterion = cls.indicator.criteria.get()

    def assert_refused(self, act):
        with self.assertRaisesMessage(DatabaseError, REFUSED), transaction.atomic():
            act()

    def test_sql_by_hand_is_refused(self):
        keys = {"version": self.version.pk, "draft": self.draft.pk}
        keys |= {"indicator": self.indicator.pk, "other": self.other.pk}
        for name, sql in SQL.items():
            with self.subTest(name), as_owner(), connection.cursor() as cursor:
                self.assert_refused(lambda sql=sql, cursor=cursor: cursor.execute(sql.format(**keys)))

    def test_the_orm_is_refused(self):
        acts = {
            "save": self.version.save,
            "update": lambda: StandardVersion.objects.filter(pk=self.version.pk).update(note="x"),
            "indicator saved": self.indicator.save,
            "criterion saved": self.criterion.save,
            "indicator created": lambda: Indicator.objects.create(
                version=self.version, position=9, code="x", label="x"
            ),
            "criterion created": lambda: Criterion.objects.create(
                indicator=self.indicator, position=9, measure="food", operator="is"
            ),
        }
        for name, act in acts.items():
            with self.subTest(name):
                self.assert_refused(act)

    def test_deleting_by_the_orm_is_refused(self):
        for row in (self.criterion, self.indicator, self.version):
            with self.subTest(type(row).__name__), as_owner():
                self.assert_refused(row.delete)

    def test_the_shipped_standards_are_in_force_and_frozen(self):
        for version in StandardVersion.objects.filter(number=1, code__endswith="household"):
            with self.subTest(version.code):
                self.assertTrue(version.is_published)
                self.assert_refused(version.save)

    def test_a_draft_can_be_edited_and_thrown_away(self):
        self.draft.title = "另一个标题"
        self.draft.save()
        self.other.criteria.update(threshold=3000)
        self.other.label = "收入二"
        self.other.save()
        with as_owner():
            self.draft.delete()

        self.assertFalse(StandardVersion.objects.filter(pk=self.draft.pk).exists())

    def test_publishing_is_once(self):
        user = make_user()

        published = publish_version(self.draft, user=user)

        self.assertEqual(published.published_by, user.pk)
        with self.assertRaises(ValidationError):
            publish_version(published, user=user)

    def test_who_published_stands_in_the_history(self):
        user = make_user()
        publish_version(self.draft, user=user)

        row = RowHistory.objects.filter(table="standards_standardversion", row_id=self.draft.pk).latest("pk")

        self.assertEqual((row.change.kind, row.change.user_id), ("standard.published", user.pk))
        self.assertIn("published_at", row.changed)
