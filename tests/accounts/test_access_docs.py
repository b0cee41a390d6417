import re
from pathlib import Path

from django.test import SimpleTestCase

from accounts.policy import Scope
from accounts.roles import RIGHTS, ROLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"


class AccessDocsTests(SimpleTestCase):
    def test_the_table_of_roles_is_the_one_in_force(self):
        rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text().partition("## Grants")[0], re.M)

        written = {role: re.findall(r"`(\w+)`", rights) for role, rights in rows}
        in_force = {r.code: [right for right in RIGHTS if right in r.rights] for r in ROLES.values()}
        self.assertEqual(written, in_force)

    def test_the_table_of_rules_names_each_once(self):
        table = PAGE.read_text().partition("| rule | what it lets find |")[2].partition("\n\n")[0]

        written = [
            rule for row in table.splitlines() for rule in re.findall(r"`([a-z]+)`", row.split(" | ")[0])
        ]
        self.assertEqual(sorted(written), sorted(Scope))
