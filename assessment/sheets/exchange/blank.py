"""Templates to fill in and upload: headings, an example, drop-downs of what the user may really choose, and the rules in words.

    write(file, "contacts", user, campaign)

Each is an exchange workbook: what is filled in can be taken in as it is. These are small, so openpyxl makes them.
"""

from datetime import datetime, time

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from assessment import columns
from assessment.columns import BETWEEN, REFERENCES
from assessment.models import Campaign, Evaluation, Scheme
from assessment.queries import contacts as queries
from assessment.rules.ranges import Ranges
from assessment.sheets.exchange.blank_words import EXAMPLES, HINTS, KIND_HINTS, LEVEL_HINT, LIST_HINT, RULES, WORDS
from assessment.sheets.workbook.write import KINDS, clean
from people.access import visible_to
from people.models import Unit

#: kind of a template -> its sheets.
KINDS_OF = {
    "cadres": (columns.CADRES,),
    "contacts": (columns.CONTACTS,),
    "units": (columns.UNITS,),
    "campaign": (
        columns.SCHEMES, columns.DIMENSIONS, columns.LEVELS, columns.GRADES, columns.CAMPAIGNS, columns.ASSESSEES,
    ),
}  # fmt: skip
#: (sheet, field) -> what one must be allowed with the unit that is chosen there.
UNITS = {
    ("units", "parent"): "save_unit", ("cadres", "unit"): "save_cadre", ("campaigns", "unit"): "save_campaign",
    ("assessees", "unit_code"): "save_campaign",
}  # fmt: skip
LAST = 5000  # row up to which there are drop-downs
LEFT_OUT = {"withdrawn_on", "withdrawn_why"}  # a template is for new records
WIDTHS = {"date": 13, "datetime": 18, "narrative": 48, "example": 32, "team": 20, "title": 24, "post": 24, "id_number": 22}
_HEAD = {
    "font": Font(name="Calibri", size=11, bold=True),
    "fill": PatternFill("solid", fgColor="F1EFEA"),
    "border": Border(bottom=Side("thin", color="CFCCC4")),
    "alignment": Alignment(vertical="center", wrap_text=True),
}
_EXAMPLE = Font(name="Calibri", size=11, italic=True, color="808080")


def write(file, kind, user, campaign=None):
    """Write a template to an open binary file; `contacts` is for one campaign. Answers how many persons it names, and which evaluations."""
    made = _Template(user, campaign)
    for sheet in KINDS_OF[kind]:
        made.add(sheet)
    made.add_rules()
    made.add_choices()
    made.book.save(file)
    named = (("contacts", "team"), ("contacts", "cadre_code"))
    return sum(len(rows) for key, (_heading, rows) in made.lists.items() if key in named), made.held


