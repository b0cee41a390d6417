"""Invented names. Surnames and characters are common ones; their combinations belong to nobody."""

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖贾夏韦方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单臧解"
)
_OFTEN = 24
MEN = "国建志文明德福海军强永春生平林学玉金成立新东华振书保长世天铁宝庆贵云忠山根柱田河"
WOMEN = "秀玉桂凤兰英梅芳珍红丽敏霞静娟艳玲云萍香荣巧彩春花莲翠月琴爱素金青惠喜雪"
CHILDREN = "子浩宇轩梓涵雨佳思欣怡晨阳博雅睿诗梦一诺嘉俊豪婷馨文昊然艺辰语彤天佑乐奕"

GROUPS = ("东组", "西组", "南组", "北组", "前组", "后组", "中组", "新庄组")
INDUSTRIES = ("小麦、玉米", "花生", "夏南牛养殖", "食用菌", "烟叶", "艾草", "光伏", "林果", None)
CHAIRS = ("主任", "书记")


def surname(rng: Random) -> str:
    """A surname, the commonest two times out of three."""
    end = _OFTEN if rng.random() < 0.66 else len(SURNAMES)
    return SURNAMES[int(rng.random() * end)]


def given_name(rng: Random, sex: str, birth_year: int) -> str:
    """One or two characters that fit sex and generation."""
    characters = CHILDREN if birth_year >= 1998 else MEN if sex == "1" else WOMEN
    first = characters[int(rng.random() * len(characters))]
    if rng.random() < 0.22:
        return first
    return first + characters[int(rng.random() * len(characters))]
