"""The second factor (TOTP, RFC 6238): secrets that are derived and never stored, the picture for the app, recovery codes.

A secret is made of the salt in the database and the key of the installation, so the database or a back-up alone signs nobody in.
Under a new key, SECRET_KEY_FALLBACKS keeps what the old one made.
"""

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

#: Without look-alikes (0 O, 1 l I): recovery codes are read from paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODES = 10
FEW = 3  # codes left at which to make new ones


def new_salt():
    return secrets.token_hex(32)


def _derived(purpose, text):
    """The digest of a text under the key of the installation, then under each key that it had."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield hmac.new(key.encode(), f"{purpose}{text}".encode(), "sha256")


def keys(salt):
    """The secrets that an app may hold for this salt, the present one first."""
    return [derived.digest()[:20] for derived in _derived("second factor", salt)]


def typed_secret(salt):
    """The secret as it is typed into an app that cannot read the picture."""
    text = base64.b32encode(keys(salt)[0]).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(salt, username):
    """The otpauth:// address that an app reads."""
    issuer = _("Cadre assessment")
    facts = {"secret": typed_secret(salt).replace(" ", ""), "issuer": issuer}
    return f"otpauth://totp/{quote(issuer)}:{quote(username)}?{urlencode(facts, quote_via=quote)}"


def picture(salt, username):
    """That address as a QR code: an inline SVG drawn here, black on white whatever the theme, without styles (CSP)."""
    drawn = segno.make(address(salt, username), error="m", micro=False)
    return mark_safe(drawn.svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None))  # noqa: S308


def new_codes():
    """Recovery codes of 39 bits each, in the form xxxx-xxxx."""
    made = set()
    while len(made) < CODES:
        text = "".join(secrets.choice(ALPHABET) for _each in range(8))
        made.add(f"{text[:4]}-{text[4:]}")
    return sorted(made)


def code_digests(salt, code):
    """Keyed digests that a recovery code may be kept as, the present one first."""
    plain = code.replace("-", "").lower()
    return [derived.hexdigest() for derived in _derived("recovery code", f"{salt} {plain}")]
