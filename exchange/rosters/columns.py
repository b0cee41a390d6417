"""The columns of each roster, in the order of its template. Headings are Chinese in every language."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import override

from accounts.models import Organisation
from accounts.roles import ADMINISTRATORS, ROLES


@dataclass(frozen=True)
class RosterColumn:
    """One column: its heading, the field it fills, what may stand in it, for the sheet of explanations."""

    heading: str
    field: str
    help: str
    required: bool = False
    width: int = 16
    choices: Callable[[], dict[str, str]] | None = None


def roles_by_label() -> dict[str, str]:
    """Role codes by the Chinese word; administrators are opened one by one on the page."""
    with override("zh-hans"):
        return {str(role.label): code for code, role in ROLES.items() if code not in ADMINISTRATORS}


def kinds_by_label() -> dict[str, str]:
    return {label: code for code, label in Organisation.Kind.choices}


_AREA = "名称、“乡镇 村”或 12 位区划代码"
USERS = (
    RosterColumn("用户名", "username", "字母、数字和 . @ + - _，登录时使用；已有的用户名不会改动", True, 18),
    RosterColumn("姓名", "name", "最多 50 字", True, 12),
    RosterColumn("角色", "role", "从列表中选择；管理员不能用表格开户", True, 14, roles_by_label),
    RosterColumn("地区", "area", f"{_AREA}；第一书记填村", width=24),
    RosterColumn("单位代码", "organisation", "行业部门人员填所在单位的代码", width=18),
    RosterColumn("户编号", "households", "帮扶责任人填，几户之间用顿号或逗号隔开，按文本填写", width=30),
    RosterColumn("起始日期", "from_day", "如 2016-10-18，空着为今天", width=13),
    RosterColumn("截止日期", "to_day", "如 2017-12-31，空着为不限", width=13),
)
ORGANISATIONS = (
    RosterColumn("单位代码", "code", "每个单位一个，最多 30 个字符", True, 18),
    RosterColumn("单位名称", "name", "最多 100 字", True, 30),
    RosterColumn("单位类型", "kind", "从列表中选择", True, 14, kinds_by_label),
    RosterColumn("地区", "area", _AREA, True, 24),
    RosterColumn("成立日期", "valid_from", "如 2016-01-01，可空", width=13),
)
OFFICIALS = (
    RosterColumn("单位代码", "organisation", "单位须已登记", True, 18),
    RosterColumn("姓名", "name", "同一单位内不重名", True, 12),
    RosterColumn("职务", "post", "最多 60 字", width=16),
    RosterColumn("电话", "phone", "7 到 12 位数字，加密保存；空着不改动", width=16),
    RosterColumn("用户名", "account", "本人登录系统时填写；空着不改动", width=18),
    RosterColumn("任职日期", "valid_from", "如 2016-01-01，可空", width=13),
)
COLUMNS = {"users": USERS, "organisations": ORGANISATIONS, "officials": OFFICIALS}
TITLES = {"users": "账号", "organisations": "单位", "officials": "责任人"}
