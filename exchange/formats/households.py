"""贫困户 and 户年度信息: one row a household, and one a household and year."""

from exchange import cleaning
from exchange.formats import lists
from exchange.formats.columns import (
    Column,
    Format,
    Use,
    coded,
    count,
    ignored,
    money,
    size,
    words,
    yes_no,
)

NUMBER = cleaning.register_number(30)
NUMBER_ALIASES = ("户编码", "户号", "贫困户编号", "家庭编号")
ID_ALIASES = ("身份证号", "身份证号码", "身份证", "证件号", "公民身份号码")

COUNTY = words(
    "县(市、区、旗)", "row.county", "县", "县区", "县(区)", "县(市)", "县(市、区)", "区县", use=Use.LOCATES
)
TOWNSHIP = words(
    "乡(镇)",
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
    "行政村",
    "row.village",
    "村",
    "村名",
    "村名称",
    "行政村名称",
    "所属村",
    "村(社区)",
    "村(居)",
    use=Use.LOCATES,
)
GROUP = coded(
    "自然村",
    "row.group",
    cleaning.group_name,
    "所在组",
    "村民组",
    "组",
    "村组",
    "自然村(组)",
    use=Use.LOCATES,
)
HOUSEHOLD_NUMBER = coded("户编号", "row.number", NUMBER, *NUMBER_ALIASES, use=Use.LOCATES)

# The member's own columns of 贫困户 are settled by 贫困人口 and only checked here.
_CHECKED_MEMBER_COLUMNS = (
    coded("人编号", "check.person_number", NUMBER, "户主编号", "人员编号", use=Use.CHECKS, cell_only=True),
    coded("与户主关系", "check.relation", lists.RELATION.clean, use=Use.CHECKS),
    coded("民族", "check.ethnic_group", lists.ETHNIC_GROUP.clean, use=Use.CHECKS),
    coded("文化程度", "check.education", lists.EDUCATION.clean, use=Use.CHECKS),
    coded("在校生状况", "check.school_status", lists.SCHOOL.clean, "在校状况", "在校生情况", use=Use.CHECKS),
    coded("健康状况", "check.health", lists.HEALTH.clean_several, use=Use.CHECKS),
    coded("劳动技能", "check.work_ability", lists.WORK_ABILITY.clean, "劳动能力", use=Use.CHECKS),
    coded("务工状况", "check.work_area", lists.WORK_AREA.clean, "务工区域", "务工情况", use=Use.CHECKS),
    size("务工时间（月）", "check.work_months", "务工时间", "务工月数", places=1, limit=12, use=Use.CHECKS),
    yes_no(
        "参加大病医疗", "check.relief", "是否参加大病保险", "是否参加大病医疗", "参加大病保险", use=Use.CHECKS
    ),
)

HOUSEHOLDS = Format(
    code="households",
    label="贫困户",
    order=2,
    required=("户编号",),
    columns=(
        ignored("序号", "编号"),
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        GROUP,
        HOUSEHOLD_NUMBER,
        words("姓名", "row.name", "户主姓名", "户主", limit=50, use=Use.LOCATES),
        coded(
            "证件号码",
            "row.id_number",
            cleaning.id_number,
            "户主证件号码",
            "户主身份证号",
            *ID_ALIASES,
            use=Use.LOCATES,
        ),
        count("人数", "check.persons", "家庭人口数", "家庭人口", "人口数", limit=50, use=Use.CHECKS),
        *_CHECKED_MEMBER_COLUMNS,
        coded("脱贫属性", "status.status", lists.STATUS.clean, "脱贫标志", "脱贫状态", "贫困状态"),
        coded("脱贫年度", "household.exit_year", cleaning.year, "脱贫年份", "脱贫时间", marks=True),
        coded("贫困户属性", "household_year.attribute", lists.ATTRIBUTE.clean, "户属性", "贫困户类型"),
        coded(
            "主要致贫原因",
            "household_year.main_cause",
            lists.CAUSE.clean,
            "致贫原因1",
            "致贫原因",
            use=Use.FILLS,
        ),
        yes_no("危房户", "household_year.register_dilapidated", "是否危房户", "是否危房", marks=True),
        yes_no(
            "饮水安全",
            "household_year.register_safe_water",
            "是否饮水安全",
            "饮水是否安全",
            "是否解决安全饮用水",
            marks=True,
        ),
        yes_no("饮水困难", "household_year.water_difficult", "是否饮水困难", "饮水是否困难", marks=True),
        money(
            "人均纯收入",
            "household_year.stated_per_capita",
            "家庭人均纯收入",
            "年人均纯收入",
            signed=True,
            use=Use.FILLS,
            marks=True,
        ),
        coded(
            "联系电话",
            "household.phone",
            cleaning.phone,
            "户联系电话",
            "电话",
            "手机",
            "手机号码",
            secret="phone",
            cell_only=True,
            marks=True,
        ),
    ),
)

