"""What an official form is: leaves of A4 with lines of text and one ruled grid, declared once for Excel, Word and the browser.

A form says what its cells hold, how wide its columns are and which of its rows may grow. `Paper.fitted` does what a clerk
does with a pen: it writes smaller where there is little room, and what still does not fit goes to a sheet of its own
(附页) instead of being cut off. Widths of signs are reckoned generously, because nobody knows the fonts of the machine
that opens the file. Lengths are millimetres, sizes of type are points.
"""

import re
from dataclasses import dataclass, field, replace
from unicodedata import east_asian_width

SONG, FANG, HEI, TITLE = "宋体", "仿宋_GB2312", "黑体", "方正小标宋简体"
POINT = 25.4 / 72
LEADING = 1.45  # of a line, in sizes of its type
SIZES = (12, 11, 10.5, 10, 9.5, 9, 8.5, 8)
PAD, PAD_V = 1.2, 0.5  # inside a cell, at each side
SLACK = 5  # of a page, for rules and rounding
LEAST = 12  # of a row whose text goes on elsewhere
ATTACHED = "附页"


@dataclass(frozen=True)
class Margins:
    top: float
    right: float
    bottom: float
    left: float

    @property
    def width(self):
        return 210 - self.left - self.right

    @property
    def height(self):
        return 297 - self.top - self.bottom


FORM = Margins(15, 20, 13, 20)
PROSE = Margins(37, 26, 35, 28)  # of official documents, GB/T 9704


@dataclass(frozen=True)
class Par:
    """A paragraph. when: what stands before a hanging text, such as the months of a line of a resume; indent: of its
    first line, in signs."""

    text: str
    align: str = ""  # that of its cell
    when: str = ""
    hang: bool = False
    indent: int = 0


HANG = 9  # signs that the months of a resume take: 1998.07--2001.06 and two blanks, in half width


@dataclass
class Cell:
    """A cell of a grid. A label stands in the middle, in 宋体; a value to the left, in 仿宋.

    upright: written from top to bottom. bare: sides without a rule, of "tb". name: what its rest is called on 附页.
    """

    text: str | list = ""
    columns: int = 1
    rows: int = 1
    label: bool = False
    upright: bool = False
    align: str = ""
    middle: bool = True
    bare: str = ""
    photo: bytes | None = None
    name: str = ""
    size: float = SIZES[0]

    @property
    def pars(self):
        return pars(self.text)

    @property
    def side(self):
        return self.align or ("center" if self.label else "left")


def pars(text):
    """Text as paragraphs."""
    return [Par(line) for line in text.split("\n")] if isinstance(text, str) else text


def plain(paragraphs):
    """Paragraphs as text, as a reader of values has them."""
    return "\n".join(f"{par.when}  {par.text}" if par.when else par.text for par in paragraphs)


@dataclass
class Row:
    """A row of a grid, so high at least. grow: its share of the room that is left; its text may go on elsewhere."""

    cells: list
    height: float
    grow: int = 0


@dataclass
class Grid:
    widths: tuple
    rows: list

    def placed(self):
        """(row, column, cell) of every cell, as spans leave room."""
        taken = set()
        for r, row in enumerate(self.rows):
            c = 0
            for cell in row.cells:
                while (r, c) in taken:
                    c += 1
                yield r, c, cell
                taken.update((r + down, c + right) for down in range(cell.rows) for right in range(cell.columns))
                c += cell.columns

    def width(self, column, cell):
        return sum(self.widths[column : column + cell.columns])


@dataclass
class Line:
    """A line of text, or a paragraph of prose, outside the grid. pitch: from line to line, in points; before, after: room."""

    text: str
    size: float = 12
    font: str = FANG
    align: str = "left"
    indent: int = 0
    pitch: float = 0
    before: float = 0
    after: float = 0

    @property
    def leading(self):
        return self.pitch or self.size * LEADING

    def lines(self, width):
        return len(wrapped(self.text, width / (self.size * POINT) - 1, first=self.indent))

    def height(self, width):
        return self.lines(width) * self.leading * POINT + self.before + self.after


@dataclass
class Leaf:
    """One sheet: lines above the grid, the grid, lines below. One without a grid runs on over as many pages as it takes."""

    above: list = field(default_factory=list)
    grid: Grid | None = None
    below: list = field(default_factory=list)


@dataclass
class Paper:
    """One filled form. foot: version, digest, head of the ledger, who printed it; on every sheet. name: of its file."""

    title: str
    name: str
    leaves: list
    foot: list
    margins: Margins = FORM
    note: tuple = ()  # (code, facts) for the one who prints it, on screen only
    about: int | None = None  # key of the row of a list that it was filled from

    @property
    def numbered(self):
        return len(self.leaves) > 1 or self.leaves[0].grid is None

    def foot_lines(self):
        return [Line(text, 7, SONG, before=0 if n else 1.5) for n, text in enumerate(self.foot)]

    def fitted(self):
        """The paper with the size of each text and the height of each row; with 附页 for what did not fit."""
        rest = []
        for leaf in self.leaves:
            if leaf.grid:
                around = [*leaf.above, *leaf.below, *self.foot_lines()]
                room = self.margins.height - SLACK - sum(line.height(self.margins.width) for line in around)
                rest += fit(leaf.grid, room)
        if rest:
            lines = [Line(ATTACHED, 16, TITLE, "center", after=3)]
            for name, paragraphs in rest:
                lines.append(Line(f"{name}（续）", 12, HEI, after=1))
                lines += [Line(plain([par]), 10.5, FANG) for par in paragraphs]
            self.leaves.append(Leaf(lines))
        return self


