"""Texts of the appointment form 干部任免审批表, as people write them: months, ages, resumes; and what makes two texts the same.

The form keeps text, so a month here is a text: `yyyyMM`, or what was written where it is no month.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

DEAD = re.compile(r"已?(?:去世|病故|亡故|逝世)|已故")
_SEP = r"\s*[.．。·\-/年]\s*"
_AGE = re.compile(r"\s*[（(]\s*\d+\s*岁?\s*[)）]\s*$")
_MONTH = re.compile(rf"((?:19|20)\d\d)(?:{_SEP}(\d{{1,2}})(?:\s*[月.\-/]\s*\d{{1,2}}\s*日?|\s*月)?|(\d\d)(?:\d\d)?)")
_DAY = re.compile(rf"(\d{{4}})(?:{_SEP}(\d{{1,2}})\s*[月.\-/]\s*(\d{{1,2}})\s*日?|(\d\d)(\d\d))")


def plain(text):
    """Half width letters, digits and signs."""
    return unicodedata.normalize("NFKC", text or "").strip()


def month(text):
    """Any way of writing a month, or a day, as yyyyMM; "" for what is none. The age behind it, as in 1980.03（42岁）, is left out."""
    found = _MONTH.fullmatch(_AGE.sub("", plain(text)))
    number = int(found[2] or found[3]) if found else 0
    return f"{found[1]}{number:02d}" if 1 <= number <= 12 else ""


def day(text):
    """Any way of writing a day as a date, or None."""
    found = _DAY.fullmatch(plain(text))
    try:
        return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])) if found else None
    except ValueError:
        return None


def shown_month(text):
    """A month as the form prints it, 1980.03; what is none, as it is."""
    found = month(text)
    return f"{found[:4]}.{found[4:]}" if found else text


def age(born, on):
    """Full years by year and month, as the form reckons; None where no month is known or it lies after `on`."""
    found = month(born)
    years = (on.year - int(found[:4])) - (on.month < int(found[4:])) if found else -1
    return years if years >= 0 else None


def age_of_relative(row, on):
    """The same of a row of the family; the dead have none."""
    return None if any(DEAD.search(text or "") for text in row.values()) else age(row.get("born"), on)


def reckoned_on(filled, reckoned, today):
    """The day on which ages are reckoned: when the form was filled in, else the day named for it, else today."""
    return day(filled) or day(reckoned) or today


def party(text):
    """(month or "", the rest) of 入党时间, which also tells of other parties: 199506, 民盟, 199506；民盟."""
    first, _sign, rest = plain(text).partition(";")
    found = month(first)
    return (found, rest.strip()) if found else ("", plain(text))


# --- the resume

_SPAN = re.compile(
    r"((?:19|20)\d\d)\s*[.．。年/-]\s*(\d{1,2})\s*月?"
    r"(\s*(?:[-—–－―~～]+|[至到])\s*(?:((?:19|20)\d\d)\s*[.．。年/-]\s*(\d{1,2})\s*月?|至?今)?)?[\s,，、:：]*(.*)"
)
WIDTH = 18  # columns before the text of a line


@dataclass(frozen=True)
class Line:
    """One station of a resume. begin, end: 2001.07 or ""; open: it lasts until today. text may have lines of its own."""

    begin: str
    end: str
    open: bool
    text: str

    @property
    def period(self):
        """2001.07--2005.03, 2005.03--, 2001.07 or ""."""
        return f"{self.begin}--{self.end}" if self.end or self.open else self.begin


def resume(text):
    """The stations of a resume; a line that does not begin with a month continues the one before it."""
    found = []  # (begin, end, open, lines)
    for line in filter(None, (raw.strip() for raw in (text or "").splitlines())):
        span = _SPAN.fullmatch(line)
        if span and 1 <= int(span[2]) <= 12 and (span[5] is None or 1 <= int(span[5]) <= 12):
            begin, end = f"{span[1]}.{int(span[2]):02d}", f"{span[4]}.{int(span[5]):02d}" if span[4] else ""
            found.append((begin, end, bool(span[3]) and not end, [span[6].strip()]))
        elif found:
            found[-1][-1].append(line)
        else:
            found.append(("", "", False, [line]))
    return [Line(begin, end, going_on, "\n".join(lines).strip()) for begin, end, going_on, lines in found]


def resume_plain(text):
    """A resume as one edits it: a line for each station, nothing moved in."""
    return "\n".join(f"{line.period}  {line.text}".strip() for line in resume(text))


def resume_text(text):
    """A resume as the format has it: `yyyy.MM--yyyy.MM  text`, every text from the same column on."""
    lines = []
    for line in resume(text):
        first, *more = line.text.split("\n")
        lines.append(f"{line.period:<{WIDTH}}{first}".rstrip() if line.period else first)
        lines += [" " * WIDTH + each if line.period else each for each in more]
    return "\n".join(lines)


# --- the same or not


def folded(text):
    """What of a text matters when two are compared: not blanks, line ends, full or half width, nor how a dash is drawn."""
    text = re.sub(r"[-—–―~]+", "-", "".join(plain(text).split()))
    return "" if text == "(无)" else text
