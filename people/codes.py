"""Code sets of the field. The code is stored, the name is shown.

Sources and their marks are in each comment: READ is a table in public source code, not compared with the paper
standard; VERIFIED is the text of the law; UNVERIFIED is general knowledge; "own" means that no code was found, so the
codes are ours, chosen to sort from high to low. Two forms of a number are checked here too: ID number and phone.
"""

import datetime
import re
import unicodedata

from django.utils.functional import lazy
from django.utils.translation import get_language


class CodeSet:
    """An ordered set of codes, each with a Chinese and an English name, and other words accepted on the way in.

    Written as text, one entry per line or between semicolons: `code Chinese|English|other,words`.
    """

    def __init__(self, text):
        self._names, self._codes = {}, {}
        for entry in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
            code, _, rest = entry.partition(" ")
            zh, en, *others = rest.split("|")
            self._names[code] = (zh, en)
            for word in (code, zh, en, *(others[0].split(",") if others else ())):
                if self._codes.setdefault(_fold(word), code) != code:
                    raise ValueError(f"{word} stands for two codes")
        #: (code, name) pairs for model and form fields; the names follow the language of the reader.
        self.choices = [(code, lazy(self.name, str)(code)) for code in self._names]

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def __contains__(self, code):
        return code in self._names

    def zh(self, code):
        """Chinese name; an unknown code is shown as it is, a blank one as nothing."""
        return self._names.get(code, (code or "",))[0]

    def en(self, code):
        """English name, as above."""
        return self._names.get(code, (code or "",))[-1]

    def name(self, code):
        """Name in the language of the reader: English under English, else Chinese."""
        return self.en(code) if (get_language() or "").startswith("en") else self.zh(code)

    label = name

    def code(self, word):
        """The code of a code or name in either language; "" for a blank, None for an unknown word.

        Case, blanks and full or half width do not matter, nor does a zero that a spreadsheet took off a code.
        """
        folded = _fold(word)
        if not folded:
            return ""
        return self._codes.get(folded) or (self._codes.get(folded.zfill(2)) if folded.isdigit() else None)


def _fold(word):
    text = "" if word is None else str(word)
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


# GB/T 2261.1-2003: READ
SEX = CodeSet("1 男|Male|M,男性; 2 女|Female|F,女性; 0 未知|Unknown; 9 未说明|Not stated")

# GB/T 3304-1991: READ
_GROUPS = """
01 汉族|Han; 02 蒙古族|Mongol; 03 回族|Hui; 04 藏族|Tibetan; 05 维吾尔族|Uyghur; 06 苗族|Miao; 07 彝族|Yi; 08 壮族|Zhuang
09 布依族|Bouyei; 10 朝鲜族|Korean; 11 满族|Manchu; 12 侗族|Dong; 13 瑶族|Yao; 14 白族|Bai; 15 土家族|Tujia; 16 哈尼族|Hani
17 哈萨克族|Kazak; 18 傣族|Dai; 19 黎族|Li; 20 傈僳族|Lisu; 21 佤族|Va; 22 畲族|She; 23 高山族|Gaoshan; 24 拉祜族|Lahu
25 水族|Sui; 26 东乡族|Dongxiang; 27 纳西族|Naxi; 28 景颇族|Jingpo; 29 柯尔克孜族|Kirgiz; 30 土族|Tu; 31 达斡尔族|Daur
32 仫佬族|Mulao; 33 羌族|Qiang; 34 布朗族|Blang; 35 撒拉族|Salar; 36 毛南族|Maonan; 37 仡佬族|Gelao; 38 锡伯族|Xibe
39 阿昌族|Achang; 40 普米族|Pumi; 41 塔吉克族|Tajik; 42 怒族|Nu; 43 乌孜别克族|Uzbek; 44 俄罗斯族|Russian; 45 鄂温克族|Ewenki
46 德昂族|De'ang; 47 保安族|Bonan; 48 裕固族|Yugur; 49 京族|Gin; 50 塔塔尔族|Tatar; 51 独龙族|Derung; 52 鄂伦春族|Oroqen
53 赫哲族|Hezhen; 54 门巴族|Monba; 55 珞巴族|Lhoba; 56 基诺族|Jino
"""
# The word without 族 is accepted as well: 藏 for 藏族.
ETHNICITY = CodeSet(re.sub(r"(\S+)族\|([^;\n]+)", r"\1族|\2|\1", _GROUPS))

