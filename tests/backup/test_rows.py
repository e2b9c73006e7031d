"""Rows as JSON: what is none of ours is refused before any database hears of it."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assessment.backup.tables import Table, tables
from assessment.models import Contact, Scheme
from people.models import Grant, Kinship, LedgerEntry, Photo, Unit, User
from people.refusals import Refused

#: A row of each kind that is taken, by attribute; the others are null.
FIT = {
    Unit: {"id": 1, "code": "E", "name": "东滩镇"},
    User: {"id": 1, "is_active": True},
    Grant: {"id": 1, "valid_from": "2022-01-01"},
    Scheme: {"id": 1, "on_site_weight": "40.00"},
    LedgerEntry: {"seq": 1, "at": "2022-01-01T00:00:00.000001Z", "after": {"a": [1, None]}},
    Photo: {"id": 1, "content": "cG5n"},
    Contact: {"id": 1, "client_uuid": "6fa459ea-ee8a-3ca4-894e-db77e160355e"},
    Kinship: {"id": 1, "cadre_id": 3},
}


def line(table, values):
    return json.dumps([values.get(name) for name in table.attributes]).encode()


@pytest.mark.parametrize("model", FIT, ids=lambda model: model.__name__)
def test_rows_of_ours_are_read(model):
    table = Table(model)
    (row,) = table.rows([line(table, FIT[model])])
    assert row[0] == 1 and len(row) == len(table.attributes)


def test_values_have_their_types_again():
    def value(model, name):
        table = Table(model)
        return table.rows([line(table, FIT[model])])[0][table.attributes.index(name)]

    assert value(LedgerEntry, "at") == datetime(2022, 1, 1, 0, 0, 0, 1, UTC) and value(LedgerEntry, "after") == {"a": [1, None]}
    assert value(Scheme, "on_site_weight") == Decimal("40.00") and value(Photo, "content") == b"png"
    assert str(value(Contact, "client_uuid")) == "6fa459ea-ee8a-3ca4-894e-db77e160355e"


UNFIT = [
    (Unit, "id", "1"), (Unit, "id", 1.5), (Unit, "id", True), (Unit, "name", 1), (Unit, "name", []), (Unit, "name", {}),
    (User, "is_active", 1), (User, "is_active", "true"), (Kinship, "cadre_id", "3"), (Kinship, "cadre_id", [3]),
    (LedgerEntry, "at", "yesterday"), (LedgerEntry, "at", "2022-01-01T00:00:00"), (LedgerEntry, "at", 1640995200),
    (Grant, "valid_from", "2022-13-01"), (Grant, "valid_from", "2022-01-01T00:00:00Z"),
    (Scheme, "on_site_weight", "much"), (Scheme, "on_site_weight", "NaN"), (Scheme, "on_site_weight", 40),
    (Photo, "content", "*"), (Photo, "content", "cG5"), (Contact, "client_uuid", "6fa459ea"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "name", "value"), UNFIT)
def test_a_value_of_another_kind_is_refused(model, name, value):
    table = Table(model)
    with pytest.raises(Refused) as refused:
        table.rows([line(table, FIT[model]), line(table, FIT[model] | {name: value})])
    assert [(r.code, r.facts) for r in refused.value.refusals] == [("backup_rows", {"table": table.name})]


@pytest.mark.parametrize("text", [b"", b"x", b"{}", b"1", b"null", b"[]", b"[1, 2, 3, 4, 5]", b"[" * 99_999, b'[1, 2, 3, "\xff"]', b"9" * 5000])
def test_a_line_that_is_no_row_is_refused(text):
    table = Table(Kinship)
    assert len(table.columns) == 4
    with pytest.raises(Refused):
        table.rows([line(table, FIT[Kinship]), text])


def test_every_field_of_every_table_has_a_kind():
    assert len(tables()) > 30 and all(len(table.kinds) == len(table.fields) for table in tables())