_INCOME = (
    money("人均纯收入", "household_year.stated_per_capita", "家庭人均纯收入", "年人均纯收入", signed=True),
    money("年收入", "household_year.stated_gross", "家庭年收入", "总收入", signed=True, marks=True),
    money("工资性收入", "household_year.wage", marks=True),
    money(
        "生产经营性收入", "household_year.operating", "经营性收入", "生产经营收入", signed=True, marks=True
    ),
    money("财产性收入", "household_year.property_income", marks=True),
    money("转移性收入", "household_year.transfer", marks=True),
    money("计划生育金", "household_year.family_planning", "领取计划生育金", "计生金", marks=True),
    money("低保金", "household_year.dibao", "领取低保金", marks=True),
    money("五保金", "household_year.wubao", "特困供养金", "五保金/特困供养金", "领取五保金", marks=True),
    money("养老保险金", "household_year.pension", "养老金", "领取养老保险金", marks=True),
    money("生态补偿金", "household_year.ecology", marks=True),
    money("其他转移性收入", "household_year.other_transfer", "其它转移性收入", marks=True),
    money("生产经营性支出", "household_year.operating_cost", "经营性支出", "生产经营支出", marks=True),
    money("纯收入", "household_year.stated_net", "家庭纯收入", signed=True, marks=True),
    money("资产收益扶贫分红收入", "household_year.asset_dividend", "资产收益扶贫分红", marks=True),
    money("其他财产性收入", "household_year.other_property", "其它财产性收入", marks=True),
)

_LIVING = (
    size("耕地面积（亩）", "household_year.arable_land"),
    size("有效灌溉面积（亩）", "household_year.irrigated_land", extra=True),
    size("水面面积", "household_year.water_area"),
    yes_no("是否加入农民专业合作组织", "household_year.cooperative", "是否加入农民专业合作社"),
    size("退耕还林面积（亩）", "household_year.converted_land"),
    size("林果面积（亩）", "household_year.orchard_land"),
    size("牧草地面积", "household_year.pasture_land"),
    size("林地面积（亩）", "household_year.forest_land"),
    yes_no("是否通生产用电", "household_year.production_power", "通生产用电", "通生产用电情况"),
    yes_no("是否通生活用电", "household_year.living_power", "通生活用电", "通生活用电情况"),
    yes_no("是否通广播电视", "household_year.broadcast", "通广播电视"),
    size("与村主干路距离", "household_year.road_distance", "与村主干路的距离"),
    coded("入户路类型", "household_year.road_type", lists.ROAD.clean, "入户路情况"),
    size("住房面积", "household_year.house_area"),
    yes_no("是否有卫生厕所", "household_year.toilet", "有无卫生厕所"),
    coded("主要燃料类型", "household_year.fuel", lists.FUEL.clean, "主要燃料"),
    coded(
        "危房级别",
        "household_year.house_grade",
        lists.GRADE.clean,
        "住房等级",
        "房屋等级",
        "危房等级",
        marks=True,
    ),
    yes_no("是否有龙头企业带动", "household_year.leading_firm", "有龙头企业带动"),
    yes_no("是否有创业致富带头人带动", "household_year.rich_leader", "有创业致富带头人带动"),
)

HOUSEHOLD_YEARS = Format(
    code="household_years",
    label="户年度信息",
    order=4,
    required=("户编号",),
    columns=(
        ignored("序号", "编号"),
        ignored("省", "省份"),
        ignored("市", "市(州)", "地市"),
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        HOUSEHOLD_NUMBER,
        coded("户主编号", "check.person_number", NUMBER, "人编号", use=Use.CHECKS, cell_only=True),
        words("户主姓名", "row.name", "姓名", "户主", limit=50, use=Use.CHECKS),
        coded(
            "户主证件号码",
            "row.id_number",
            cleaning.id_number,
            "户主身份证号",
            "户主身份证号码",
            "证件号码",
            *ID_ALIASES,
            use=Use.CHECKS,
            cell_only=True,
        ),
        count("家庭人口数", "household_year.persons", "家庭人口", "人数", "人口数", limit=50, least=1),
        yes_no("是否危房户", "household_year.dilapidated", "危房户", "是否危房"),
        yes_no("是否解决安全饮用水", "household_year.safe_water", "饮水安全", "是否饮水安全"),
        yes_no(
            "饮水是否困难",
            "household_year.water_difficult",
            "饮水困难",
            "是否饮水困难",
            use=Use.FILLS,
            extra=True,
        ),
        coded("年度", "row.year", cleaning.year, "年份", "数据年度", use=Use.LOCATES, marks=True),
        words("村办公电话", "check.office_phone", limit=30, use=Use.CHECKS, cell_only=True),
        words("开户银行名称", "household.bank_name", "开户银行", "开户行", limit=60),
        coded(
            "银行卡号",
            "household.bank_account",
            cleaning.account,
            "银行账号",
            "银行卡账号",
            "账号",
            secret="account",
            cell_only=True,
        ),
        coded("识别标准", "household.identification_basis", lists.BASIS.clean),
        coded("主要致贫原因", "household_year.main_cause", lists.CAUSE.clean, "致贫原因1", "致贫原因"),
        coded(
            "次要致贫原因",
            "household_year.other_causes",
            lists.CAUSE.clean_several,
            "其他致贫原因",
            "其它致贫原因",
        ),
        *_INCOME,
        *_LIVING,
    ),
)


def is_money(column: Column) -> bool:
    return bool(column.money_unit)
