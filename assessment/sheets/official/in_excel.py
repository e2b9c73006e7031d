"""A paper as a workbook: one sheet for each sheet of paper, A4 upright, scaled to it, merged cells with their rules."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.units import cm_to_EMU
from openpyxl.worksheet.properties import PageSetupProperties

from assessment.sheets.official.layout import FANG, HANG, LEADING, SONG, Line, lines_of, wrapped
from assessment.sheets.workbook.write import clean

RULE = Side("thin")
INCH = 25.4
DIGIT = 8  # pixels of a digit of Courier New in 10 points, and of whatever stands in for it: they are all 0.6 wide
HIGHEST = 150  # points of a row of prose, so that pages are filled; Excel's own limit is 409.5


def write(paper, file):
    book = Workbook()
    book.remove(book.active)
    book._named_styles["Normal"].font = Font(name="Courier New", size=10)  # columns are as wide as so many of its digits
    book.properties.title, book.properties.creator = clean(paper.title), ""
    for number, leaf in enumerate(paper.leaves, 1):
        ws = book.create_sheet(f"第{number}页" if len(paper.leaves) > 1 else clean(paper.title)[:31])
        _set_up(ws, paper, leaf)
        _Leaf(ws, paper, leaf).write()
    book.save(file)


def _set_up(ws, paper, leaf):
    ws.page_setup.orientation, ws.page_setup.paperSize = "portrait", 9
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 1 if leaf.grid else 0
    ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = paper.margins
    for side in ("top", "right", "bottom", "left"):
        setattr(ws.page_margins, side, getattr(margins, side) / INCH)
    ws.page_margins.header = ws.page_margins.footer = 6 / INCH
    ws.print_options.horizontalCentered = True
    ws.sheet_view.showGridLines = False
    if paper.numbered:
        ws.oddFooter.center.text = "— &P —" if leaf.grid is None else f"— {ws.title[1:-1]} —"


class _Leaf:
    """Writes one leaf row by row."""

    def __init__(self, ws, paper, leaf):
        self.ws, self.paper, self.leaf, self.row = ws, paper, leaf, 1
        self.widths = leaf.grid.widths if leaf.grid else (paper.margins.width,)

    def write(self):
        for number, width in enumerate(self.widths, 1):
            self.ws.column_dimensions[get_column_letter(number)].width = width / INCH * 96 / DIGIT
        for line in self.leaf.above:
            self._line(line)
        if self.leaf.grid:
            self._grid(self.leaf.grid)
        for line in [*self.leaf.below, *self.paper.foot_lines()]:
            self._line(line)
        self.ws.print_area = f"A1:{get_column_letter(len(self.widths))}{self.row - 1}"

    def _line(self, line: Line):
        """A paragraph; one too high for a row goes on in the next, whole lines at a time. Prose is broken here, so that the
        height of its rows is right, and as narrow as Excel sets it: a cell knows no line pitch."""
        lines = wrapped(line.text, sum(self.widths) / (line.size * INCH / 72) - 1, first=line.indent)
        leading = line.size * LEADING
        most = int(HIGHEST / leading)
        for first in range(0, len(lines), most):
            some = lines[first : first + most]
            indent = "　" * line.indent if not first else ""
            cell = self._put(self.row, 1, indent + ("\n" if line.pitch else "").join(some), line.font, line.size)
            cell.alignment = Alignment(horizontal=line.align, vertical="center" if line.pitch else "bottom", wrap_text=True)
            self._merge(self.row, 1, 1, len(self.widths))
            last = first + most >= len(lines)
            self.ws.row_dimensions[self.row].height = len(some) * leading + (line.before * (not first) + line.after * last) * 72 / INCH
            self.row += 1

    def _grid(self, grid):
        start = self.row
        for r, row in enumerate(grid.rows):
            self.ws.row_dimensions[start + r].height = row.height * 72 / INCH
        for r, c, cell in grid.placed():
            top, left = start + r, c + 1
            self._put(top, left, _text(cell, grid.width(c, cell)), SONG if cell.label else FANG, cell.size)
            self.ws.cell(top, left).alignment = Alignment(
                horizontal=cell.side,
                vertical="center" if cell.middle else "top",
                wrap_text=not cell.upright,
                text_rotation=255 if cell.upright else 0,
            )
            self._merge(top, left, cell.rows, cell.columns)
            self._rules(top, left, cell)  # afterwards, for merging takes rules off
            if cell.photo:
                _picture(self.ws, cell.photo, top, left, grid.width(c, cell), sum(row.height for row in grid.rows[r : r + cell.rows]))
        self.row += len(grid.rows)

    def _put(self, row, column, text, font, size):
        cell = self.ws.cell(row, column)
        cell.value = clean(text) or None
        if cell.value:
            cell.data_type = "s"  # else "=1+1" is a formula
        cell.font = Font(name=font, size=size)
        return cell

    def _rules(self, top, left, cell):
        bottom, right = top + cell.rows - 1, left + cell.columns - 1
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self.ws.cell(row, column).border = Border(
                    top=RULE if row == top and "t" not in cell.bare else None,
                    bottom=RULE if row == bottom and "b" not in cell.bare else None,
                    left=RULE if column == left else None,
                    right=RULE if column == right else None,
                )

    def _merge(self, row, column, rows, columns):
        if rows > 1 or columns > 1:
            self.ws.merge_cells(start_row=row, start_column=column, end_row=row + rows - 1, end_column=column + columns - 1)


def _text(cell, width):
    """Hanging paragraphs are broken here, with blanks before the further lines: a cell knows no hanging indent."""
    shown = []
    for par in cell.pars:
        if par.hang:
            lines = lines_of(cell, par, cell.size, width)
            first = f"{par.when}  " if par.when else "　" * HANG
            shown.append(first + f"\n{'　' * HANG}".join(lines))
        else:
            shown.append("　" * par.indent + par.text)
    return "\n".join(shown)


def _picture(ws, content, row, column, width, height):
    """The photo in the middle of its cell; without pillow, or if it is none, the cell stays blank."""
    try:
        from openpyxl.drawing.image import Image

        picture = Image(BytesIO(content))
    except (ImportError, OSError):
        return
    scale = min((width - 2) / picture.width, (height - 2) / picture.height)
    wide, high = picture.width * scale, picture.height * scale
    marker = AnchorMarker(col=column - 1, row=row - 1, colOff=_emu((width - wide) / 2), rowOff=_emu((height - high) / 2))
    picture.anchor = OneCellAnchor(_from=marker, ext=XDRPositiveSize2D(_emu(wide), _emu(high)))
    ws.add_image(picture)


def _emu(millimetres):
    return cm_to_EMU(millimetres / 10)


