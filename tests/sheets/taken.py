"""What an uploaded file comes to: the sentence that refuses it, or its rows as the fields take them, notes and errors."""

import os

from assessment.actions import schemes
from assessment.sheets.exchange.read import read_source
from assessment.wording import note_line, sentence
from people.actions import cadres, units
from people.actions.inputs import Unreadable
from people.refusals import Refusal, Refused

KINDS = {"units": units.INPUTS, "cadres": cadres.INPUTS, "schemes": schemes.INPUTS}


def read(path):
    """{"refused": sentences} or {"rows", "notes", "errors"}; "open": files that were left open."""
    before = len(os.listdir("/proc/self/fd"))
    try:
        source = read_source(path)
    except Refused as refused:
        answer = {"refused": [sentence(each) for each in refused.refusals]}
    else:
        rows, errors = _rows(source)
        answer = {"rows": rows, "notes": [note_line(note) for note in source.notes], "errors": errors}
    return answer | {"open": len(os.listdir("/proc/self/fd")) - before}


def _rows(source):
    """(rows, errors) as the fields take them, whatever rights and records say."""
    rows = []
    errors = [[f.row, f.column, sentence(Refusal(f.code, f.facts))] for f in source.faults]
    told = [error[:2] for error in errors]
    for sheet in source.sheets.values():
        for number, row in zip(sheet.numbers, sheet.rows, strict=True):
            values = [number]
            for column in sheet.format.columns:
                if column.field in row:
                    kind, place = KINDS[sheet.format.name][column.field], [number, sheet.heading(column.field)]
                    try:
                        value = kind.read(row[column.field])
                    except Unreadable as error:
                        value = None
                        errors.append([*place, sentence(Refusal(error.code, error.facts))])
                    else:
                        if kind.required and value in (None, "") and place not in told:
                            errors.append([*place, sentence(Refusal("required"))])
                    values.append("" if value is None else str(value))
            rows.append(values)
    return rows, sorted(errors)
