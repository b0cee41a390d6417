import re
from pathlib import Path

from django.test import SimpleTestCase

from accounts.roles import RIGHTS, ROLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"


class AccessDocsTests(SimpleTestCase):
    def test_the_table_of_roles_is_the_one_in_force(self):
        rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text(), re.M)

        written = {role: re.findall(r"`(\w+)`", rights) for role, rights in rows}
        in_force = {r.code: [right for right in RIGHTS if right in r.rights] for r in ROLES.values()}
        self.assertEqual(written, in_force)
