"""Every component and state once, for administrators and for the browser test. All of it invented."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.form_fields import YesNoField
from core.paging import page_of

COUNTS = {"met": 1936, "doubt": 36, "not_met": 812, "no_data": 234}
TOWNS = [
    {
        "name": "刘店镇",
        "rate": Decimal("40.9"),
        "counts": {"met": 95, "doubt": 2, "not_met": 92, "no_data": 43},
    },
    {
        "name": "竹沟镇",
        "rate": Decimal("66.0"),
        "counts": {"met": 190, "doubt": 3, "not_met": 74, "no_data": 21},
    },
    {
        "name": "盘龙街道",
        "rate": Decimal("82.1"),
        "counts": {"met": 138, "doubt": 2, "not_met": 22, "no_data": 6},
    },
]
HOUSEHOLDS = [
    {"name": "邱中秀", "village": "西王楼村", "income": Decimal("2819.50"), "outcome": "not_met", "doubt": 0},
    {"name": "谭志中", "village": "西王楼村", "income": Decimal("4048.76"), "outcome": "met", "doubt": 0},
    {"name": "潘富云", "village": "四棵树村", "income": None, "outcome": None, "doubt": 0},
    {"name": "于丽天", "village": "河东村", "income": Decimal("3177.04"), "outcome": "met", "doubt": 1},
]
INCOME = [
    ("", "工资性收入", Decimal("7416.04")),
    ("+", "生产经营性收入", Decimal("1631.58")),
    ("+", "财产性收入", Decimal("0.00")),
    ("+", "转移性收入", Decimal("2605.00")),
    ("−", "生产经营性支出", Decimal("374.63")),
]
RATES = [("2013", Decimal("13.2")), ("2014", Decimal("10.4")), ("2015", None), ("2016", Decimal("5.0"))]
CHART = {
    "kind": "bar",
    "unit": "元",
    "names": ["2013", "2014", "2015", "2016"],
    "series": [{"name": "人均纯收入", "values": [1986.4, 2210.75, None, 2819.5]}],
    "limit": {"value": 2952, "words": "2,952"},
}
VERDICT = [
    {
        "kind": "not_met",
        "css": "not",
        "title": "收入",
        "value": "2,819.50",
        "unit": "元 / 人 · 年",
        "demand": "超过 2,952 元",
        "gap": "人均再增加 132.51 元（全户 530.01 元以上）。",
    },
    {
        "kind": "met",
        "css": "met",
        "title": "义务教育",
        "value": "0",
        "unit": "人因贫辍学",
        "demand": "无因贫辍学",
        "gap": "不差。",
    },
    {
        "kind": "doubt",
        "css": "doubt",
        "title": "基本医疗",
        "value": "3 / 4",
        "unit": "人在参合名单",
        "demand": "全部参合，大病有救助",
        "gap": "核实邱建业是否在外地参保，期限 10-25。",
    },
    {
        "kind": "no_data",
        "css": "none",
        "title": "住房安全",
        "value": "—",
        "unit": "尚无鉴定等级",
        "demand": "等级不是 C、D",
        "gap": "请县住建局交回 2016 年鉴定等级。",
    },
]


class KitForm(forms.Form):
    """One field of each kind, in each state."""

    wage = forms.DecimalField(initial=Decimal("5016.04"))
    months = forms.IntegerField(max_value=12)
    distance = forms.DecimalField(initial=Decimal("6.5"))
    per_head = forms.DecimalField(
        initial=Decimal("2819.50"), widget=forms.TextInput(attrs={"readonly": True})
    )
    water = YesNoField()
    cause = forms.ChoiceField(choices=[("1", "因病"), ("2", "因残"), ("3", "因学")])
    causes = forms.MultipleChoiceField(
        choices=[("1", "因病"), ("2", "缺技术"), ("3", "缺劳力"), ("4", "因灾")]
    )
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    workbook = forms.FileField(required=False)
    whole = forms.BooleanField(required=False)
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)


def _form() -> KitForm:
    form = KitForm(
        {"wage": "5016.04", "months": "14", "distance": "6.5", "per_head": "2819.50", "cause": "1",
         "causes": ["1", "2"], "day": "2016-10-18", "water": "true"}
    )  # fmt: skip
    form.errors.pop("reason", None)
    return form


def _steps() -> list[dict[str, str]]:
    return [
        {"title": _("Uploaded"), "text": "10:12", "state": "done"},
        {"title": _("Read"), "text": _("412 rows in 4 seconds"), "state": "done"},
        {"title": _("Compared"), "text": _("Stands here now"), "state": "now"},
        {"title": _("Applied"), "text": "", "state": ""},
        {"title": _("Can be undone"), "text": "", "state": ""},
    ]


@require_safe
def ui_kit(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "counts": COUNTS,
        "nothing": dict.fromkeys(COUNTS, 0),
        "towns": TOWNS,
        "households": HOUSEHOLDS,
        "income": INCOME,
        "rates": RATES,
        "chart": CHART,
        "verdict": VERDICT,
        "form": _form(),
        "steps": _steps(),
        "page": page_of(request, range(288)),
        "id_number": "999000195203071234",
        "phone": "10012347382",
        "states": ["on_time", "near", "late", "done"],
        "job_states": ["waiting", "running", "done", "failed", "stopped"],
        "household_status": SimpleNamespace(label="未脱贫"),
    }
    return render(request, "core/ui_kit.html", context)
