"""Invented people: names by ethnic group, and numbers that can belong to nobody."""

from calendar import monthrange

from people.codes import id_check

#: First and second halves of Tibetan names, men's and women's.
_TIBETAN = {
    "1": ("索南 仁青 才让 桑杰 旦正 公保 彭措 久美 更登 华旦 扎西 豆拉", "多杰 东主 尖措 当周 南杰 才旦 本 加 太"),
    "2": ("卓玛 拉毛 白玛 德吉 仁青 桑吉 央金 华毛 万德 周措", "措 吉 措毛 央措 草 卓"),
}
_SURNAMES = {
    "01": "林 周 孙 郑 沈 许 何 吕 罗 梁 宋 唐 冯 于 董 程 曹 袁 邓 傅",
    "03": "马 冶 妥 丁 哈 虎",
    "30": "祁 鲍 星 李 乔 胡",
    "35": "韩 沙 何",
}
_GIVEN = {
    "01": {"1": "志远 文博 建新 国梁 永强 少华 宏伟 立新 思源 长青", "2": "海霞 晓燕 春梅 丽娟 玉洁 秀英 雅琴 静宜 淑芳 慧敏"},
    "03": {"1": "占海 成林 文魁 海明 忠义 学良", "2": "玉兰 晓梅 秀花 海燕 小兰 文霞"},
    "30": {"1": "生福 延寿 得林 永清 成德 万寿", "2": "生莲 桂香 春兰 玉芳 银花 秀珍"},
    "35": {"1": "占祥 进福 忠诚 文才 海青 福德", "2": "秀兰 玉梅 海英 晓花 阿娜 春花"},
}
#: How the county is made up; Tibetan names are two in three.
_GROUPS = ("04",) * 10 + ("01", "01", "01", "03", "30", "35")


def people(rng):
    """Yields (name, sex, ethnicity) without end in practice, each name once; the same for the same `rng`."""
    pools = {}
    for sex, (first, second) in _TIBETAN.items():
        pools["04", sex] = [a + b for a in first.split() for b in second.split() if not set(a) & set(b)]
    for group, surnames in _SURNAMES.items():
        for sex, given in _GIVEN[group].items():
            pools[group, sex] = [a + b for a in surnames.split() for b in given.split()]
    for pool in pools.values():
        rng.shuffle(pool)
    seen = set()
    while any(pools.values()):
        group, sex = rng.choice(_GROUPS), rng.choice("111122")
        pool = pools[group, sex]
        if pool and (name := pool.pop()) not in seen:
            seen.add(name)
            yield name, sex, group


def id_number(rng, birth_month, sex, serial):
    """A well-formed ID number of the division 000000, which does not exist (GB 11643)."""
    year, month = map(int, birth_month.split("-"))
    day = rng.randint(1, monthrange(year, month)[1])
    body = f"000000{year}{month:02d}{day:02d}{serial % 50:02d}{int(sex) % 2 + 2 * rng.randint(0, 4)}"
    return body + id_check(body)


def phone(serial):
    """A number of the range 154, which no operator was given."""
    return f"154000{serial:05d}"
