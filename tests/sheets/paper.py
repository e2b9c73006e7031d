"""Official forms read back by readers that we did not write: LibreOffice on paper, calamine and python-docx by the cell."""

import subprocess
import unicodedata
from dataclasses import dataclass

from tests.machine import need, need_writer


def squeezed(text):
    """A text without blanks and breaks, which a form sets as it likes; the same sign however a font names it."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split())


@dataclass
class Printed:
    pages: int
    text: str


def printed(pdf):
    """How many pages a PDF has, and all its text in the order in which it was written."""
    need("Poppler")
    told = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    text = subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True, text=True).stdout
    return Printed(int(told.split("Pages:")[1].split()[0]), squeezed(text))


def on_paper(paths, folder):
    """{path: Printed} of files as LibreOffice prints them; all at once, for it takes long to start."""
    office = need_writer()
    command = [office, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "pdf", "--outdir", folder]
    subprocess.run([*command, *paths], check=True, capture_output=True, timeout=300)
    return {path: printed(folder / f"{path.stem}.pdf") for path in paths}


def rows_of(path):
    """Rows of cells, "" for what a merged cell covers; lines outside of tables are rows of one cell."""
    read = rows_of_workbook if path.suffix == ".xlsx" else rows_of_document
    return [row for row in ([squeezed(text) for text in row] for row in read(path)) if any(row)]


def rows_of_workbook(path):
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def rows_of_document(path):
    from docx import Document
    from docx.table import Table

    seen, rows = [], []
    for block in Document(path).iter_inner_content():
        if not isinstance(block, Table):
            rows.append([block.text])
            continue
        for row in block.rows:
            rows.append([])
            for cell in row.cells:
                rows[-1].append("" if any(cell._tc is tc for tc in seen) else cell.text)
                seen.append(cell._tc)
    return rows


def words(rows):
    """The same without blanks, for comparing two readers."""
    return [[text for text in row if text] for row in rows]


def beside(rows):
    """All pairs of a text and the next one in its row: a label and its value."""
    return {pair for row in words(rows) for pair in zip(row, row[1:], strict=False)}
