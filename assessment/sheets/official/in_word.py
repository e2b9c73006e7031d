"""A paper as a Word document. Needs python-docx, which needs compiled lxml: an extra, imported only when one is written.

Tables are given as the markup that Word itself writes: fixed widths, spans, rules by the cell, type with an East Asian
font, an exact line pitch, so that a page stays a page whatever fonts a machine has.
"""

from importlib.util import find_spec
from io import BytesIO
from xml.sax.saxutils import escape

from assessment.sheets.official.layout import FANG, HANG, LEADING, PAD, SONG
from assessment.sheets.workbook.write import clean

TWIP = 1440 / 25.4
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def available():
    """Are the packages of the extra `word` installed?"""
    return find_spec("docx") is not None and find_spec("lxml") is not None


def write(paper, file):
    from docx import Document
    from docx.oxml import parse_xml
    from docx.shared import Mm

    document = Document()
    section, body = document.sections[0], document.element.body
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side in ("top", "right", "bottom", "left"):
        setattr(section, f"{side}_margin", Mm(getattr(paper.margins, side)))
    section.header_distance = section.footer_distance = Mm(6)
    properties = document.core_properties
    properties.title, properties.author, properties.comments, properties.language = clean(paper.title), "", "", "zh-CN"
    markup = "".join(_leaf(document, paper, number, leaf) for number, leaf in enumerate(paper.leaves))
    for element in list(parse_xml(f'<w:body xmlns:w="{NAMESPACE}">{markup}</w:body>')):
        body.insert(len(body) - 1, element)  # the properties of the section stay last
    if paper.numbered:
        number = '<w:r><w:t xml:space="preserve">— </w:t></w:r><w:fldSimple w:instr="PAGE"/><w:r><w:t xml:space="preserve"> —</w:t></w:r>'
        line = section.footer.paragraphs[0]._p
        line.getparent().replace(line, parse_xml(f'<w:p xmlns:w="{NAMESPACE}"><w:pPr><w:jc w:val="center"/></w:pPr>{number}</w:p>'))
    document.save(file)


def _leaf(document, paper, number, leaf):
    above = [_line(line, new_page=number > 0 and not n) for n, line in enumerate(leaf.above)]
    if number and not above:  # a page begins with a paragraph that says so
        above = [_paragraph("", 1, SONG, 1, new_page=True)]
    table = _table(document, leaf.grid) if leaf.grid else ""
    return "".join([*above, table, *map(_line, [*leaf.below, *paper.foot_lines()])])


def _line(line, new_page=False):
    indent = round(line.indent * line.size * 20)
    return _paragraph(_text(line.text), line.size, line.font, line.leading, line.align, before=line.before, after=line.after, first=indent, new_page=new_page)


def _text(text):
    return f'<w:t xml:space="preserve">{escape(clean(text))}</w:t>'


def _paragraph(content, size, font, pitch, align="left", *, before=0, after=0, first=0, left=0, new_page=False):
    """content: of its one run; pitch in points, before and after in millimetres, indents in twips."""
    kind = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}" w:hint="eastAsia"/>'
    kind += f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/><w:lang w:val="zh-CN" w:eastAsia="zh-CN"/>'
    indent = f'<w:ind w:left="{left}" w:{"hanging" if first < 0 else "firstLine"}="{abs(first)}"/>'
    spacing = f'<w:spacing w:before="{round(before * TWIP)}" w:after="{round(after * TWIP)}" w:line="{round(pitch * 20)}" w:lineRule="exact"/>'
    return (
        f'<w:p><w:pPr>{"<w:pageBreakBefore/>" if new_page else ""}<w:snapToGrid w:val="0"/>{spacing}{indent}<w:jc w:val="{align}"/></w:pPr>'
        f"<w:r><w:rPr>{kind}</w:rPr>{content}</w:r></w:p>"
    )


def _table(document, grid):
    parts = {}  # (row, column) of each cell and of what a cell of several rows leaves below it
    for r, c, cell in grid.placed():
        for down in range(cell.rows):
            parts[r + down, c] = (cell, down)
    widths = "".join(f'<w:gridCol w:w="{round(width * TWIP)}"/>' for width in grid.widths)
    rows = []
    for r, row in enumerate(grid.rows):
        cells = "".join(_cell(document, grid, r, c, *parts[r, c]) for c in range(len(grid.widths)) if (r, c) in parts)
        height = f'<w:trHeight w:val="{round(row.height * TWIP)}" w:hRule="atLeast"/>'
        rows.append(f"<w:tr><w:trPr><w:cantSplit/>{height}</w:trPr>{cells}</w:tr>")
    margins = "".join(f'<w:{side} w:w="{round(PAD * TWIP) if side in ("left", "right") else 0}" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
    properties = (
        f'<w:tblW w:w="{round(sum(grid.widths) * TWIP)}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar>"
    )
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{widths}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _cell(document, grid, row, column, cell, down):
    """One cell of a row; `down` rows below its first one it only goes on."""
    width = grid.width(column, cell)
    bare = {"top": "t" in cell.bare or down, "bottom": "b" in cell.bare or down < cell.rows - 1}
    rules = "".join(
        f'<w:{side} w:val="nil"/>' if bare.get(side) else f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right")
    )
    properties = [
        f'<w:tcW w:w="{round(width * TWIP)}" w:type="dxa"/>',
        f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else "",
        f'<w:vMerge{"" if down else " w:val=" + chr(34) + "restart" + chr(34)}/>' if cell.rows > 1 else "",
        f"<w:tcBorders>{rules}</w:tcBorders>",
        '<w:textDirection w:val="tbRlV"/>' if cell.upright else "",
        f'<w:vAlign w:val="{"center" if cell.middle else "top"}"/>',
    ]
    content = _paragraph("", 8, SONG, 8) if down else _content(document, grid, row, cell, width)
    return f"<w:tc><w:tcPr>{''.join(properties)}</w:tcPr>{content}</w:tc>"


def _content(document, grid, row, cell, width):
    if cell.photo:
        height = sum(each.height for each in grid.rows[row : row + cell.rows])
        picture = _picture(document, cell.photo, width - 2 * PAD - 1, height - 2)
        return f'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/><w:jc w:val="center"/></w:pPr>{picture}</w:p>'
    font, pitch, shown = SONG if cell.label else FANG, cell.size * LEADING, []
    for par in cell.pars:
        content, first, left = _text(par.text), round(par.indent * cell.size * 20), 0
        if par.hang:
            left = round(HANG * cell.size * 20)
            if par.when:
                content, first = f"{_text(par.when.rstrip())}<w:tab/>{content}", -left
        shown.append(_paragraph(content, cell.size, font, pitch, par.align or cell.side, first=first, left=left))
    return "".join(shown)


def _picture(document, content, width, height):
    """A run with the photo as large as it may be; nothing if it is no picture."""
    from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
    from docx.shared import Mm
    from lxml import etree

    try:
        _, image = document.part.get_or_add_image(BytesIO(content))
    except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError):
        return ""
    scale = min(width / image.px_width, height / image.px_height)
    inline = document.part.new_pic_inline(BytesIO(content), Mm(image.px_width * scale), Mm(image.px_height * scale))
    for side in "TBLR":  # what is not said is 0 to Word, but not to LibreOffice
        inline.set(f"dist{side}", "0")
    return f"<w:r><w:drawing>{etree.tostring(inline, encoding='unicode')}</w:drawing></w:r>"
