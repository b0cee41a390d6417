"""An invented county's workbooks, small or large, as rows of the real formats."""

from datetime import date
from pathlib import Path
from typing import Any

from areas.models import Area
from households.identity import check_character
from tests.exchange.sheets import xlsx
from tests.makers import make_village

HOUSEHOLD_HEADINGS = [
    "序号",
    "县(市、区、旗)",
    "乡(镇)",
    "行政村",
    "自然村",
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "人数",
    "与户主关系",
    "民族",
    "文化程度",
    "在校生状况",
    "健康状况",
    "劳动技能",
    "务工状况",
    "务工时间（月）",
    "参加大病医疗",
    "脱贫属性",
    "脱贫年度",
    "贫困户属性",
    "主要致贫原因",
    "危房户",
    "饮水安全",
    "饮水困难",
    "人均纯收入",
    "联系电话",
]
PERSON_HEADINGS = [
    "序号",
    "县(市、区、旗)",
    "乡(镇)",
    "行政村",
    "自然村",
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "人数",
    "与户主关系",
    "民族",
    "文化程度",
    "在校生状况",
    "健康状况",
    "劳动技能",
    "务工时间（月）",
    "参加大病医疗",
    "脱贫属性",
    "贫困户属性",
    "主要致贫原因",
    "是否参加城乡居民基本医疗保险",
]
YEAR_HEADINGS = [
    "省",
    "市",
    "县",
    "乡",
    "村",
    "户编号",
    "户主编号",
    "户主姓名",
    "户主证件号码",
    "家庭人口数",
    "是否危房户",
    "人均纯收入",
    "年收入",
    "是否解决安全饮用水",
    "年度",
    "村办公电话",
    "开户银行名称",
    "银行卡号",
    "识别标准",
    "主要致贫原因",
    "次要致贫原因",
    "工资性收入",
    "生产经营性收入",
    "财产性收入",
    "转移性收入",
    "计划生育金",
    "低保金",
    "五保金",
    "养老保险金",
    "生态补偿金",
    "其他转移性收入",
    "生产经营性支出",
    "纯收入",
    "资产收益扶贫分红收入",
    "其他财产性收入",
    "耕地面积（亩）",
    "水面面积",
    "是否加入农民专业合作组织",
    "退耕还林面积（亩）",
    "林果面积（亩）",
    "牧草地面积",
    "林地面积（亩）",
    "是否通生产用电",
    "是否通生活用电",
    "是否通广播电视",
    "与村主干路距离",
    "入户路类型",
    "住房面积",
    "是否有卫生厕所",
    "主要燃料类型",
    "危房级别",
    "是否有龙头企业带动",
    "是否有创业致富带头人带动",
]
VILLAGE_HEADINGS = [
    "序号",
    "行政区划编码",
    "县",
    "乡（镇）",
    "村",
    "负责人",
    "村办公电话",
    "村属性",
    "是否出列",
    "总户数",
    "总人口数",
    "自然村数",
    "贫困户数",
    "贫困人口数",
    "低保人口数",
    "低保户数",
    "五保人口数",
    "五保户数",
    "少数民族人口数",
    "妇女人口数",
    "残疾人口数",
    "劳动力人数",
    "外出务工人数",
    "省",
    "市（州）",
]
VILLAGE_YEAR_HEADINGS = [
    "年度",
    "行政区划编码",
    "县",
    "乡（镇）",
    "村",
    "村属性",
    "总户数",
    "总人口数",
    "自然村数",
    "到乡镇是否通沥青(水泥)路",
    "通村公路路面宽度（米）",
    "是否具备通客运班车条件",
    "是否通客运班车",
    "未实现饮水安全户数",
    "饮水困难户数",
    "未通生活用电自然村数",
    "未通生产用电自然村数",
    "未通广播电视户数",
    "文化(图书)室个数",
    "是否建有综合性文化服务中心",
    "卫生室个数",
    "是否有标准化卫生室",
    "合格乡村医生人数",
    "执业(助理)医师人数",
    "通宽带户数",
    "村委会是否通宽带",
    "村级集体经济收入（万元）",
    "农民专业合作社个数",
    "主导产业",
]

COUNTY, TOWNSHIP, VILLAGE = "测试县", "测试镇", "李楼村"
HOUSEHOLD, OTHER_HOUSEHOLD = "9990010000000001", "9990010000000002"


def make_places() -> Area:
    """The invented county with two townships; both have a 王楼村. Returns the county."""
    village = make_village("999001101201", "李楼村民委员会")
    make_village("999001101202", "王楼村民委员会")
    make_village("999001101203", "阳春新村村民委员会")
    make_village("999001102201", "王楼村民委员会")
    Area.objects.filter(code="999001102000").update(name="临近镇", stem="临近")
    return village.area.parent.parent


