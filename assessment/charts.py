"""Numbers -> inline SVG that the strict content policy lets pass: attributes and classes of the theme, no styles, no script.

Every drawing has a title and a description for those who do not see it, and its numbers in a table beside it. What
comes in as text is escaped. Values are int, Decimal or Fraction; None is a gap, never a zero.

    charts.meter(56, 60)                                   done against plan, the bar alone
    charts.meters([(label, done, plan, url)])              several, with their figures
    charts.columns([(label, n)], title=...)                a distribution
    charts.bars([(label, n)], title=...)                   amounts side by side
    charts.line([(label, value)], title=...)               a value over campaigns
    charts.dots(values, mark, title=...)                   where one stands among all
    charts.heat_map(head, [(label, url, cells, last)])     amounts in a table, by depth of colour
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from unicodedata import east_asian_width

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

WIDTH = 320  # of a drawing; a page shows it in its true size where that fits, so that its text is as large as all text
LINE = 15  # height of a line of text
NOTHING = mark_safe("")  # a plain "" would make a sum with it unsafe, and so escaped again


@dataclass(frozen=True)
class Bar:
    """One column or bar. css: the class of its colour; url: what it opens."""

    label: str
    value: object
    css: str = "heat-4"
    url: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell of a heat map: done, of how many planned (None: no plan), and what it opens."""

    done: int
    plan: int | None = None
    url: str = ""


# --- the charts


def meter(done, plan):
    """A bar: how much of the plan is done; without a plan, the bar is full as soon as something is."""
    share = _share(done, plan)
    title = _("%(done)s of %(plan)s") % {"done": _shown(done), "plan": _shown(plan)} if plan else _shown(done)
    body = _el("title", title) + _el("rect", class_="track", width=100, height=10, rx=2)
    body += _el("rect", class_="fill", width=_at(100 * share), height=10, rx=2) if share else NOTHING
    return _el("svg", body, class_="w-100", viewBox="0 0 100 10", height=10, preserveAspectRatio="none", role="img")


def meters(rows):
    """Meters with label and figures. rows: (label, done, plan[, url])."""
    lines = []
    for label, done, plan, *more in rows:
        figures = f"{_shown(done)} / {_shown(plan)}" if plan else _shown(done)
        lines.append((_linked(label, more[0] if more else ""), meter(done, plan), figures))
    body = format_html_join("", '<li class="meter"><span>{}</span>{}<span class="num">{}</span></li>', lines)
    return format_html('<ul class="meters">{}</ul>', body) if lines else ""


def bars(rows, *, title):
    """Amounts side by side, each against the largest. rows: (label, n[, css[, url]])."""
    rows = [Bar(*row) for row in rows]
    most = max((bar.value for bar in rows if bar.value), default=0)
    lines = []
    for bar in rows:
        drawn = _el("title", f"{bar.label}: {_shown(bar.value)}") + _el("rect", class_="track", width=100, height=10, rx=2)
        drawn += _el("rect", class_=bar.css, width=_at(100 * _share(bar.value, most)), height=10, rx=2) if bar.value else NOTHING
        drawn = _el("svg", drawn, class_="w-100", viewBox="0 0 100 10", height=10, preserveAspectRatio="none", role="img")
        lines.append((_linked(bar.label, bar.url), drawn, _shown(bar.value)))
    body = format_html_join("", '<li class="meter"><span>{}</span>{}<span class="num">{}</span></li>', lines)
    return format_html('<ul class="meters" aria-label="{}">{}</ul>', title, body) if lines else ""


def columns(rows, *, title, desc="", head=None):
    """Columns with their numbers on top. rows: (label, n[, css[, url]]); head: the two headings of the table."""
    rows = [Bar(*row) for row in rows]
    if not rows:
        return ""
    slot, room, base = WIDTH / len(rows), 84, LINE + 84
    wide = min(48, slot * 0.64)
    most = max((bar.value for bar in rows if bar.value), default=0)
    parts, deepest = [], 1
    for index, bar in enumerate(rows):
        middle, tall = slot * (index + 0.5), room * _share(bar.value, most)
        lines = _wrapped(bar.label, slot - 2)
        deepest = max(deepest, len(lines))
        drawn = _el("rect", class_=bar.css, x=_at(middle - wide / 2), y=_at(base - tall), width=_at(wide), height=_at(tall))
        drawn += _text(middle, base - tall - 4, _shown(bar.value))
        for number, line in enumerate(lines, 1):
            drawn += _text(middle, base + LINE * number, line)
        parts.append(_linked(drawn, bar.url))
    floor = _el("path", class_="axis", d=f"M0 {base}H{WIDTH}")
    return _figure(base + LINE * deepest + 5, [floor, *parts], title, desc or _summary(rows), _pairs(rows, head), any(b.url for b in rows))


