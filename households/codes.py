"""Code lists of the register (建档立卡) with the national codes and their Chinese labels.

Labels are data, never translated: workbooks are Chinese whatever the page's language.
"""

from django.db.models import TextChoices


class Status(TextChoices):
    """脱贫属性: where the household stands."""

    NEW = "new", "新识别"
    POOR = "poor", "未脱贫"
    PLANNED = "planned", "预脱贫"
    OUT_SUPPORTED = "out_supported", "已脱贫（享受政策）"
    OUT = "out", "已脱贫（不再享受政策）"
    RETURNED = "returned", "返贫"
    CANCELLED = "cancelled", "注销"


POOR_STATUSES = (Status.NEW, Status.POOR, Status.PLANNED, Status.RETURNED)


class IdentificationBasis(TextChoices):
    """识别标准."""

    NATIONAL = "01", "国家标准"
    PROVINCE = "02", "省定标准"
    CITY = "03", "市定标准"


class Attribute(TextChoices):
    """贫困户属性."""

    GENERAL = "01", "一般贫困户"
    DIBAO = "02", "低保户"
    WUBAO = "03", "五保户"
    DIBAO_POOR = "04", "低保贫困户"
    ORDINARY = "05", "一般农户"
    WUBAO_POOR = "06", "五保贫困户"


class Cause(TextChoices):
    """主要致贫原因, 其他致贫原因, 返贫原因."""

    ILLNESS = "01", "因病"
    DISABILITY = "02", "因残"
    SCHOOLING = "03", "因学"
    DISASTER = "04", "因灾"
    LAND = "05", "缺土地"
    WATER = "06", "缺水"
    SKILLS = "07", "缺技术"
    LABOUR = "08", "缺劳力"
    FUNDS = "09", "缺资金"
    TRANSPORT = "10", "交通条件落后"
    MOTIVATION = "11", "自身发展动力不足"
    OTHER = "12", "其他"
    MARRIAGE = "13", "因婚"
    INDUSTRY_FAILED = "14", "产业扶贫失败"
    BEREAVEMENT = "15", "因丧"
    HOUSING = "16", "居住条件"


class Relation(TextChoices):
    """与户主关系."""

    HEAD = "01", "户主"
    SPOUSE = "02", "配偶"
    SON = "03", "之子"
    DAUGHTER = "04", "之女"
    DAUGHTER_IN_LAW = "05", "之儿媳"
    SON_IN_LAW = "06", "之女婿"
    GRANDSON = "07", "之孙子"
    GRANDDAUGHTER = "08", "之孙女"
    DAUGHTERS_SON = "09", "之外孙子"
    DAUGHTERS_DAUGHTER = "10", "之外孙女"
    FATHER = "11", "之父"
    MOTHER = "12", "之母"
    WIFES_FATHER = "13", "之岳父"
    WIFES_MOTHER = "14", "之岳母"
    HUSBANDS_FATHER = "15", "之公公"
    HUSBANDS_MOTHER = "16", "之婆婆"
    GRANDFATHER = "17", "之祖父"
    GRANDMOTHER = "18", "之祖母"
    MOTHERS_FATHER = "19", "之外祖父"
    MOTHERS_MOTHER = "20", "之外祖母"
    OTHER = "99", "其他"


class Sex(TextChoices):
    """性别 (GB/T 2261.1)."""

    MALE = "1", "男"
    FEMALE = "2", "女"
    NOT_STATED = "9", "未说明"


class Education(TextChoices):
    """文化程度."""

    ILLITERATE = "01", "文盲或半文盲"
    PRIMARY = "02", "小学"
    JUNIOR = "03", "初中"
    SENIOR = "04", "高中"
    COLLEGE = "05", "大专及以上"
    PRESCHOOL = "06", "学龄前儿童"


class SchoolStatus(TextChoices):
    """在校生状况."""

    NOT_ENROLLED = "01", "非在校生"
    PRESCHOOL = "02", "学前教育"
    PRIMARY = "03", "小学"
    GRADE_7 = "04", "七年级"
    GRADE_8 = "05", "八年级"
    GRADE_9 = "06", "九年级"
    SENIOR_1 = "07", "高中一年级"
    SENIOR_2 = "08", "高中二年级"
    SENIOR_3 = "09", "高中三年级"
    VOCATIONAL_1 = "10", "中职一年级"
    VOCATIONAL_2 = "11", "中职二年级"
    VOCATIONAL_3 = "12", "中职三年级"
    HIGHER_1 = "13", "高职一年级"
    HIGHER_2 = "14", "高职二年级"
    HIGHER_3 = "15", "高职三年级"
    COLLEGE = "16", "大专及以上"


