"""贫困人口: one row a member."""

from exchange import cleaning
from exchange.formats import lists
from exchange.formats.columns import Format, Use, coded, count, ignored, size, words, yes_no
from exchange.formats.households import (
    COUNTY,
    GROUP,
    HOUSEHOLD_NUMBER,
    ID_ALIASES,
    NUMBER,
    TOWNSHIP,
    VILLAGE,
)

PERSONS = Format(
    code="persons",
    label="贫困人口",
    order=3,
    subject="persons",
    required=("户编号", "姓名"),
    columns=(
        ignored("序号", "编号"),
        COUNTY,
        TOWNSHIP,
        VILLAGE,
        GROUP,
        HOUSEHOLD_NUMBER,
        coded("人编号", "person.number", NUMBER, "人员编号", "个人编号", cell_only=True),
        words("姓名", "person.name", "成员姓名", limit=50),
        coded("证件号码", "person.id_number", cleaning.id_number, *ID_ALIASES, secret="id_number"),
        count("人数", "check.persons", "家庭人口数", limit=50, use=Use.CHECKS),
        coded("与户主关系", "membership.relation", lists.RELATION.clean),
        coded("民族", "person.ethnic_group", lists.ETHNIC_GROUP.clean),
        coded("文化程度", "person_year.education", lists.EDUCATION.clean),
        coded("在校生状况", "person_year.school_status", lists.SCHOOL.clean, "在校状况", "在校生情况"),
        coded("健康状况", "person_year.health", lists.HEALTH.clean_several),
        coded("劳动技能", "person_year.work_ability", lists.WORK_ABILITY.clean, "劳动能力"),
        coded("务工状况", "person_year.work_area", lists.WORK_AREA.clean, "务工区域", "务工情况", extra=True),
        size("务工时间（月）", "person_year.work_months", "务工时间", "务工月数", places=1, limit=12),
        yes_no(
            "参加大病医疗",
            "person_year.serious_illness_relief",
            "是否参加大病保险",
            "是否参加大病医疗",
            "参加大病保险",
        ),
        coded("脱贫属性", "check.status", lists.STATUS.clean, "脱贫标志", "脱贫状态", use=Use.CHECKS),
        coded("贫困户属性", "check.attribute", lists.ATTRIBUTE.clean, "户属性", use=Use.CHECKS),
        coded("主要致贫原因", "check.main_cause", lists.CAUSE.clean, "致贫原因1", "致贫原因", use=Use.CHECKS),
        yes_no(
            "是否参加城乡居民基本医疗保险",
            "person_year.medical_insurance",
            "参加城乡居民基本医疗保险",
            "是否参加新农合",
            "是否参加新型农村合作医疗",
            "新农合",
            "是否参加基本医疗保险",
            marks=True,
        ),
        yes_no(
            "是否参加城乡居民基本养老保险",
            "person_year.pension_insurance",
            "参加城乡居民基本养老保险",
            "是否参加新农保",
            extra=True,
            marks=True,
        ),
    ),
)
