"""Several clerks on one household at once: nothing is lost, nothing is doubled."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from households.models import Household, HouseholdYear, Person
from tests.desk.entering import page_of, sent, somebody
from tests.makers import YEAR, make_area, make_household, make_user
from tests.signing_in import sign_in

CLERKS = 6
FIELDS = ("arable_land", "irrigated_land", "forest_land", "orchard_land", "pasture_land", "water_area")


def post(job: tuple[Client, str, dict]) -> int:
    client, address, data = job
    try:
        return client.post(address, data).status_code
    finally:
        connection.close()


@pytest.mark.usefixtures("real_database")
def test_edits_of_different_fields_all_stand_and_one_sending_makes_one_member():
    household = make_household()
    user = make_user("county_office", make_area())
    clients = [Client() for _one in range(CLERKS)]
    for client in clients:
        sign_in(client, user)
    address = f"/households/{household.number}/years/{YEAR}/edit/"
    page = page_of(household, user)
    forms = [sent(page, **{f"y__{name}": str(at + 1)}) for at, name in enumerate(FIELDS)]
    with ThreadPoolExecutor(CLERKS) as pool:
        codes = list(pool.map(post, [(c, address, f) for c, f in zip(clients, forms, strict=True)]))
        assert codes == [302] * CLERKS

        row = HouseholdYear.objects.get(household=household, year=YEAR)
        assert [getattr(row, name) for name in FIELDS] == [1, 2, 3, 4, 5, 6]

        page = page_of(Household.objects.get(pk=household.pk), user)
        twice = sent(page, **somebody(birth_date="2015-01-01"))
        codes = list(pool.map(post, [(client, address, twice) for client in clients]))
        assert codes == [302] * CLERKS
        assert Person.objects.filter(name="赵小新").count() == 1

        same = [sent(page_of(household, user), y__house_area=str(90 + at)) for at in range(CLERKS)]
        codes = list(pool.map(post, [(c, address, f) for c, f in zip(clients, same, strict=True)]))
        assert sorted(codes) == [302] + [409] * (CLERKS - 1)
