"""Spelling of names for search: full spelling and initials, lower case, no tones.

pypinyin reads a character by its commonest sound, which is wrong for many surnames (单 is shan, 仇 is qiu), so a surname
of this table is read from here and the given name apart from it. All other names, Tibetan ones among them, are read as
plain text: 卓玛措 has no surname.
"""

import re
from functools import lru_cache

SURNAMES = dict(
    pair.split(":")
    for pair in """
    单:shan 仇:qiu 解:xie 覃:qin 曾:zeng 区:ou 查:zha 朴:piao 翟:zhai 缪:miao 盖:ge 乐:yue 薄:bo 员:yun 贠:yun
    秘:bi 繁:po 召:shao 乜:nie 折:she 冼:xian 洗:xian 种:chong 祭:zhai 黑:he 尉:yu 隗:wei 郇:xun 句:gou 炅:gui
    阚:kan 佴:nai 能:nai 粘:nian 都:du 卜:bu 麴:qu 任:ren 华:hua 纪:ji 葛:ge 宁:ning 石:shi 叶:ye 应:ying
    於:yu 燕:yan 车:che 藏:zang 逄:pang 郄:qie 柏:bai 盛:sheng 尉迟:yu,chi 万俟:mo,qi 单于:chan,yu 长孙:zhang,sun
    令狐:ling,hu 澹台:tan,tai 乐正:yue,zheng 宰父:zai,fu 亓官:qi,guan 淳于:chun,yu 呼延:hu,yan 诸葛:zhu,ge
    鲜于:xian,yu 皇甫:huang,fu 欧阳:ou,yang 司马:si,ma 上官:shang,guan 夏侯:xia,hou 东方:dong,fang 慕容:mu,rong
    """.split()
)

#: Starts of Tibetan and Mongolian names whose first character is also one of the surnames above.
NO_SURNAME = ("单增", "单周", "单知", "单巴", "查干", "查汗", "区吉", "燕丹")

#: Parts of Tibetan names that read otherwise than their commonest sound.
PARTS = {"尕藏": ("ga", "zang"), "桑藏": ("sang", "zang"), "罗藏": ("luo", "zang"), "完么": ("wan", "me")}

_KEEP = re.compile(r"[^0-9a-z]")


@lru_cache(maxsize=20_000)
def pinyin_of(name):
    """(full spelling, initials): 卓玛措 -> ("zhuomacuo", "zmc"). Dots and blanks go, Latin letters and digits stay."""
    syllables = [_KEEP.sub("", syllable.lower()) for syllable in _syllables("".join(str(name or "").split()))]
    syllables = [syllable for syllable in syllables if syllable]
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def _syllables(name):
    if not name.startswith(NO_SURNAME):
        for length in (2, 1):
            if (surname := name[:length]) in SURNAMES and len(surname) == length:
                return SURNAMES[surname].split(",") + _read(name[length:])
    return _read(name)


def _read(text):
    from pypinyin import lazy_pinyin  # its dictionaries take a moment to load; most processes never spell a name

    for part, syllables in PARTS.items():
        before, found, after = text.partition(part)
        if found:
            return _read(before) + list(syllables) + _read(after)
    return lazy_pinyin(text) if text else []