def id_number(serial: int = 1, born: date = date(1970, 5, 1)) -> str:
    body = f"999001{born:%Y%m%d}{serial % 1000:03d}"
    return body + check_character(body)


def household(**cells: Any) -> dict[str, Any]:
    """A row of 贫困户; cells are named by their headings."""
    number = cells.get("户编号", HOUSEHOLD)
    return {
        "序号": 1, "县(市、区、旗)": COUNTY, "乡(镇)": TOWNSHIP, "行政村": VILLAGE, "自然村": "3组", "户编号": number,
        "人编号": f"{number}01", "姓名": "张三", "证件号码": id_number(), "人数": 2, "与户主关系": "户主", "民族": "汉族",
        "文化程度": "初中", "在校生状况": "非在校生", "健康状况": "健康", "劳动技能": "普通劳动力", "参加大病医疗": "是",
        "脱贫属性": "未脱贫", "贫困户属性": "一般贫困户", "主要致贫原因": "因病", "危房户": "否", "饮水安全": "是",
        "饮水困难": "否", "人均纯收入": 2951.5, "联系电话": "10036387383",
    } | cells  # fmt: skip


def person(**cells: Any) -> dict[str, Any]:
    """A row of 贫困人口."""
    number = cells.get("户编号", HOUSEHOLD)
    return {
        "序号": 1, "县(市、区、旗)": COUNTY, "乡(镇)": TOWNSHIP, "行政村": VILLAGE, "自然村": "5组", "户编号": number,
        "人编号": f"{number}01", "姓名": "张三", "证件号码": id_number(), "人数": 2, "与户主关系": "户主", "民族": "汉族",
        "文化程度": "初中", "在校生状况": "非在校生", "健康状况": "健康", "劳动技能": "普通劳动力", "参加大病医疗": "是",
        "脱贫属性": "未脱贫", "贫困户属性": "一般贫困户", "主要致贫原因": "因病", "是否参加城乡居民基本医疗保险": "是",
    } | cells  # fmt: skip


def household_year(**cells: Any) -> dict[str, Any]:
    """A row of 户年度信息."""
    number = cells.get("户编号", HOUSEHOLD)
    return {
        "省": "测试省", "市": "测试市", "县": COUNTY, "乡": TOWNSHIP, "村": VILLAGE, "户编号": number,
        "户主编号": f"{number}01", "户主姓名": "张三", "户主证件号码": id_number(), "家庭人口数": 2, "是否危房户": "否",
        "人均纯收入": 3000.5, "年度": 2016, "识别标准": "国家标准", "主要致贫原因": "因残", "工资性收入": 5000.55,
        "生产经营性收入": 1000, "财产性收入": 0, "转移性收入": 500, "生产经营性支出": 200, "住房面积": 90, "危房级别": "A级",
        "入户路类型": "水泥路", "主要燃料类型": "柴草", "与村主干路距离": 0.4, "耕地面积（亩）": 3.2,
    } | cells  # fmt: skip


def village(**cells: Any) -> dict[str, Any]:
    """A row of 贫困村."""
    return {
        "行政区划编码": "999001101201", "县": COUNTY, "乡（镇）": TOWNSHIP, "村": VILLAGE, "负责人": "王五",
        "村属性": "贫困村", "是否出列": "否", "总户数": 400, "总人口数": 1601, "自然村数": 8, "贫困户数": 12,
    } | cells  # fmt: skip


def village_year(**cells: Any) -> dict[str, Any]:
    """A row of 村年度信息."""
    return {
        "年度": 2016, "行政区划编码": "999001101201", "县": COUNTY, "乡（镇）": TOWNSHIP, "村": VILLAGE,
        "村属性": "贫困村", "总户数": 401, "总人口数": 1600, "自然村数": 8, "到乡镇是否通沥青(水泥)路": "是",
        "通村公路路面宽度（米）": 4.5, "是否通客运班车": "是", "未实现饮水安全户数": 0, "饮水困难户数": 0,
        "村级集体经济收入（万元）": 4.36, "主导产业": "茶叶",
    } | cells  # fmt: skip


HEADINGS = {
    household: HOUSEHOLD_HEADINGS,
    person: PERSON_HEADINGS,
    household_year: YEAR_HEADINGS,
    village: VILLAGE_HEADINGS,
    village_year: VILLAGE_YEAR_HEADINGS,
}


def table(kind: Any, *rows: dict[str, Any], headings: list[str] | None = None) -> list[list[Any]]:
    """Headings and rows of a sheet; `kind` is one of the makers above."""
    names = headings or HEADINGS[kind]
    return [names, *([row.get(name) for name in names] for row in rows)]


def workbook(folder: Path, name: str, kind: Any, *rows: dict[str, Any]) -> Path:
    return xlsx(folder / f"{name}.xlsx", table(kind, *rows))