class Health(TextChoices):
    """健康状况; several may be stated."""

    HEALTHY = "01", "健康"
    CHRONIC = "02", "长期慢性病"
    SERIOUS = "03", "患有大病"
    DISABLED = "04", "残疾"


class WorkAbility(TextChoices):
    """劳动技能 (劳动能力)."""

    ORDINARY = "01", "普通劳动力"
    SKILLED = "02", "技能劳动力"
    LOST = "03", "丧失劳动力"
    NONE = "04", "无劳动力"
    WEAK = "05", "弱劳动力或半劳动力"


class WorkArea(TextChoices):
    """务工状况."""

    TOWNSHIP = "01", "乡(镇)内务工"
    COUNTY = "02", "乡(镇)外县内务工"
    PROVINCE = "03", "县外省内务工"
    ELSEWHERE = "04", "省外务工"
    OTHER = "99", "其他"


class DropoutReason(TextChoices):
    """失学或辍学原因; only reasons other than poverty excuse a child (`exact_rules.md` 1)."""

    POVERTY = "01", "因贫"
    ILLNESS = "02", "因病"
    DISABILITY = "03", "因残"
    UNWILLING = "04", "厌学"
    FINISHED = "05", "已完成义务教育"
    OTHER = "99", "其他"


class RoadType(TextChoices):
    """入户路类型."""

    EARTH = "01", "泥土路"
    GRAVEL = "02", "砂石路"
    CEMENT = "03", "水泥路"
    ASPHALT = "04", "沥青路"


class Fuel(TextChoices):
    """主要燃料类型."""

    WOOD = "01", "柴草"
    DUNG = "02", "干畜粪"
    COAL = "03", "煤炭"
    CLEAN = "04", "清洁能源"
    OTHER = "99", "其他"


class HouseGrade(TextChoices):
    """危房级别; A and B are safe, C and D dangerous."""

    A = "1", "A级"
    B = "2", "B级"
    C = "3", "C级"
    D = "4", "D级"
    SAFE = "5", "有安全住房"
    OTHER = "9", "其他"


class Route(TextChoices):
    """Planned route out of poverty (the four routes of the county's plan of 2016)."""

    EMPLOYMENT = "employment", "转移劳动力就业"
    INDUSTRY = "industry", "扶持产业发展"
    EDUCATION = "education", "教育扶贫"
    DIBAO = "dibao", "低保政策兜底"


class LeaveReason(TextChoices):
    """Why a membership ended or began (member changes)."""

    DEATH = "01", "死亡"
    MARRIED_OUT = "02", "嫁出"
    ABROAD = "03", "出国定居"
    PRISON = "04", "判刑收监"
    MARRIED_IN = "05", "嫁入"
    BIRTH = "06", "新生儿"
    MOVED_IN = "07", "其他转入"
    MOVED_OUT = "08", "其他转出"
    REGISTERED = "00", "登记"


class ResettlementWay(TextChoices):
    """搬迁方式."""

    VILLAGE = "01", "行政村整体搬迁"
    HAMLET = "02", "自然村整体搬迁"
    SINGLE = "03", "贫困户个别搬迁"


class SettlementWay(TextChoices):
    """安置方式."""

    TOGETHER = "01", "集中"
    SCATTERED = "02", "分散"


class SettlementPlace(TextChoices):
    """安置地."""

    COUNTY_TOWN = "01", "县城"
    TOWNSHIP = "02", "乡镇"
    OTHER_COUNTY = "03", "县外"
    OTHER_VILLAGE = "04", "村外"
    SAME_VILLAGE = "05", "村内"


class PoliticalStatus(TextChoices):
    """政治面貌."""

    PARTY = "01", "中共党员"
    CANDIDATE = "02", "中共预备党员"
    YOUTH = "03", "共青团员"
    RCCK = "04", "民革"
    CDL = "05", "民盟"
    CNDCA = "06", "民建"
    CAPD = "07", "民进"
    CPWDP = "08", "农工党"
    ZG = "09", "致公党"
    JIUSAN = "10", "九三学社"
    TDSL = "11", "台盟"
    INDEPENDENT = "12", "无党派民主人士"
    MASSES = "13", "群众"
