"""What the templates say beside their headings: examples, how a cell is to be filled in, which words it offers."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from assessment import words
from people import codes
from people.words import UNIT_KIND

#: (sheet, field) -> set of words that a drop-down offers.
WORDS = {
    ("units", "kind"): UNIT_KIND,
    ("cadres", "sex"): codes.SEX,
    ("cadres", "ethnicity"): codes.ETHNICITY,
    ("cadres", "political_status"): codes.POLITICAL_STATUS,
    ("cadres", "education"): codes.EDUCATION,
    ("cadres", "degree"): codes.DEGREE,
    ("cadres", "post_level"): codes.POST_LEVEL,
    ("cadres", "rank"): codes.RANK,
    ("schemes", "assessee"): words.ASSESSEE,
    ("campaigns", "kind"): words.CAMPAIGN_KIND,
    ("campaigns", "state"): words.CAMPAIGN_STATE,
    ("contacts", "method"): words.METHOD,
    ("contacts", "relation"): words.RELATION,
}

#: What the example row holds: a code of the set of words where there is one.
EXAMPLES = {
    "units": {"code": "XZ01", "name": "东滩镇", "kind": "township"},
    "cadres": {
        "code": "G001", "name": "达瓦", "sex": "1", "ethnicity": "04", "birth_month": "1980-05", "political_status": "01", "education": "20",
        "post": "副镇长", "native_place": "西藏拉萨", "joined_party_on": date(2003, 7, 1), "started_work_on": date(2002, 8, 1),
        "degree": "4", "in_post_since": date(2021, 5, 6), "unit": "XZ01 · 东滩镇",
    },
    "schemes": {
        "code": "xc-2022", "title": "一线考察", "assessee": "cadre", "on_site_weight": 40, "phone_weight": 20, "talk_weight": 40,
        "min_on_site": 1, "min_phone": 1, "min_talk": 1, "team_size": 2,
    },
    "dimensions": {"scheme": "xc-2022", "code": "a", "name": "政治素质", "weight": 30},
    "levels": {"scheme": "xc-2022", "name": "好", "points": 95},
    "grades": {"scheme": "xc-2022", "name": "优秀", "minimum": 90},
    "campaigns": {
        "code": "2022-ZX", "title": "专项考核", "kind": "special", "scheme": "xc-2022", "unit": "XZ01 · 东滩镇", "starts_on": date(2022, 5, 1),
        "ends_on": date(2022, 6, 30), "state": "open",
    },
    "assessees": {"campaign": "2022-ZX", "cadre_code": "G001"},
    "contacts": {
        "number": "001", "method": "on_site", "cadre_code": "G001 · 达瓦", "unit_code": "XZ01 · 东滩镇", "place": "东滩村", "source_name": "张某", "relation": "public",
        "narrative": "在岗在位，情况熟悉", "example": "当日走访三户",
    },
}  # fmt: skip

_UNIT = _("Choose a unit, or type its code.")
_SCHEME = _("The code of the scheme, as in the sheet of schemes.")
_WEIGHT = _("A number; the weights of a scheme sum to 100.")
_LEAST = _("A whole number; blank: none is asked for.")
HINTS = {
    ("units", "code"): _("Names the unit for good; text, at most 32 characters."),
    ("units", "parent"): _("The unit above it. Blank only for the top unit."),
    ("cadres", "code"): _("Names the cadre for good; text, at most 32 characters."),
    ("cadres", "birth_month"): _("Year and month, like 1980-05. Also understood: 1980.5, 198005, 1980年5月."),
    ("cadres", "unit"): _UNIT,
    ("cadres", "id_number"): _("18 characters, as text. A number would lose its last digits."),
    ("cadres", "phone"): _("11 digits, or area code and number; as text."),
    **{(sheet, "scheme"): _SCHEME for sheet in ("dimensions", "levels", "grades")},
    **{("schemes", f"{method}_weight"): _WEIGHT for method in ("on_site", "phone", "talk")},
    ("dimensions", "weight"): _WEIGHT,
    **{("schemes", f"min_{name}"): _LEAST for name in ("on_site", "phone", "talk", "relations", "leads")},
    ("schemes", "team_size"): _("How many go out together at least; blank: 1."),
    ("schemes", "quota"): _("At most so many percent get the top grade; blank: no limit."),
    ("schemes", "contested_gap"): _("Marks so many points apart count as contested; blank: never."),
    ("levels", "points"): _("0 to 100."),
    ("grades", "minimum"): _("From this score on; one grade starts at 0."),
    ("campaigns", "scheme"): _("Choose a scheme, or type the code of one in this workbook."),
    ("campaigns", "unit"): _UNIT,
    ("campaigns", "state"): _("Blank: open."),
    ("assessees", "campaign"): _("Choose a campaign, or type the code of one in this workbook."),
    ("assessees", "cadre_code"): _("The code of a cadre. Give either a cadre or a unit."),
    ("assessees", "unit_code"): _("The unit whose leading group is assessed."),
    ("contacts", "number"): _("Rows of one number are one contact that covers several assessees."),
    ("contacts", "held_at"): _("Day and time, like 2022-05-06 13:30. It lies in the campaign."),
    ("contacts", "place"): _("Needed on site."),
    ("contacts", "team"): _("User names, the lead first, with 、 between them. They stand in the sheet of choices."),
    ("contacts", "source_name"): _("Whom you spoke to. Needed by phone and in talks."),
    ("contacts", "cadre_code"): _("Choose from the roster, or type the code."),
    ("contacts", "unit_code"): _("Choose from the roster, or type the code."),
    ("contacts", "narrative"): _("What was seen or heard."),
}
KIND_HINTS = {"date": _("A day, like 2022-05-06. Also understood: 2022.5.6, 2022/5/6, 20220506, 2022年5月6日.")}
LIST_HINT = _("Choose from the list.")
LEVEL_HINT = _("A level, or nothing if nothing was seen of it.")

RULES = (
    _("Fill in one row for each record and delete nothing of the first row. Columns with * are needed, the others may be blank or deleted."),
    _("The grey row is an example and is passed over; it may stay."),
    _("Where a cell offers a list, choose from it. A code followed by “ · ” and a name is read as the code."),
    _("Codes decide: a row whose code is known changes that record, any other makes a new one. A blank cell clears what stands there; a column "
      "that was deleted leaves it as it is."),
    _("Full and half width, blanks around a value and the usual ways to write a day are understood."),
    _("Upload the workbook under “Exchange”. It is checked first and you see what would change; nothing is written before you say so."),
)  # fmt: skip
