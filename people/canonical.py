"""One text for one value: what digests are taken over, so that equal values can never differ in form.

JSON with sorted keys, no blanks, text as it is (UTF-8 when hashed). Decimals are plain text without trailing zeros,
because 40 and 40.00 are the same number and engines give back different forms; dates are ISO text; datetimes are UTC
with microseconds and Z; UUIDs are text. What has no single form (float, naive datetime, set, unknown type) is refused.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_AS_IT_IS = frozenset((str, int, bool, type(None)))


def canonical(value):
    """The canonical JSON text of `value`; TypeError or ValueError if it has none."""
    return _ENCODER.encode(_plain(value))


def sha256_hex(text):
    """SHA-256 of the text in UTF-8, as 64 lower-case hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _plain(value):
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):  # before date, of which it is a kind
        if value.utcoffset() is None:
            raise ValueError("a datetime without a time zone has no single meaning")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        if any(type(key) is not str and not isinstance(key, str) for key in value):
            raise TypeError("keys must be text")
        return {key: item if type(item) in _AS_IT_IS else _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _decimal(value):
    if not value.is_finite():
        raise ValueError("a number that is not finite has no canonical form")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