class _Template:
    """One workbook in the making."""

    def __init__(self, user, campaign):
        self.user, self.campaign = user, campaign
        self.english = (get_language() or "").startswith("en")
        self.book = Workbook()
        self.book.remove(self.book.active)
        self.held = Ranges()
        self.lists, self.told = {}, []  # {key: (columns of the sheet of choices)}; [(sheet, heading, needed, hint)]

    def title(self, sheet):
        return sheet.en if self.english else sheet.zh

    def _sheet(self, sheet):
        """A new sheet, on A4 landscape as wide as the paper."""
        ws = self.book.create_sheet(self.title(sheet))
        ws.page_setup.orientation, ws.page_setup.paperSize, ws.page_setup.fitToHeight = "landscape", 9, 0
        ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        return ws

    def add(self, sheet):
        """A sheet with its headings, an example and what its cells take."""
        ws = self._sheet(sheet)
        ws.freeze_panes = "A2"
        for number, (heading, field, kind, needed) in enumerate(self._columns(sheet), 1):
            letter, hint = get_column_letter(number), self._hint(sheet, field, kind)
            head = ws.cell(1, number, f"{heading}*" if needed else heading)
            for name, style in _HEAD.items():
                setattr(head, name, style)
            column = ws.column_dimensions[letter]
            usual = 24 if field in REFERENCES else max(12, 2 * len(heading) + 4)
            column.number_format, column.width = KINDS[kind], WIDTHS.get(field, WIDTHS.get(kind, usual))
            value, example = self._example(sheet, field), ws.cell(2, number)
            example.font, example.number_format = _EXAMPLE, KINDS[kind]
            example.value = f"{'Example: ' if self.english else '例：'}{value}" if number == 1 else value
            self._validate(ws, f"{letter}2:{letter}{LAST}", heading, self._choices(sheet, field), kind, hint)
            if hint and not isinstance(field, tuple):
                self.told.append((ws.title, head.value, hint))
        if sheet.dimensions:
            names = [clean(dimension.name) for dimension in self.campaign.scheme.dimensions.all()]
            self.told.append((ws.title, "、".join(names), str(LEVEL_HINT)))

    def _columns(self, sheet):
        """(heading, field, kind, is it needed) of each column."""
        for column in sheet.columns:
            needed, field = column.required, column.field
            if field in LEFT_OUT:
                continue
            if sheet is columns.CONTACTS and field in ("cadre_code", "unit_code"):
                if (field == "unit_code") != (self.campaign.scheme.assessee == Scheme.Assessee.GROUP):
                    continue
                needed = True
            yield (column.en if self.english else column.zh), field, column.kind, needed
        if sheet is columns.CONTACTS:
            for dimension in self.campaign.scheme.dimensions.all():
                yield clean(dimension.name), ("level", dimension.name), "text", False

    def _hint(self, sheet, field, kind):
        if isinstance(field, tuple):
            return str(LEVEL_HINT)
        return str(HINTS.get((sheet.name, field)) or KIND_HINTS.get(kind) or (LIST_HINT if (sheet.name, field) in WORDS else ""))

    def _example(self, sheet, field):
        if isinstance(field, tuple):
            return self._level_names()[0]
        value = EXAMPLES[sheet.name].get(field)
        if sheet is columns.CONTACTS:
            held_at = datetime.combine(self.campaign.starts_on, time(9, 30))
            value = {"campaign": self.campaign.code, "team": self.user.username, "held_at": held_at}.get(field, value)
        known = WORDS.get((sheet.name, field))
        return known.name(value) if known and value else value

    # --- what may be chosen

    def _choices(self, sheet, field):
        """Key of the list that a column offers, or None; the list is read once."""
        key = "level" if isinstance(field, tuple) else UNITS.get((sheet.name, field)) or (sheet.name, field)
        if key not in self.lists:
            found = self._list(key)
            if not found:
                return None
            heading = self._list_heading(sheet, field)
            self.lists[key] = (heading, found)
        return key

    def _list_heading(self, sheet, field):
        if isinstance(field, tuple):
            return self.title(columns.LEVELS)
        column = next(column for column in sheet.columns if column.field == field)
        return column.en if self.english else column.zh

    def _list(self, key):
        """Rows of a list: what is chosen, and what helps to choose it."""
        if key in WORDS:
            return [(WORDS[key].name(code),) for code in WORDS[key]]
        if key in UNITS.values():
            rows = visible_to(self.user, Unit, key).order_by("code").values_list("code", "name")
            return [(_named(*row),) for row in rows]
        if key == "level":
            return [(name,) for name in self._level_names()]
        if key == ("campaigns", "scheme"):
            return [(_named(*row),) for row in visible_to(self.user, Scheme).order_by("code").values_list("code", "title")]
        if key == ("assessees", "campaign"):
            rows = visible_to(self.user, Campaign, "save_campaign").exclude(state=Campaign.State.CLOSED).order_by("code")
            return [(_named(*row),) for row in rows.values_list("code", "title")]
        if key == ("contacts", "campaign"):
            return [(_named(self.campaign.code, self.campaign.title),)]
        if key == ("contacts", "team"):
            return [(user.username, user.name) for user in queries.colleagues(self.user)]
        if key in (("contacts", "cadre_code"), ("contacts", "unit_code")):
            rows = list(queries.roster(visible_to(self.user, Evaluation, "record_contact"), self.campaign))
            self.held = Ranges(row.pk for row in rows)
            return [(_named(row.assessee.code, row.assessee.name), row.unit.name) for row in rows]
        return []

    def _level_names(self):
        return [clean(level.name) for level in self.campaign.scheme.levels.order_by("-points", "pk")]

    def _validate(self, ws, cells, heading, key, kind, hint):
        """A list, a day, or only the word that appears beside a chosen cell."""
        if key is None and kind not in ("date", "datetime") and not hint:
            return
        rule = DataValidation(showInputMessage=bool(hint), showErrorMessage=True, allow_blank=True)
        rule.promptTitle, rule.prompt = heading[:32], hint[:255] or None
        rule.errorStyle, rule.errorTitle = "warning", heading[:32]
        if key is not None:
            rule.type, rule.formula1 = "list", self._range(key)
            rule.error = _("This is none of the choices.")
        elif kind in ("date", "datetime"):
            first, last = (self.campaign.starts_on, self.campaign.ends_on) if kind == "datetime" else ("1900,3,1", "2100,1,1")
            rule.type, rule.operator = "date", "between"
            rule.formula1, rule.formula2 = (f"DATE({each:%Y,%m,%d})" if kind == "datetime" else f"DATE({each})" for each in (first, last))
            if kind == "datetime":
                rule.formula2 += "+1"
            rule.error = _("This is no day, or lies outside the campaign.") if kind == "datetime" else _("Excel does not take this for a day.")
        rule.add(cells)
        ws.add_data_validation(rule)

    def _place(self, key):
        """First column of a list in the sheet of choices."""
        place = 1
        for each, (_heading, rows) in self.lists.items():
            if each == key:
                return place
            place += len(rows[0])
        raise KeyError(key)

    def _range(self, key):
        letter, count = get_column_letter(self._place(key)), len(self.lists[key][1])
        return f"{quote_sheetname(self.title(columns.CHOICES))}!${letter}$2:${letter}${count + 1}"

    # --- the sheets beside

    def add_rules(self):
        ws = self._sheet(columns.ABOUT)
        for rule in RULES:
            ws.append([str(rule)])
            ws.merge_cells(start_row=ws.max_row, start_column=1, end_row=ws.max_row, end_column=3)
            ws.row_dimensions[ws.max_row].height = 18 if len(str(rule)) < 55 + 60 * self.english else 34
            ws.cell(ws.max_row, 1).alignment = Alignment(wrap_text=True, vertical="top")
        ws.append([])
        ws.append([_("Sheet"), _("Column"), _("How it is filled in")])
        for cell in ws[ws.max_row]:
            cell.font, cell.fill = _HEAD["font"], _HEAD["fill"]
        for row in self.told:
            ws.append(row)
            for cell in ws[ws.max_row]:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        for letter, width in zip("ABC", (14, 22, 72), strict=True):
            ws.column_dimensions[letter].width = width

    def add_choices(self):
        if not self.lists:
            return
        ws = self._sheet(columns.CHOICES)
        ws.freeze_panes = "A2"
        for key, (heading, rows) in self.lists.items():
            for offset in range(len(rows[0])):
                number = self._place(key) + offset
                head = ws.cell(1, number, heading if not offset else "")
                head.font, head.fill = _HEAD["font"], _HEAD["fill"]
                ws.column_dimensions[get_column_letter(number)].width = 26 if offset == 0 else 20
                for line, row in enumerate(rows, 2):
                    cell = ws.cell(line, number, clean(row[offset]) or None)
                    cell.data_type, cell.number_format = "s", "@"


def _named(code, name):
    return f"{code}{BETWEEN}{name}"
