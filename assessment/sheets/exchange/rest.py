"""Taking the good rows of a workbook: which rows stay out, so that the rest has no fault."""

from dataclasses import replace

from assessment.actions.schemes import PARTS
from people.actions.inputs import half_width

ROUNDS = 30  # a row that is left out makes others bad: a unit those below it, a cadre his contacts; no tree is that deep
BESIDE_ANOTHER = {"rows_disagree", "duplicate_key", "assessee_twice"}  # faults of a row that is good without the other


def take_good_rows(work, plan_again):
    """Leave rows out until what is planned has no fault; with faults that no row can be left out for, nothing is left out."""
    if work.rowless:
        return
    left_out = {}
    for turn in range(ROUNDS):
        if not work.faults:
            break
        for place, faults in _bad_rows(work, strict=turn > 0).items():
            left_out.setdefault(place, []).extend(faults)
        _drop(work.source, left_out)
        plan_again(work)
    if not work.faults:
        order = list(work.source.sheets)
        places = sorted(left_out, key=lambda place: (order.index(place[0]), place[1]))
        work.left_out = [(work.source.sheets[name].title, row, left_out[name, row]) for name, row in places]


def _bad_rows(work, strict):
    """{(sheet, row): faults} of the rows that cannot stay.

    What is wrong in what the rows of a contact have in common is wrong with all of them, and without one of its rows a scheme
    would be another scheme. Unless strict, a row that is only at odds with a bad one gets a second look without it.
    """
    names = {sheet.title: name for name, sheet in work.source.sheets.items() if sheet.title}
    bad, waiting = {}, {}
    for fault in work.faults:
        place = names[fault.sheet], fault.row
        (waiting if fault.code in BESIDE_ANOTHER and not strict else bad).setdefault(place, []).append(fault)
    for fault, rows in work.shared:
        for row in rows:
            if row != fault.row and ("contacts", row) not in waiting:
                bad.setdefault(("contacts", row), []).append(replace(fault, row=row))
    _add_schemes(work.source.sheets, bad)
    return bad or waiting


def _add_schemes(sheets, bad):
    rows, of = {}, {}  # places by scheme, and the other way round
    for name in ("schemes", *PARTS):
        for row, number in zip(sheets[name].rows, sheets[name].numbers, strict=True):
            if code := half_width(row.get("code" if name == "schemes" else "scheme")):
                rows.setdefault(code, []).append((name, number))
                of[name, number] = code
    wrong = (place for place, faults in bad.items() if any(fault.code not in BESIDE_ANOTHER for fault in faults))
    for code in {of[place] for place in wrong if place in of}:
        faults = [fault for place in rows[code] for fault in bad.get(place, ())]
        for place in rows[code]:
            bad.setdefault(place, faults)


def _drop(source, places):
    """Take rows out of the workbook as read."""
    titles = {sheet.title: name for name, sheet in source.sheets.items() if sheet.title}
    source.faults = [fault for fault in source.faults if (titles[fault.sheet], fault.row) not in places]
    for name, sheet in source.sheets.items():
        kept = [index for index, number in enumerate(sheet.numbers) if (name, number) not in places]
        if len(kept) < len(sheet.rows):
            sheet.rows, sheet.numbers = [sheet.rows[index] for index in kept], [sheet.numbers[index] for index in kept]
