"""The code lists as sheets write them: the national labels and codes, and spellings seen besides."""

from exchange.codelists import CodeList
from households import codes
from villages.models import VillageAttribute

_GRADES = {
    "A": "1",
    "B": "2",
    "C": "3",
    "D": "4",
    "A级危房": "1",
    "B级危房": "2",
    "C级危房": "3",
    "D级危房": "4",
}
_YEARS = {"一": 0, "二": 1, "三": 2, "1": 0, "2": 1, "3": 2}


def _spelled(*pairs: tuple[str, str]) -> dict[str, str]:
    """`("01", "甲 乙")` for every spelling of a code."""
    return {word: code for code, spellings in pairs for word in spellings.split()}


def _grades_of(first: int, *schools: str) -> dict[str, str]:
    """高中一年级, 高一 … for the three years of a kind of school whose first code is `first`."""
    return {
        f"{school}{year}{end}": f"{first + step:02d}"
        for school in schools
        for year, step in _YEARS.items()
        for end in ("", "年级")
    }


STATUS = CodeList(
    codes.Status.choices,
    _spelled(
        ("new", "新识别贫困户 新增"),
        ("poor", "未脱贫户 贫困 未脱贫（贫困户）"),
        ("planned", "预脱贫户"),
        ("out_supported", "已脱贫 脱贫享受政策 已脱贫享受政策 享受政策 脱贫（享受政策）"),
        (
            "out",
            "已脱贫不享受政策 已脱贫（不享受政策） 不再享受政策 稳定脱贫 已脱贫不再享受政策 脱贫（不再享受政策）",
        ),
        ("returned", "返贫户 脱贫返贫"),
        ("cancelled", "已注销 清退"),
    ),
    codes=False,
)
BASIS = CodeList(
    codes.IdentificationBasis.choices,
    _spelled(("01", "国定标准 国家"), ("02", "省定 省级标准"), ("03", "市定 市级标准")),
)
ATTRIBUTE = CodeList(
    codes.Attribute.choices,
    _spelled(("01", "一般户 一般"), ("02", "低保"), ("03", "五保 特困户 特困供养户 特困供养")),
)
CAUSE = CodeList(
    codes.Cause.choices,
    _spelled(
        ("04", "因灾害"),
        ("05", "缺少土地 因缺土地"),
        ("06", "因缺水"),
        ("07", "因缺技术 缺少技术"),
        ("08", "因缺劳力 缺劳动力 因缺劳动力 缺少劳力 缺少劳动力"),
        ("09", "因缺资金 缺少资金"),
        ("10", "交通落后 因交通条件落后 交通条件差"),
        ("11", "自身发展力不足 自身发展能力不足 因自身发展动力不足 自身动力不足"),
        ("12", "其它 99"),
    ),
)
RELATION = CodeList(
    codes.Relation.choices,
    _spelled(
        ("01", "本人 户主(本人) 本人或户主 户主本人"),
        ("02", "妻 妻子 丈夫 夫 之妻 之夫 之配偶"),
        ("03", "子 儿子 长子 次子 三子 四子 独生子 独子 之长子 之次子 之儿子"),
        ("04", "女 女儿 长女 次女 三女 四女 独生女 之长女 之次女 之女儿"),
        ("05", "儿媳 媳妇 之媳 儿媳妇"),
        ("06", "女婿 之婿"),
        ("07", "孙子 孙 之孙"),
        ("08", "孙女"),
        ("09", "外孙子 外孙 之外孙"),
        ("10", "外孙女"),
        ("11", "父亲 父"),
        ("12", "母亲 母"),
        ("13", "岳父"),
        ("14", "岳母"),
        ("15", "公公"),
        ("16", "婆婆"),
        ("17", "祖父 爷爷"),
        ("18", "祖母 奶奶"),
        ("19", "外祖父 外公 姥爷"),
        ("20", "外祖母 外婆 姥姥"),
        (
            "99",
            "其它 兄 弟 姐 妹 之兄 之弟 之姐 之妹 兄弟姐妹 之兄弟姐妹 侄子 侄女 之侄子 之侄女 之曾孙子 之曾孙女",
        ),
    ),
)
EDUCATION = CodeList(
    codes.Education.choices,
    _spelled(
        ("01", "文盲 半文盲 文盲半文盲 文盲、半文盲 文盲/半文盲"),
        ("03", "初中毕业"),
        ("04", "中专 中职 高中（中专） 高中/中专"),
        ("05", "大专 本科 大学 大专以上 大专及其以上 研究生 专科"),
        ("06", "学龄前"),
    ),
)
SCHOOL = CodeList(
    codes.SchoolStatus.choices,
    _spelled(
        ("01", "非在校 不在校 非在校学生"),
        ("02", "幼儿园 学前"),
        ("03", "小学在读 小学生"),
        ("04", "初一 初中一年级"),
        ("05", "初二 初中二年级"),
        ("06", "初三 初中三年级"),
        ("16", "大专以上 大学 本科 大专"),
    )
    | _grades_of(7, "高中", "高", "普通高中")
    | _grades_of(10, "中职", "中专", "职高")
    | _grades_of(13, "高职"),
)
HEALTH = CodeList(
    codes.Health.choices,
    _spelled(
        ("01", "良好 一般 健康或良好"),
        ("02", "慢性病 患有慢性病 长期慢病 患有长期慢性病 患长期慢性病"),
        ("03", "大病 患大病 患有重大疾病 重病"),
        ("04", "残疾人 患有残疾"),
    ),
)
WORK_ABILITY = CodeList(
    codes.WorkAbility.choices,
    _spelled(
        ("01", "普通劳动能力 有劳动能力 有劳动力"),
        ("02", "技能劳动能力"),
        ("03", "丧失劳动能力"),
        ("04", "无劳动能力"),
        ("05", "弱劳动力 半劳动力 弱劳动力、半劳动力 弱劳力半劳力"),
    ),
)
WORK_AREA = CodeList(
    codes.WorkArea.choices,
    _spelled(
        ("01", "乡镇内务工 乡内务工 乡(镇)内"),
        ("02", "乡镇外县内务工 乡外县内务工 县内务工 乡(镇)外县内"),
        ("03", "省内务工 县外省内"),
        ("04", "省外"),
        ("99", "其它 05 5"),
    ),
)
ROAD = CodeList(
    codes.RoadType.choices,
    _spelled(("01", "泥土 土路"), ("02", "砂石 沙石路"), ("03", "水泥"), ("04", "沥青 柏油路")),
)
FUEL = CodeList(
    codes.Fuel.choices, _spelled(("03", "煤"), ("04", "清洁能源（电、气） 电 燃气"), ("99", "其它 05 5"))
)
GRADE = CodeList(codes.HouseGrade.choices, _GRADES | _spelled(("5", "安全住房 安全"), ("9", "其它")))
VILLAGE_ATTRIBUTE = CodeList(
    VillageAttribute.choices,
    _spelled(
        ("1", "是 建档立卡贫困村 重点贫困村"),
        ("0", "否 一般村 非贫困 非建档立卡贫困村"),
        ("3", "“十二五”贫困村"),
        ("4", "“十三五”贫困村"),
    ),
)

# GB/T 3304 in its own order; systems number the groups differently, so the name is kept.
_ETHNIC_GROUPS = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
]
ETHNIC_GROUP = CodeList(
    [(f"{name}族", f"{name}族") for name in _ETHNIC_GROUPS] + [("其他", "其他")],
    {name: f"{name}族" for name in _ETHNIC_GROUPS}
    | {f"{number:02d}": f"{name}族" for number, name in enumerate(_ETHNIC_GROUPS, start=1)}
    | {str(number): f"{name}族" for number, name in enumerate(_ETHNIC_GROUPS, start=1)}
    | {"其它": "其他"},
    codes=False,
)
