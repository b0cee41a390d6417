from itertools import combinations

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import SimpleTestCase, TestCase

from accounts import services
from accounts.models import User
from accounts.policy import ANYONE, POLICY, SIGNED_IN
from accounts.queries import people_with
from accounts.roles import ADMINISTRATORS, RIGHTS, ROLES, clashing
from tests.makers import make_user

pytestmark = pytest.mark.usefixtures("english")


class RoleTableTests(SimpleTestCase):
    def test_the_three_administrators_share_no_right(self):
        for one, other in combinations(ADMINISTRATORS, 2):
            with self.subTest(f"{one}, {other}"):
                self.assertEqual(ROLES[one].rights & ROLES[other].rights, set())

    def test_no_administrator_opens_facts_about_people(self):
        about_people = {"view_households", "change_households", "reveal_secrets", "export_results"}
        for code in ADMINISTRATORS:
            with self.subTest(code):
                self.assertEqual(ROLES[code].rights & about_people, set())

    def test_no_page_opens_to_two_administrators(self):
        for name, entry in POLICY.items():
            for method, right in entry.rights.items():
                with self.subTest(route=name, method=method):
                    holders = [code for code in ADMINISTRATORS if right in ROLES[code].rights]
                    self.assertLessEqual(len(holders), 1)

    def test_no_role_can_both_open_accounts_and_read_the_audit(self):
        for role in ROLES.values():
            with self.subTest(role.code):
                self.assertFalse({"manage_accounts", "view_audit"} <= role.rights)

    def test_every_right_of_a_role_exists_and_is_given_to_somebody(self):
        given = set().union(*(role.rights for role in ROLES.values()))

        self.assertEqual(given, set(RIGHTS))

    def test_every_right_in_the_policy_exists(self):
        asked = {right for entry in POLICY.values() for right in entry.rights.values()}

        self.assertEqual(asked - {ANYONE, SIGNED_IN} - set(RIGHTS), set())

    def test_every_role_may_open_the_page_it_begins_with(self):
        for role in ROLES.values():
            with self.subTest(role.code):
                self.assertIn(POLICY[role.home].rights["GET"], {*role.rights, SIGNED_IN})

    def test_an_administrator_holds_no_second_role(self):
        self.assertTrue(clashing({"system_admin", "security_admin"}))
        self.assertTrue(clashing({"audit_admin", "township_clerk"}))
        self.assertFalse(clashing({"audit_admin"}))
        self.assertFalse(clashing({"township_clerk", "helper"}))


class RoleGroupTests(TestCase):
    def test_each_role_is_a_group_with_exactly_its_rights(self):
        for role in ROLES.values():
            with self.subTest(role.code):
                held = Group.objects.get(name=role.code).permissions.values_list("codename", flat=True)
                self.assertEqual(set(held), role.rights)

    def test_a_person_may_what_the_role_says_and_nothing_else(self):
        user = make_user("helper")

        may = {right for right in RIGHTS if user.may(right)}
        self.assertEqual(may, ROLES["helper"].rights)

    def test_whom_a_right_reaches_are_open_accounts_only(self):
        people = [make_user("security_admin", False) for _number in range(2)]
        make_user("system_admin", False)
        services.close_account(people[1], reason="left", actor=None)

        self.assertEqual(list(people_with("manage_accounts")), people[:1])

    def test_somebody_without_a_role_may_nothing(self):
        user = make_user(None)

        self.assertEqual([right for right in RIGHTS if user.may(right)], [])

    def test_a_closed_account_may_nothing(self):
        user = make_user("county_office")
        services.close_account(user, reason="left", actor=None)
        user = User.objects.get(pk=user.pk)

        self.assertFalse(user.may("view_households"))

    def test_a_group_that_is_no_role_gives_no_role(self):
        user = make_user(None)
        user.groups.add(Group.objects.create(name="chess club"))

        self.assertEqual(User.objects.get(pk=user.pk).roles, ())

    def test_two_administrations_in_one_hand_are_refused(self):
        user = make_user("system_admin", False)

        with self.assertRaisesMessage(ValidationError, "different people"):
            services.set_roles(user, ["system_admin", "audit_admin"], actor=None)
        self.assertEqual(User.objects.get(pk=user.pk).roles, ("system_admin",))

    def test_the_database_refuses_two_administrations_by_whatever_way(self):
        user = make_user("system_admin", False)

        for code in ("audit_admin", "helper"):
            with self.subTest(code), self.assertRaises(IntegrityError), transaction.atomic():
                user.groups.add(Group.objects.get(name=code))
        self.assertEqual(User.objects.get(pk=user.pk).roles, ("system_admin",))

    def test_the_last_security_administrator_stays(self):
        one, other = make_user("security_admin", False), make_user("security_admin", False)
        services.close_account(other, reason="left", actor=one)

        with self.assertRaisesMessage(ValidationError, "last security administrator"):
            services.set_roles(one, ["helper"], actor=None)
        with self.assertRaisesMessage(ValidationError, "last security administrator"):
            services.close_account(one, reason="left", actor=None)

        self.assertTrue(User.objects.get(pk=one.pk).may("manage_accounts"))

    def test_an_unknown_role_is_refused(self):
        with self.assertRaisesMessage(ValidationError, "There is no role"):
            services.set_roles(make_user(None), ["emperor"], actor=None)

    def test_nobody_stands_above_the_rights(self):
        user = make_user("helper")

        with self.assertRaises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(is_superuser=True)
        with self.assertRaises(NotImplementedError):
            User.objects.create_superuser("root", password="x")
