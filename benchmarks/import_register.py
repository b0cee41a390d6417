"""Import the workbooks of an invented register: read, compare, apply, judge; and again unchanged.

    python benchmarks/import_register.py [--households 9000] [--rowwise 300]

Prints seconds and peak memory as JSON and compares with a row-wise import through the ORM of the
first households. Works in a database of its own that is dropped afterwards. QUICK=1 takes 1,000.
"""

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poverty.settings")
# It makes a database of its own and drops it again.
os.environ.setdefault("DATABASE_ROLE", "owner")

import django

django.setup()

from django.db import connection, transaction

from areas.models import Area, Level
from areas.services import load_division_file
from core.secrets import seal
from exchange import services
from exchange.models import ImportSheet
from exchange.reports import totals
from exchange.xlsx_writer import WorkbookWriter
from households.identity import check_character
from households.models import Household, HouseholdStatus, HouseholdYear, Membership, Person, PersonYear
from households.names import search_keys
from tests.exchange.registers import HOUSEHOLD_HEADINGS, PERSON_HEADINGS, YEAR_HEADINGS
from villages.models import Village

YEAR = 2016
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "秀英华文明丽强军伟芳娜静敏洋艳勇杰娟涛超"


def id_number(serial: int, born: date) -> str:
    body = f"999{serial // 1000 % 1000:03d}{born:%Y%m%d}{serial % 1000:03d}"
    return body + check_character(body)


def invent(households: int, seed: int = 7) -> list[tuple[dict, list[dict], dict]]:
    """Rows of 贫困户, 贫困人口 and 户年度信息 for each household."""
    chance = random.Random(seed)
    villages = list(
        Area.objects.valid().filter(level=Level.VILLAGE, code__startswith="411725").select_related("parent")
    )
    register, serial = [], 0
    for n in range(households):
        village = chance.choice(villages)
        place = {
            "县(市、区、旗)": "确山县",
            "乡(镇)": village.parent.name,
            "行政村": village.name,
            "自然村": f"{n % 9 + 1}组",
        }
        size, number = chance.choice((1, 2, 3, 4, 4, 5, 6)), f"41172550{n:08d}"
        members = []
        for k in range(size):
            serial += 1
            born = date(1940 + (serial * 7 + k * 23) % 75, serial % 12 + 1, serial % 28 + 1)
            members.append(place | {
                "户编号": number, "人编号": f"{number}{k + 1:02d}", "姓名": chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN),
                "证件号码": id_number(serial, born), "人数": size, "与户主关系": "户主" if k == 0 else "之子", "民族": "汉族",
                "文化程度": "初中", "在校生状况": "非在校生", "健康状况": chance.choice(("健康", "患有大病", "残疾")),
                "劳动技能": "普通劳动力", "参加大病医疗": "是", "脱贫属性": "未脱贫", "贫困户属性": "一般贫困户",
                "主要致贫原因": "因病", "是否参加城乡居民基本医疗保险": "是",
            })  # fmt: skip
        head = members[0] | {
            "危房户": "否",
            "饮水安全": "是",
            "饮水困难": "否",
            "人均纯收入": 2951.5,
            "联系电话": f"100{n:08d}",
        }
        year = {
            "省": "河南省", "市": "驻马店市", "县": "确山县", "乡": village.parent.name, "村": village.name, "户编号": number,
            "户主姓名": head["姓名"], "户主证件号码": head["证件号码"], "家庭人口数": size, "是否危房户": "否", "人均纯收入": 3000.5,
            "年收入": 9000.25, "年度": YEAR, "识别标准": "国家标准", "主要致贫原因": "因病", "危房级别": "A级", "住房面积": 90.0,
            "入户路类型": "水泥路", "主要燃料类型": "清洁能源", "开户银行名称": "农村信用社",
        } | {heading: chance.randrange(0, 600_000) / 100 for heading in YEAR_HEADINGS[21:35]}  # fmt: skip
        year |= dict.fromkeys(YEAR_HEADINGS[35:42], 0.0) | dict.fromkeys(YEAR_HEADINGS[42:45], "是")
        register.append((head, members, year))
    return register


def write(path: Path, headings: list[str], rows: list[dict]) -> Path:
    with WorkbookWriter(path) as book:
        book.begin("Sheet1")
        book.row(1, headings)
        for number, row in enumerate(rows, start=2):
            book.row(number, [row.get(heading) for heading in headings])
    return path