# GB/T 4762-1984: READ
POLITICAL_STATUS = CodeSet("""
01 中共党员|CPC member|党员,共产党员,中国共产党党员; 02 中共预备党员|Probationary CPC member|预备党员
03 共青团员|Youth League member|团员; 04 民革|Revolutionary Committee of the Kuomintang|民革党员
05 民盟|China Democratic League|民盟盟员; 06 民建|China National Democratic Construction Association|民建会员
07 民进|China Association for Promoting Democracy|民进会员; 08 农工党|Peasants and Workers Democratic Party|农工党党员
09 致公党|China Zhi Gong Party|致公党党员; 10 九三学社|Jiusan Society|九三学社社员
11 台盟|Taiwan Democratic Self-Government League|台盟盟员; 12 无党派民主人士|Democrat without party|无党派人士,无党派
13 群众|No affiliation
""")

# GB/T 4658-2006: READ. 毕业, 结业, 肄业 were read for 11 to 13 only and are taken over for the other groups of three; of
# 71, 72, 81, 82 the meaning is not known, so their names do not pretend one.
EDUCATION = CodeSet("""
10 研究生教育|Postgraduate|研究生
11 博士毕业|Doctorate, graduated|博士,博士研究生,博士研究生毕业; 12 博士结业|Doctorate, completed without graduating|博士研究生结业
13 博士肄业|Doctorate, not completed|博士研究生肄业
14 硕士毕业|Master, graduated|硕士,硕士研究生,硕士研究生毕业; 15 硕士结业|Master, completed without graduating|硕士研究生结业
16 硕士肄业|Master, not completed|硕士研究生肄业
17 研究生班毕业|Postgraduate class, graduated|研究生班; 18 研究生班结业|Postgraduate class, completed without graduating
19 研究生班肄业|Postgraduate class, not completed
20 大学本科|Bachelor|本科,大学,大学本科教育
21 大学本科毕业|Bachelor, graduated|本科毕业,大学毕业; 22 大学本科结业|Bachelor, completed without graduating|本科结业
23 大学本科肄业|Bachelor, not completed|本科肄业
28 大学普通班|University ordinary class
30 专科教育|Junior college|专科,大专,大学专科
31 专科毕业|Junior college, graduated|大专毕业,大学专科毕业; 32 专科结业|Junior college, completed without graduating|大学专科结业
33 专科肄业|Junior college, not completed|大学专科肄业
40 中等职业教育|Secondary vocational
41 中专毕业|Secondary technical, graduated|中专,中等专科; 42 中专结业|Secondary technical, completed without graduating
43 中专肄业|Secondary technical, not completed
44 职高毕业|Vocational high school, graduated|职高,职业高中; 45 职高结业|Vocational high school, completed without graduating
46 职高肄业|Vocational high school, not completed
47 技校毕业|Technical school, graduated|技校,技工学校; 48 技校结业|Technical school, completed without graduating
49 技校肄业|Technical school, not completed
60 普通高中|High school|高中; 61 高中毕业|High school, graduated|普通高中毕业
62 高中结业|High school, completed without graduating|普通高中结业; 63 高中肄业|High school, not completed|普通高中肄业
70 初中|Junior high school; 71 初中（71）|Junior high school (71); 72 初中（72）|Junior high school (72)
80 小学|Primary school; 81 小学（81）|Primary school (81); 82 小学（82）|Primary school (82)
90 其他|Other
""")

# GB/T 6864: partly UNVERIFIED
DEGREE = CodeSet("1 名誉博士|Honorary doctor; 2 博士|Doctor|博士学位; 3 硕士|Master|硕士学位; 4 学士|Bachelor|学士学位")

# Names 公务员法 Art. 18, VERIFIED; codes own.
POST_LEVEL = CodeSet("""
01 国家级正职|National, principal|正国级; 02 国家级副职|National, deputy|副国级; 03 省部级正职|Provincial, principal|正省级,正部级
04 省部级副职|Provincial, deputy|副省级,副部级; 05 厅局级正职|Prefectural, principal|正厅级
06 厅局级副职|Prefectural, deputy|副厅级; 07 县处级正职|County, principal|正县级,正处级
08 县处级副职|County, deputy|副县级,副处级; 09 乡科级正职|Township, principal|正科级,正乡级
10 乡科级副职|Township, deputy|副科级,副乡级
""")

