"""贫困村 and 村年度信息: the register of villages and the sheet of their indicators."""

from exchange import cleaning
from exchange.formats import lists
from exchange.formats.columns import Format, Use, coded, count, ignored, money, size, words, yes_no
from exchange.formats.households import COUNTY

TOWNSHIP = words(
    "乡（镇）",
    "row.township",
    "乡",
    "乡镇",
    "镇",
    "乡镇(街道)",
    "乡(镇、街道)",
    "乡镇名称",
    "所属乡镇",
    use=Use.LOCATES,
)
VILLAGE = words(
    "村", "row.village", "行政村", "村名", "村名称", "行政村名称", "村(社区)", "村(居)", use=Use.LOCATES
)
CODE = coded(
    "行政区划编码",
    "row.code",
    cleaning.area_code,
    "行政区划代码",
    "区划代码",
    "区划编码",
    "村编号",
    "村编码",
    use=Use.LOCATES,
)

VILLAGES = Format(
    code="villages",
    label="贫困村",
    order=0,
    subject="villages",
    required=("村",),
    columns=(
        ignored("序号", "编号"),
        CODE,
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        words("负责人", "village_year.head_name", "村负责人", limit=50, marks=True),
        words("村办公电话", "village_year.office_phone", "办公电话", limit=30, cell_only=True, marks=True),
        coded("村属性", "village_year.attribute", lists.VILLAGE_ATTRIBUTE.clean),
        yes_no("是否出列", "village_year.exited", marks=True),
        count("总户数", "village_year.households_total", use=Use.FILLS),
        count("总人口数", "village_year.register_population", "总人口"),
        count("自然村数", "village_year.natural_villages", "自然村个数", use=Use.FILLS),
        count("贫困户数", "village_year.stated_poor_households", marks=True),
        count("贫困人口数", "village_year.stated_poor_persons", marks=True),
        count("低保人口数", "village_year.dibao_persons", marks=True),
        count("低保户数", "village_year.dibao_households", marks=True),
        count("五保人口数", "village_year.wubao_persons", marks=True),
        count("五保户数", "village_year.wubao_households", marks=True),
        count("少数民族人口数", "village_year.minority_persons", marks=True),
        count("妇女人口数", "village_year.women", marks=True),
        count("残疾人口数", "village_year.disabled_persons", marks=True),
        count("劳动力人数", "village_year.labour_persons", marks=True),
        count("外出务工人数", "village_year.migrant_workers", marks=True),
        ignored("省", "省份"),
        ignored("市（州）", "市"),
    ),
)

VILLAGE_YEARS = Format(
    code="village_years",
    label="村年度信息",
    order=1,
    subject="villages",
    required=("村",),
    columns=(
        ignored("序号", "编号"),
        ignored("省", "省份"),
        ignored("市（州）", "市"),
        coded("年度", "row.year", cleaning.year, "年份", "数据年度", use=Use.LOCATES, marks=True),
        CODE,
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        coded("村属性", "village_year.attribute", lists.VILLAGE_ATTRIBUTE.clean, use=Use.FILLS),
        count("总户数", "village_year.households_total"),
        count("总人口数", "village_year.population", "总人口"),
        count("自然村数", "village_year.natural_villages", "自然村个数"),
        yes_no(
            "到乡镇是否通沥青(水泥)路",
            "village_year.paved_road",
            "到乡镇是否通沥青水泥路",
            "到乡(镇)是否通沥青(水泥)路",
            "是否通沥青(水泥)路",
            marks=True,
        ),
        size("通村公路路面宽度（米）", "village_year.road_width", limit=999, marks=True),
        yes_no("是否具备通客运班车条件", "village_year.bus_feasible", "具备通客运班车条件", marks=True),
        yes_no("是否通客运班车", "village_year.bus", "通客运班车", marks=True),
        count("未实现饮水安全户数", "village_year.unsafe_water_households", marks=True),
        count("饮水困难户数", "village_year.difficult_water_households", marks=True),
        count("未通生活用电自然村数", "village_year.no_living_power", "未通生活用电的自然村数", marks=True),
        count(
            "未通生产用电自然村数", "village_year.no_production_power", "未通生产用电的自然村数", marks=True
        ),
        count("未通广播电视户数", "village_year.no_broadcast_households", marks=True),
        count("文化(图书)室个数", "village_year.reading_rooms", "文化图书室个数", "文化室个数", marks=True),
        yes_no(
            "是否建有综合性文化服务中心",
            "village_year.culture_centre",
            "是否有综合性文化服务中心",
            "综合性文化服务中心",
            marks=True,
        ),
        count("卫生室个数", "village_year.clinics", marks=True),
        yes_no(
            "是否有标准化卫生室",
            "village_year.standard_clinic",
            "标准化卫生室",
            "是否建有标准化卫生室",
            marks=True,
        ),
        count("合格乡村医生人数", "village_year.village_doctors", "乡村医生人数", marks=True),
        count("执业(助理)医师人数", "village_year.physicians", "执业助理医师人数", marks=True),
        count("通宽带户数", "village_year.broadband_households", marks=True),
        yes_no("村委会是否通宽带", "village_year.committee_broadband", marks=True),
        money(
            "村级集体经济收入（万元）",
            "village_year.collective_income",
            "村集体经济收入（万元）",
            unit="万元",
            signed=True,
            marks=True,
        ),
        count("农民专业合作社个数", "village_year.cooperatives", "合作社个数", marks=True),
        words("主导产业", "village_year.main_industry", limit=100, marks=True),
    ),
)