# --- how much room a text takes


_TOKENS = re.compile(r"[!-~]+|\s|.", re.DOTALL)
_NEVER_FIRST = frozenset("，。、；：！？）》】」』”’…")  # such a sign stays at the end of its line, beyond the edge if need be


def ems(text):
    """Width of a text in sizes of its type; half-width signs are given more than the half, as other fonts do."""
    return sum(1 if east_asian_width(sign) in "WFA" else 0.6 for sign in text)


def wrapped(text, width, first=0.0):
    """The lines that a text takes at a width in ems; joined they are the text again. first: indent of the first line."""
    lines, line, used = [], "", first
    for token in _TOKENS.findall(text):
        size = ems(token)
        if used + size > width and line and not token.isspace() and token not in _NEVER_FIRST:
            lines.append(line)
            line, used = "", 0
        while size > width > 1:  # a word longer than the line
            cut = max(1, int(width / 0.6))
            lines.append(token[:cut])
            token = token[cut:]
            size = ems(token)
        line, used = line + token, used + size
    return [*lines, line]


def lines_of(cell, par, size, width):
    """Lines of a paragraph in a cell of this width; a text leaves room for a comma beyond the edge."""
    signs = (width - 2 * PAD) / (size * POINT) - (0.2 if cell.label else 1)
    return wrapped(par.text, signs - HANG if par.hang else signs, first=par.indent)


def need(cell, size, width):
    """Height that the text of a cell needs."""
    count = sum(len(lines_of(cell, par, size, width)) for par in cell.pars)
    return count * size * POINT * LEADING + 2 * PAD_V


def _fits(cell, size, width, height):
    if not cell.upright:
        return need(cell, size, width) <= height
    return len(cell.text) * size * POINT * LEADING <= height - 2


def _shrink(cell, width, height):
    """The largest size in which the cell's text fits; the smallest if none does."""
    sizes = [size for size in SIZES if size <= cell.size]
    cell.size = next((size for size in sizes if _fits(cell, size, width, height)), sizes[-1])


def fit(grid, room):
    """Give every text of a grid its size and every row its height; returns [(name, paragraphs)] of what has no room."""
    placed, rows = list(grid.placed()), grid.rows
    growing = {r: [] for r, row in enumerate(rows) if row.grow}
    waiting = [each for each in placed if each[2].rows > 1 or (each[2].label and each[0] in growing)]  # for the heights
    for r, c, cell in (each for each in placed if each not in waiting):
        if r in growing:
            growing[r].append((grid.width(c, cell), cell))
        else:
            _shrink(cell, grid.width(c, cell), rows[r].height)
            if not cell.upright:
                rows[r].height = max(rows[r].height, need(cell, cell.size, grid.width(c, cell)))
    left = room - sum(row.height for row in rows if not row.grow)
    rest = _share(rows, growing, left)
    for r, c, cell in waiting:
        _shrink(cell, grid.width(c, cell), sum(row.height for row in rows[r : r + cell.rows]))
    return rest


def _share(rows, growing, left):
    """Divide the room that is left among the rows that grow, at the largest size in which all of them fit."""

    def wanted(size):
        return {r: max([rows[r].height, *(need(cell, size, width) for width, cell in cells)]) for r, cells in growing.items()}

    size = next((size for size in SIZES if sum(wanted(size).values()) <= left), SIZES[-1])
    want, rest = wanted(size), {}
    spare, shares = left - sum(want.values()), sum(rows[r].grow for r in growing)
    for place, r in enumerate(sorted(growing, key=want.get)):
        if spare >= 0:
            rows[r].height = want[r] + spare * rows[r].grow / shares
        else:  # the short ones have what they need, the long ones equal parts of the rest
            rows[r].height = min(want[r], max(left / (len(growing) - place), LEAST))
            left -= rows[r].height
        for width, cell in growing[r]:
            cell.size = size
            rest[r] = rest.get(r, []) + _cut(cell, width, rows[r].height)
    return [each for r in sorted(rest) for each in rest[r]]


def _cut(cell, width, height):
    """Leave in a cell what it has room for; [(name, paragraphs)] of the rest."""
    if need(cell, cell.size, width) <= height + 0.01:
        return []
    room = int((height - 2 * PAD_V) / (cell.size * POINT * LEADING)) - 1  # a line for the word that there is more
    kept, rest = [], []
    for par in cell.pars:
        lines = lines_of(cell, par, cell.size, width)
        here, there = "".join(lines[:room]), "".join(lines[room:])
        if here or (room and not there):
            kept.append(replace(par, text=here))
        if there:
            rest.append(replace(par, text=there, **({"when": "", "indent": 0} if here else {})))
        room = max(room - len(lines), 0)
    cell.text = [*kept, Par(f"（接{ATTACHED}）", "right")]
    return [(cell.name, rest)]