_ORDINALS = (("一", 1), ("二", 2), ("三", 3), ("四", 4))


def _steps(code, zh, en, steps):
    """Entries for 一级 ... of one rank: `code` and the number of the step, 一级高级主办|Senior officer, class 1."""
    return "\n".join(f"{code}{n} {word}级{zh}|{en}, class {n}" for word, n in _ORDINALS[:steps])


# 综合管理类: names 公务员法 Art. 19, VERIFIED; codes READ. Other series: names READ, codes own, one letter for each series
# (E enforcement, T technical, P police, Q police technical); the single steps of 警务技术 are UNVERIFIED.
RANK = CodeSet(
    "\n".join(
        (
            """01 一级巡视员|Inspector, class 1; 02 二级巡视员|Inspector, class 2
    03 一级调研员|Researcher, class 1; 04 二级调研员|Researcher, class 2; 05 三级调研员|Researcher, class 3
    06 四级调研员|Researcher, class 4; 07 一级主任科员|Principal section member, class 1
    08 二级主任科员|Principal section member, class 2; 09 三级主任科员|Principal section member, class 3
    10 四级主任科员|Principal section member, class 4; 11 一级科员|Section member, class 1; 12 二级科员|Section member, class 2
    E10 督办|Enforcement supervisor""",
            _steps("E2", "高级主办", "Senior enforcement officer", 4),
            _steps("E3", "主办", "Enforcement officer", 4),
            _steps("E4", "行政执法员", "Enforcement member", 2),
            _steps("T1", "总监", "Technical director", 2),
            _steps("T2", "高级主管", "Senior technical manager", 4),
            _steps("T3", "主管", "Technical manager", 4),
            "T40 专业技术员|Technician",
            _steps("P1", "警务专员", "Police commissioner", 2),
            _steps("P2", "高级警长", "Senior police sergeant", 4),
            _steps("P3", "警长", "Police sergeant", 4),
            _steps("P4", "警员", "Police officer", 2),
            "Q10 警务技术总监|Police technical director",
            *(f"Q1{n} 警务技术{word}级总监|Police technical director, class {n}" for word, n in _ORDINALS[:2]),
            "Q20 警务技术主任|Police technical head",
            *(f"Q2{n} 警务技术{word}级主任|Police technical head, class {n}" for word, n in _ORDINALS),
            "Q30 警务技术主管|Police technical manager",
            *(f"Q3{n} 警务技术{word}级主管|Police technical manager, class {n}" for word, n in _ORDINALS),
            "Q40 警务技术员|Police technician",
        )
    )
)

# Sanctions: GB/T 8563.3, READ. Other measures: names 公务员法 Art. 57, VERIFIED; codes own.
SANCTION = CodeSet("""
10 警告|Warning; 12 记过|Demerit; 13 记大过|Serious demerit; 14 降级|Demotion of grade; 17 撤职|Removal from post
19 开除|Dismissal
M1 谈话提醒|Reminder talk|提醒; M2 批评教育|Criticism and education; M3 责令检查|Ordered self-examination
M4 诫勉|Admonition|诫勉谈话; M5 组织调整|Organisational adjustment
""")

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def tidy_id_number(text):
    """Full width to half, blanks out, X in upper case."""
    return _fold(text).upper()


def id_number_problem(text):
    """None if blank or a resident ID number of 18 characters, else what is wrong with it. GB 11643: READ.

    Codes: id_length, id_characters, id_birth_date, id_checksum. The division of the first six digits is not looked up.
    """
    number = tidy_id_number(text)
    if not number:
        return None
    if len(number) != 18:
        return "id_length"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "id_characters"
    try:
        datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "id_birth_date"
    return None if number[17] == id_check(number) else "id_checksum"


def id_check(number):
    """The check character that belongs to the first 17 digits of a number. GB 11643: READ."""
    return _ID_CHECKS[sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False)) % 11]


def tidy_phone(text):
    """Half width without blanks and dashes, and without the country code of a mobile number."""
    return re.sub(r"^(\+|00)86(?=1)", "", re.sub(r"[-‐–—―−]", "", _fold(text)))


def phone_problem(text):
    """None if blank, a mobile number (11 digits) or a land line with its area code (10 to 12 digits), else phone_form.

    Form only: which numbers are given out changes too often to be a rule. UNVERIFIED general knowledge.
    """
    number = tidy_phone(text)
    return None if not number or re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{9,11}", number) else "phone_form"
