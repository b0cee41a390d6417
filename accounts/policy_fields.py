"""What is carried in and out, field by field: the API's fields, columns of files, work in the background.

Beside the routes of `accounts.policy` this is the other half of the policy. `tests/house` fails for a
field, column, task or kind of job that has no entry here, and for one that is shown otherwise than
it says. A new one is written down with the way it may be seen:

plain   as it stands, to whoever may see the row
masked  through `core.masks` only, or of a birth date the year
sealed  comes in, is kept encrypted or only compared, and goes out in no list and no file
ignored read past
"""

from enum import StrEnum


class Seen(StrEnum):
    """How a field or column may be seen."""

    PLAIN = "plain"
    MASKED = "masked"
    SEALED = "sealed"
    IGNORED = "ignored"


Fields = dict[str, Seen]


def fields(plain: str = "", *, masked: str = "", sealed: str = "", ignored: str = "") -> Fields:
    """Names, separated by blanks, with the way each may be seen."""
    kinds = {Seen.PLAIN: plain, Seen.MASKED: masked, Seen.SEALED: sealed, Seen.IGNORED: ignored}
    return {name: seen for seen, names in kinds.items() for name in names.split()}


# --- The API: what a serializer says or takes ------------------------------------------------
SERIALIZERS: dict[str, Fields] = {
    "MeSerializer": fields(plain="username name roles rights areas token expires_at"),
    "AreaFilters": fields(plain="limit cursor within level"),
    "AreaSerializer": fields(plain="code level name parent valid_from"),
    "PlaceFilters": fields(plain="limit cursor within"),
    "JobFilters": fields(plain="limit cursor state"),
    "JobSerializer": fields(
        plain="id kind title state done total percent note error created_at started_at finished_at",
    ),
    "ChangeMade": fields(plain="at user kind fields"),
    "Error": fields(plain="error"),
    "ErrorDetail": fields(plain="code message fields request_id"),
    "Filters": fields(plain="limit cursor"),
    "ApplySerializer": fields(plain="reason"),
    "DifferenceSerializer": fields(plain="column", masked="before after"),
    "FindingSerializer": fields(plain="cell heading sentence cure"),
    "ImportBrief": fields(
        plain="""
            id county area_prefix year state erase_on_empty all_or_nothing user_name reason
            error remark job compared_again created_at compared_at ended_at
        """,
    ),
    "ImportCounts": fields(plain="rows_read new changed unchanged refused left_out warned"),
    "ImportFileSerializer": fields(plain="id name size problem"),
    "ImportSerializer": fields(
        plain="""
            id county area_prefix year state erase_on_empty all_or_nothing user_name reason
            error remark job compared_again created_at compared_at ended_at files counts
        """,
    ),
    "RowFilters": fields(plain="limit cursor state"),
    "RowSerializer": fields(plain="id file sheet row state number name village differences findings"),
    "UploadSerializer": fields(plain="files area year erase_on_empty all_or_nothing"),
    "HouseholdCorrection": fields(
        plain="""
            group identification_basis first_identified_year exit_year return_year
            return_reason military_family one_child two_daughters bank_name relocated
            relocation_wish relocation_way settlement_way settlement_place reason evidence
        """,
    ),
    "HouseholdFilters": fields(plain="limit cursor within number status"),
    "HouseholdSerializer": fields(
        plain="""
            id number version head_name village group status identification_basis
            first_identified_year exit_year return_year return_reason military_family
            one_child two_daughters bank_name relocated relocation_wish relocation_way
            settlement_way settlement_place cancelled_on cancelled_reason
        """,
        masked="phone bank_account",
    ),
    "HouseholdYearCorrection": fields(
        plain="""
            persons attribute main_cause other_causes planned_route planned_exit_year wage
            operating property_income transfer operating_cost family_planning dibao wubao
            pension ecology other_transfer asset_dividend other_property stated_gross
            stated_net stated_per_capita income_from income_to food_secure clothing_secure
            stable_source own_dwelling house_area house_grade dilapidated
            register_dilapidated safe_water register_safe_water water_difficult
            production_power living_power broadcast road_distance road_type toilet fuel
            arable_land irrigated_land forest_land converted_land orchard_land pasture_land
            water_area cooperative leading_firm rich_leader reason evidence
        """,
    ),
    "HouseholdYearSerializer": fields(
        plain="""
            household number village year version closed status members persons attribute
            main_cause other_causes planned_route planned_exit_year wage operating
            property_income transfer operating_cost family_planning dibao wubao pension
            ecology other_transfer asset_dividend other_property stated_gross stated_net
            stated_per_capita income_from income_to food_secure clothing_secure
            stable_source own_dwelling house_area house_grade dilapidated
            register_dilapidated safe_water register_safe_water water_difficult
            production_power living_power broadcast road_distance road_type toilet fuel
            arable_land irrigated_land forest_land converted_land orchard_land pasture_land
            water_area cooperative leading_firm rich_leader
        """,
    ),
    "MemberCorrection": fields(plain="name sex ethnic_group political_status reason evidence"),
    "MemberFilters": fields(plain="limit cursor within household"),
    "MemberSerializer": fields(
        plain="id household version relation name number sex ethnic_group political_status from_day",
        masked="id_number disability_card birth_year",
    ),
    "PersonYearCorrection": fields(
        plain="""
            education school_status dropout_reason health work_ability work_area work_months
            medical_insurance serious_illness_relief pension_insurance commercial_insurance
            accident_subsidy dibao mandarin reason evidence
        """,
    ),
    "PersonYearFilters": fields(plain="limit cursor within household year"),
    "PersonYearSerializer": fields(
        plain="""
            member year version education school_status dropout_reason health work_ability
            work_area work_months medical_insurance serious_illness_relief pension_insurance
            commercial_insurance accident_subsidy dibao mandarin
        """,
    ),
    "YearFilters": fields(plain="limit cursor within year"),
    "AssessSerializer": fields(plain="area year standard"),
    "AssessmentFilters": fields(plain="limit cursor within year subject state"),
    "AssessmentSerializer": fields(
        plain="""
            id subject area year as_of standard trial state started_at finished_at closed_at
            judged changed counts
        """,
    ),
    "CriterionText": fields(plain="measure name demand clause unknown gating"),
    "IndicatorText": fields(plain="code name clause gating criteria"),
    "StandardBrief": fields(plain="id code number name"),
    "StandardFilters": fields(plain="limit cursor subject"),
    "StandardSerializer": fields(
        plain="id subject code number name area_prefix starts_on document published_at",
    ),
    "StandardText": fields(
        plain="""
            id subject code number name area_prefix starts_on document published_at source
            note indicators
        """,
    ),
    "CriterionPanelSerializer": fields(plain="code name outcome value demand clause gating gap"),
    "ExplainedHousehold": fields(
        plain="""
            year verdict outcomes doubts standard as_of assessment since household number
            net_income persons explanation
        """,
    ),
    "ExplainedVillage": fields(
        plain="""
            year verdict outcomes doubts standard as_of assessment since village
            poor_persons staying_persons population explanation
        """,
    ),
    "ExplanationSerializer": fields(plain="missing indicators"),
    "HouseholdResultSerializer": fields(
        plain="""
            year verdict outcomes doubts standard as_of assessment since household number
            net_income persons
        """,
    ),
    "IndicatorPanelSerializer": fields(plain="code name outcome clause gating criteria"),
    "ResultFilters": fields(plain="limit cursor within year verdict"),
    "ResultSerializer": fields(plain="year verdict outcomes doubts standard as_of assessment since"),
    "VillageResultSerializer": fields(
        plain="""
            year verdict outcomes doubts standard as_of assessment since village
            poor_persons staying_persons population
        """,
    ),
    "AreaBrief": fields(plain="code name"),
    "VillageCorrection": fields(
        plain="""
            attribute exited head_name paved_road road_width bus_feasible bus culture_centre
            standard_clinic committee_broadband collective_income main_industry
            households_total population register_population rural_population
            natural_villages stated_poor_households stated_poor_persons dibao_persons
            dibao_households wubao_persons wubao_households minority_persons women
            disabled_persons labour_persons migrant_workers unsafe_water_households
            difficult_water_households no_living_power no_production_power
            no_broadcast_households reading_rooms clinics village_doctors physicians
            broadband_households cooperatives reason evidence
        """,
    ),
    "VillageSerializer": fields(plain="code name township"),
    "VillageYearFilters": fields(plain="limit cursor within year"),
    "VillageYearSerializer": fields(
        plain="""
            village year version attribute exited head_name paved_road road_width
            bus_feasible bus culture_centre standard_clinic committee_broadband
            collective_income main_industry households_total population register_population
            rural_population natural_villages stated_poor_households stated_poor_persons
            dibao_persons dibao_households wubao_persons wubao_households minority_persons
            women disabled_persons labour_persons migrant_workers unsafe_water_households
            difficult_water_households no_living_power no_production_power
            no_broadcast_households reading_rooms clinics village_doctors physicians
            broadband_households cooperatives
        """,
    ),
}

