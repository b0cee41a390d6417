"""A small register whose numbers are marked, and a walk over every page that a role can open."""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from accounts.policy import POLICY, SIGNED_IN, Scope
from accounts.roles import ADMINISTRATORS, ROLES
from accounts.routes import Route, all_routes
from accounts.services import grant_households
from exchange import services
from exchange.models import Import, ImportFile
from households.identity import check_character
from households.models import Household, Person
from tests.accounts.objects import COMMON, MAKERS
from tests.exchange import registers
from tests.exchange.importing import ImportTestCase
from tests.exchange.sheets import xlsx
from tests.makers import make_secret, make_township, make_user
from tests.signing_in import sign_in


def marked_id(birth: str, sequence: str) -> str:
    body = f"999001{birth}{sequence}"
    return body + check_character(body)


HEAD_ID, WIFE_ID, NEW_ID = (
    marked_id("19630917", "847"),
    marked_id("19660728", "586"),
    marked_id("19630918", "763"),
)
PHONE, ACCOUNT = "10073918264", "6230580000731942685"
CARD = WIFE_ID + "43"


@dataclass
class Seen:
    """What one walk saw: the text of each page by its address, and all headers."""

    pages: dict[str, str] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.pages.values())


def text_of(response: HttpResponse) -> str:
    """The words of an answer; of a workbook those in its parts."""
    content = response.getvalue()
    if content[:2] != b"PK":
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())


class WalkTestCase(ImportTestCase):
    """A household imported twice, the second time with another number and refused rows."""

    @classmethod
    def setUpClass(cls) -> None:
        cls._folder = tempfile.TemporaryDirectory()
        cls._settings = override_settings(MEDIA_ROOT=cls._folder.name)
        cls._settings.enable()
        super().setUpClass()

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        cls._settings.disable()
        cls._folder.cleanup()

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.office = make_user("county_office", cls.county)
        wife = {"人编号": f"{registers.HOUSEHOLD}02", "姓名": "柳四娘", "与户主关系": "配偶"}
        head = {"姓名": "张三丰", "联系电话": PHONE}
        first = cls.import_of(
            [registers.household(证件号码=HEAD_ID, **head)],
            [registers.person(证件号码=HEAD_ID, 姓名="张三丰"), registers.person(证件号码=WIFE_ID, **wife)],
        )
        services.confirm_import(first, reason="试")
        services.apply_import(first)
        cls.household = Household.objects.get(number=registers.HOUSEHOLD)
        cls.seal_the_rest()
        cls.open_import = cls.import_of(
            [
                registers.household(证件号码=NEW_ID, **head),
                registers.household(户编号="x", 人编号="1", 姓名="柳四娘", 证件号码=HEAD_ID[:16]),
            ],
            [
                registers.person(证件号码=NEW_ID, 姓名="张三丰"),
                registers.person(**wife | {"证件号码": WIFE_ID[:16]}),
                registers.person(**wife | {"证件号码": WIFE_ID[:17] + "Q", "人编号": "3"}),
                registers.person(**wife | {"证件号码": float(WIFE_ID[:17]), "人编号": "4"}),
            ],
        )
        cls.users = {role: cls.user_of(role) for role in ROLES}

    @classmethod
    def seal_the_rest(cls) -> None:
        household = cls.household
        place = {"table": "households_household", "subject_id": household.pk}
        household.bank_account = make_secret("account", ACCOUNT, **place)
        household.save(update_fields=["bank_account"])
        wife = Person.objects.get(name="柳四娘")
        place = {"table": "households_person", "subject_id": wife.pk}
        wife.disability_card = make_secret("certificate", CARD, **place)
        wife.save(update_fields=["disability_card"])

    @classmethod
    def import_of(cls, heads: list[dict[str, Any]], people: list[dict[str, Any]]) -> Import:
        """Staged and compared, with its marked workbooks, as the upload page and its job make it."""
        with tempfile.TemporaryDirectory() as folder:
            files = [
                xlsx(Path(folder) / "heads.xlsx", registers.table(registers.household, *heads)),
                xlsx(Path(folder) / "people.xlsx", registers.table(registers.person, *people)),
            ]
            opened = [(path.name, path.open("rb")) for path in files]
            source = services.start_import(opened, area=cls.county, year=2016, user=cls.office)
            for _name, file in opened:
                file.close()
        return services.read_import(source)

    @classmethod
    def user_of(cls, role: str) -> User:
        if role in ADMINISTRATORS:
            return make_user(role, False)
        if role == "helper":
            user = make_user(role, False)
            grant_households(user, [cls.household.pk], actor=None)
            return user
        return make_user(role, cls.county if role.startswith("county") else make_township())

    # --- The walk ------------------------------------------------------------------------------
    def walk(self, user: User) -> Seen:
        """Open every page the user's role has, with the marked household as its object, and search."""
        client, seen = self.client_class(), Seen()
        sign_in(client, user)
        for address in self.addresses(user):
            self.see(seen, address, client.get(address))
        if user.may("view_households"):
            for words in ("张三丰", "柳四娘", HEAD_ID, HEAD_ID[-4:], registers.HOUSEHOLD, "zsf"):
                for name in ("desk:search", "desk:suggestions"):
                    answer = client.post(reverse(name), {"words": words})
                    # The field shows what was searched for, to the one who typed it.
                    self.see(seen, f"{name} {words[:3]}", answer, hidden=words)
        return seen

    def see(self, seen: Seen, address: str, response: HttpResponse, hidden: str = "") -> None:
        self.assertNotEqual(response.status_code, 500, address)
        text = text_of(response)
        if address == "/metrics":
            # Long fractions of seconds hold any four digits; what they are measured of is kept.
            text = re.sub(r" [-+.e\d]+$", "", text, flags=re.MULTILINE)
        seen.pages[address] = text.replace(hidden, "") if hidden else text
        seen.headers += [address, *(f"{name}: {value}" for name, value in response.items())]

    def addresses(self, user: User) -> Iterator[str]:
        for route in all_routes():
            entry = POLICY[route.name]
            right = entry.right_for("GET")
            if right is None or not (right in ("", SIGNED_IN) or user.may(right)):
                continue
            for values in self.values(route, user):
                address = reverse(route.name, kwargs=values)
                yield address
                if "export" in route.name:
                    yield f"{address}?format=xlsx"

    def values(self, route: Route, user: User) -> Iterator[dict[str, Any]]:
        if not route.parameters:
            yield {}
            return
        scope = POLICY[route.name].scope
        village = self.household.village
        known = COMMON | MAKERS[scope](village, user)
        if scope == Scope.HOUSEHOLD:
            known |= {"number": self.household.number, "pk": self.household.pk}
            for secret in self.secrets() if "secret" in route.parameters else [0]:
                yield {name: (known | {"secret": secret})[name] for name in route.parameters}
            return
        if scope == Scope.IMPORT:
            file = ImportFile.objects.filter(source=self.open_import).first()
            known |= {"pk": self.open_import.pk, "file_pk": file.pk}
        yield {name: known[name] for name in route.parameters}

    def secrets(self) -> list[int]:
        """Keys of every masked value of the household."""
        people = Person.objects.filter(memberships__household=self.household)
        keys = [self.household.phone_id, self.household.bank_account_id]
        for person in people:
            keys += [person.id_number_id, person.disability_card_id]
        return [key for key in keys if key]

    def client_of(self, user: User) -> Client:
        client = self.client_class()
        sign_in(client, user)
        return client