def peak_mb() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024, 1)


def import_all(paths: list[Path], county: Area) -> dict[str, float | int]:
    begun = time.perf_counter()
    files = [(path.name, path.open("rb")) for path in paths]
    source = services.start_import(files, area=county, year=YEAR)
    services.read_import(source)
    compared = time.perf_counter()
    services.confirm_import(source, reason="benchmark")
    services.apply_import(source)
    ended = time.perf_counter()
    counts = totals(ImportSheet.objects.filter(file__source=source))
    return {
        "validate_seconds": round(compared - begun, 2),
        "apply_and_judge_seconds": round(ended - compared, 2),
        "seconds": round(ended - begun, 2),
        **counts,
    }


@transaction.atomic
def row_wise(register: list[tuple[dict, list[dict], dict]]) -> float:
    """A typical import through the ORM: look each row up, set fields, save; seconds for the rows."""
    begun = time.perf_counter()
    for head, members, year in register:
        area = Area.objects.get(name=head["行政村"], parent__name=head["乡(镇)"], level=Level.VILLAGE)
        village = Village.objects.get(area=area)
        household, _new = Household.objects.get_or_create(
            number=head["户编号"], defaults={"village": village}
        )
        household.phone = seal(
            table="households_household", field="phone", subject_id=household.pk, plain=head["联系电话"]
        )
        household.save(update_fields=["phone"])
        HouseholdStatus.objects.update_or_create(
            household=household, from_day=date(YEAR, 1, 1), defaults={"status": "poor"}
        )
        facts = {
            "village": village,
            "wage": year["工资性收入"],
            "persons": year["家庭人口数"],
            "house_grade": "1",
        }
        HouseholdYear.objects.update_or_create(household=household, year=YEAR, defaults=facts)
        for member in members:
            person, _new = Person.objects.get_or_create(
                number=member["人编号"],
                county=411725,
                defaults={"name": member["姓名"], "name_keys": search_keys(member["姓名"])},
            )
            person.id_number = seal(
                table="households_person", field="id_number", subject_id=person.pk, plain=member["证件号码"]
            )
            person.save(update_fields=["id_number"])
            Membership.objects.get_or_create(
                household=household, person=person, defaults={"from_day": date(YEAR, 1, 1)}
            )
            PersonYear.objects.update_or_create(
                person=person, year=YEAR, defaults={"medical_insurance": True}
            )
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=1_000 if os.environ.get("QUICK") else 9_000)
    parser.add_argument("--rowwise", type=int, default=100 if os.environ.get("QUICK") else 300)
    options = parser.parse_args()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"import_register_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        print(json.dumps(measure(options), ensure_ascii=False, indent=1))
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def measure(options: argparse.Namespace) -> dict[str, object]:
    load_division_file()
    county = Area.objects.get(code="411725000000")
    register = invent(options.households)
    result: dict[str, object] = {
        "households": options.households,
        "persons": sum(len(m) for _h, m, _y in register),
    }
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        paths = [
            write(base / "户年度信息.xlsx", YEAR_HEADINGS, [year for _h, _m, year in register]),
            write(
                base / "贫困人口.xlsx",
                PERSON_HEADINGS,
                [row for _h, members, _y in register for row in members],
            ),
            write(base / "贫困户.xlsx", HOUSEHOLD_HEADINGS, [head for head, _m, _y in register]),
        ]
        sample = register[: options.rowwise]
        del register
        result["first"] = first = import_all(paths, county)
        result["again"] = import_all(paths, county)
    result["peak_mb"] = peak_mb()
    with transaction.atomic():
        seconds = row_wise(
            [
                (h | {"户编号": f"9{h['户编号']}"}, [m | {"人编号": f"9{m['人编号']}"} for m in ms], y)
                for h, ms, y in sample
            ]
        )
        transaction.set_rollback(True)
    rows = sum(len(members) + 2 for _h, members, _y in sample)
    result["row_wise_rows_a_second"] = round(rows / seconds)
    result["set_wise_rows_a_second"] = round(int(first["rows_read"]) / float(first["seconds"]))
    result["ratio"] = round(result["set_wise_rows_a_second"] / result["row_wise_rows_a_second"], 1)  # type: ignore[operator]
    return result


if __name__ == "__main__":
    main()