# --- Files that go out: the words above the columns, in English --------------------------------
# An indicator of the standard in force is one column; nothing in these files is masked or sealed.
INDICATORS = "*"
EXPORTS: dict[str, tuple[str, ...]] = {
    "desk:household-export": (
        "Household number",
        "Head",
        "Township",
        "Village",
        "Group",
        "Persons",
        "Status",
        "Attribute",
        "Main cause",
        "Planned exit year",
        "Income a person (yuan)",
        INDICATORS,
        "Verdict",
        "In doubt",
        "Still missing",
        "Updated",
    ),
    "desk:audit-export": (
        "Time",
        "Who",
        "Role",
        "Area",
        "Network address",
        "What",
        "Object",
        "Result",
        "Reason",
        "Rows",
    ),
    "dashboards:completeness-export": (
        "What",
        "Name",
        "Households",
        "Without a gap",
        "Share without a gap (%)",
        "Facts missing",
        "Last entry",
        "Refused rows open",
        "Entries in 90 days",
    ),
}
# Files that hold no rows of the register: headings only, or what their own uploader has handed in.
OTHER_FILES = frozenset({"exchange:roster-template", "exchange:import-marked"})

# --- Workbooks that come in: what a column fills -------------------------------------------------
IMPORTS: dict[str, Fields] = {
    "villages": fields(
        plain="""
            row.code row.county row.township row.village village_year.head_name
            village_year.office_phone village_year.attribute village_year.exited
            village_year.households_total village_year.register_population
            village_year.natural_villages village_year.stated_poor_households
            village_year.stated_poor_persons village_year.dibao_persons
            village_year.dibao_households village_year.wubao_persons
            village_year.wubao_households village_year.minority_persons village_year.women
            village_year.disabled_persons village_year.labour_persons
            village_year.migrant_workers
        """,
        ignored="序号 省 市（州）",
    ),
    "village_years": fields(
        plain="""
            row.year row.code row.county row.township row.village village_year.attribute
            village_year.households_total village_year.population
            village_year.natural_villages village_year.paved_road village_year.road_width
            village_year.bus_feasible village_year.bus village_year.unsafe_water_households
            village_year.difficult_water_households village_year.no_living_power
            village_year.no_production_power village_year.no_broadcast_households
            village_year.reading_rooms village_year.culture_centre village_year.clinics
            village_year.standard_clinic village_year.village_doctors
            village_year.physicians village_year.broadband_households
            village_year.committee_broadband village_year.collective_income
            village_year.cooperatives village_year.main_industry
        """,
        ignored="序号 省 市（州）",
    ),
    "households": fields(
        plain="""
            row.county row.township row.village row.group row.number row.name check.persons
            check.person_number check.relation check.ethnic_group check.education
            check.school_status check.health check.work_ability check.work_area
            check.work_months check.relief status.status household.exit_year
            household_year.attribute household_year.main_cause
            household_year.register_dilapidated household_year.register_safe_water
            household_year.water_difficult household_year.stated_per_capita
        """,
        sealed="row.id_number household.phone",
        ignored="序号",
    ),
    "persons": fields(
        plain="""
            row.county row.township row.village row.group row.number person.number
            person.name check.persons membership.relation person.ethnic_group
            person_year.education person_year.school_status person_year.health
            person_year.work_ability person_year.work_area person_year.work_months
            person_year.serious_illness_relief check.status check.attribute check.main_cause
            person_year.medical_insurance person_year.pension_insurance
        """,
        sealed="person.id_number",
        ignored="序号",
    ),
    "household_years": fields(
        plain="""
            row.county row.township row.village row.number check.person_number row.name
            household_year.persons household_year.dilapidated household_year.safe_water
            household_year.water_difficult row.year check.office_phone household.bank_name
            household.identification_basis household_year.main_cause
            household_year.other_causes household_year.stated_per_capita
            household_year.stated_gross household_year.wage household_year.operating
            household_year.property_income household_year.transfer
            household_year.family_planning household_year.dibao household_year.wubao
            household_year.pension household_year.ecology household_year.other_transfer
            household_year.operating_cost household_year.stated_net
            household_year.asset_dividend household_year.other_property
            household_year.arable_land household_year.irrigated_land
            household_year.water_area household_year.cooperative
            household_year.converted_land household_year.orchard_land
            household_year.pasture_land household_year.forest_land
            household_year.production_power household_year.living_power
            household_year.broadcast household_year.road_distance household_year.road_type
            household_year.house_area household_year.toilet household_year.fuel
            household_year.house_grade household_year.leading_firm
            household_year.rich_leader
        """,
        sealed="row.id_number household.bank_account",
        ignored="序号 省 市",
    ),
    "users": fields(plain="username name role area organisation households from_day to_day"),
    "organisations": fields(plain="code name kind area valid_from"),
    "officials": fields(plain="organisation name post account valid_from", sealed="phone"),
}

# --- Work in the background -----------------------------------------------------------------------
# What the timetable or the queue starts, with the rights of the machine.
TASKS = frozenset(
    {
        "accounts.tasks.close_dormant_accounts",
        "accounts.tasks.forget_what_is_over",
        "accounts.tasks.verify_audit",
        "core.tasks.beat_heart",
        "core.tasks.prune_files",
        "core.tasks.prune_notices",
        "core.tasks.run_job",
        "core.tasks.seal_audit",
        "core.tasks.sweep_jobs",
        "dashboards.tasks.send_digests",
        "exchange.tasks.forget_ended",
        "standards.tasks.evaluate_all_counties",
        "standards.tasks.fail_interrupted",
        "standards.tasks.judge_dirty_villages",
    }
)

# What somebody starts and waits for, with the right that is asked again when a worker takes it.
JOBS = {
    "desk.clear_demonstration": "clear_demonstration",
    "desk.year": "manage_years",
    "exchange.apply": "confirm_import",
    "exchange.mark": "import_workbooks",
    "exchange.read": "import_workbooks",
    "rosters.renew": "manage_accounts",
    "rosters.units": "manage_organisations",
    "rosters.users": "manage_accounts",
    "standards.assess": "run_assessments",
}