def line(rows, *, title, desc="", head=None, low=None, high=None):
    """A value over time, oldest first. rows: (label, value or None[, url]); low, high: what the scale spans at least."""
    rows = [Bar(row[0], row[1], url=row[2] if len(row) > 2 else "") for row in rows]
    values = [Fraction(bar.value) for bar in rows if bar.value is not None]
    if not values:
        return ""
    low = min([*values, *([Fraction(low)] if low is not None else [])])
    high = max([*values, *([Fraction(high)] if high is not None else [])])
    top, room = LINE + 6, 76
    slot = WIDTH / len(rows)
    every = -(-len(rows) // 6)  # labels that do not run into each other
    parts, path, deepest, pen = [], "", 1, "M"
    for index, bar in enumerate(rows):
        x = slot * (index + 0.5)
        if (len(rows) - 1 - index) % every == 0:
            lines = _wrapped(bar.label, slot * every - 6)
            deepest = max(deepest, len(lines))
            parts += [_text(x, top + room + 8 + LINE * n, part) for n, part in enumerate(lines, 1)]
        if bar.value is None:
            pen = "M"  # a gap
            continue
        y = top + room * float((high - Fraction(bar.value)) / (high - low)) if high > low else top + room / 2
        path, pen = f"{path}{pen}{_at(x)} {_at(y)}", "L"
        point = _el("circle", class_="here" if index == len(rows) - 1 else "point", cx=_at(x), cy=_at(y), r=4)
        if (len(rows) - 1 - index) % every == 0:
            point += _text(x, y - 8, _shown(bar.value))
        parts.append(_linked(point, bar.url))
    drawn = [_el("path", class_="curve", d=path), *parts]
    height = top + room + 8 + LINE * deepest + 5
    return _figure(height, drawn, title, desc or _summary(rows), _pairs(rows, head), any(b.url for b in rows))


def dots(values, mark=None, *, title, desc="", note="", low=0, high=100):
    """All values on one strip, equal ones stacked, and the one that the page is about. note: a word under the strip."""
    known = sorted(Fraction(value) for value in values if value is not None)
    if not known and mark is None:
        return ""
    low, high = Fraction(low), Fraction(high)

    def place(value):
        return 8 + (WIDTH - 16) * float((min(max(Fraction(value), low), high) - low) / (high - low))

    heaps = Counter(round(place(value) / 6) for value in known)
    step = min(6, 40 / max(heaps.values(), default=1))
    base = max(12, step * max(heaps.values(), default=1) + 6)
    parts = [_el("rect", class_="track", x=0, y=_at(base - 3), width=WIDTH, height=6, rx=3)]
    for spot, count in sorted(heaps.items()):
        parts += [_el("circle", class_="point", cx=spot * 6, cy=_at(base - step * n), r=3) for n in range(count)]
    if mark is not None:
        parts.append(_el("circle", class_="here", cx=round(place(mark) / 6) * 6, cy=_at(base), r=6))
    below = base + LINE + 8
    parts += [_text(0, below, _shown(low), "start"), _text(WIDTH, below, _shown(high), "end")]
    parts += [_text(WIDTH / 2, below, note)] if note else []
    figures = [(_("This one"), _shown(mark))] if mark is not None else []
    if known:
        middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
        figures += [(_("Lowest"), _shown(known[0])), (_("Median"), _shown(middle)), (_("Highest"), _shown(known[-1]))]
        figures.append((_("Number"), str(len(known))))
    desc = desc or _(", ").join(f"{label} {value}" for label, value in figures)
    return _figure(below + 6, parts, title, desc, _table(("", _("Value")), figures))


def heat_map(head, rows, *, title):
    """A table whose cells are as deep as the plan is fulfilled, or, without a plan, as the amount is large.

    head: headings, the first over the labels; rows: (label, url, cells, *further columns as text).
    """
    most = max((cell.done for row in rows for cell in row[2]), default=0)
    cells = max((len(row[2]) for row in rows), default=len(head) - 1)
    kinds = ["", *["text-center"] * cells, *["num"] * (len(head) - 1 - cells)]
    heading = format_html_join("", '<th scope="col" class="{}">{}</th>', zip(kinds, head, strict=True))
    body = []
    for label, url, row, *more in rows:
        drawn = format_html_join("", '<td class="cell">{}</td>', ((_heated(cell, most),) for cell in row))
        drawn += format_html_join("", '<td class="num">{}</td>', ((text,) for text in more))
        body.append((_linked(label, url), drawn))
    body = format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', body)
    return format_html(
        '<div class="scroll" role="region" tabindex="0" aria-label="{}"><table class="data matrix"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        title,
        heading,
        body,
    )


def heat(done, plan=None, most=None):
    """Class of the theme for an amount: "none" for nothing, heat-5 for all that was planned (or for the largest)."""
    if not done:
        return "none"
    return f"heat-{min(1 + int(_share(done, plan or most) * 4), 5)}"


# --- what they are made of


def _el(name, body="", **attributes):
    """An element; class_ is class, and escaped is whatever comes in."""
    pairs = ((key.rstrip("_"), value) for key, value in attributes.items())
    listed = format_html_join("", ' {}="{}"', pairs)
    return format_html("<{}{}>{}</{}>", mark_safe(name), listed, body, mark_safe(name))


def _at(number):
    """A coordinate: one place is finer than any screen, and the same everywhere."""
    return f"{float(number):.1f}".removesuffix(".0")


def _shown(value):
    """A number as people read it: whole ones whole, others with two places, a gap as a dash."""
    if value is None:
        return "—"
    if isinstance(value, int) or value == int(value):
        return str(int(value))
    return f"{Decimal(value) if isinstance(value, Decimal) else float(value):.2f}"


def _share(done, whole):
    """How much of the whole, from 0 to 1; all of nothing planned is done as soon as something is."""
    if not done:
        return 0.0
    return min(1.0, float(Fraction(done) / Fraction(whole))) if whole else 1.0


def _text(x, y, words, anchor="middle"):
    return _el("text", words, x=_at(x), y=_at(y), **{"text-anchor": anchor})


def _linked(drawn, url):
    return format_html('<a href="{}">{}</a>', url, drawn) if url else drawn


def _heated(cell, most):
    body = format_html("{}<small>/ {}</small>", cell.done, cell.plan) if cell.plan is not None else str(cell.done)
    css = heat(cell.done, cell.plan, most)
    return (
        format_html('<a class="{}" href="{}">{}</a>', css, cell.url, body)
        if cell.url
        else format_html('<span class="{}">{}</span>', css, body)
    )


def _units(text):
    """Width of text in the drawing: a Chinese sign is as wide as high, a Latin letter about half."""
    return sum(12 if east_asian_width(sign) in "WF" else 6.1 for sign in text)


def _wrapped(label, width, most=3):
    """Lines of a label that fit the width: broken at blanks, else anywhere; what is left over ends in an ellipsis."""
    lines, rest = [], str(label).split()
    while rest and len(lines) < most:
        taken = rest.pop(0)
        while rest and _units(f"{taken} {rest[0]}") <= width:
            taken += f" {rest.pop(0)}"
        keep = len(taken)
        while keep > 1 and _units(taken[:keep]) > width:
            keep -= 1
        if keep < len(taken):
            rest.insert(0, taken[keep:])
        lines.append(taken[:keep])
    if rest:
        lines[-1] = lines[-1][:-1] + "…"
    return lines or [""]


def _summary(rows):
    return _(", ").join(f"{bar.label} {_shown(bar.value)}" for bar in rows)


def _pairs(rows, head):
    return _table(head or ("", _("Number")), [(_linked(bar.label, bar.url), _shown(bar.value)) for bar in rows])


def _table(head, rows):
    body = format_html_join("", '<tr><th scope="row">{}</th><td class="num">{}</td></tr>', rows)
    return format_html(
        '<table class="data"><thead><tr><th scope="col">{}</th><th scope="col" class="num">{}</th></tr></thead><tbody>{}</tbody></table>',
        *head,
        body,
    )


def _figure(height, parts, title, desc, table, linked=False):
    """The drawing and its numbers. One that holds links is a group: an image would hide them from a screen reader."""
    words = {"role": "group" if linked else "img", "aria-label": f"{title}: {desc}"}
    named = _el("title", title) + _el("desc", desc)
    size = {"viewBox": f"0 0 {WIDTH} {_at(height)}", "width": WIDTH, "height": _at(height)}
    drawing = _el("svg", named + mark_safe("".join(parts)), **words, **size)
    return format_html(
        '<figure class="chart">{}<details class="numbers"><summary>{}</summary>{}</details></figure>', drawing, _("Numbers"), table
    )
