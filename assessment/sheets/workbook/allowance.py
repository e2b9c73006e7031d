"""What the reading of one workbook may take in memory and rows, and who is told how far it is."""

from assessment.sheets.workbook.package import refused

ROW_LIMIT = 200_000
ROOM = 200 << 20  # bytes, about, of texts and rows; with what is made of them an import stays below 300 MiB
# Bytes, about: of a row, a value in it as list and as dict, a text beside its characters, anything else that is kept.
ROW_COST, VALUE_COST, TEXT_COST, OTHER_COST = 250, 80, 40, 200
PROGRESS = 1000  # rows


class Allowance:
    """Of one workbook, over all its sheets. progress: called with the rows read so far; it may raise to end the reading."""

    def __init__(self, progress=None):
        self._room, self._rows, self._seen, self._progress = ROOM, 0, 0, progress

    def spend(self, size):
        self._room -= size
        if self._room < 0:
            raise refused("too_much_content")

    def row(self):
        """A row that holds something."""
        self._rows += 1
        if self._rows > ROW_LIMIT:
            raise refused("too_many_rows", limit=ROW_LIMIT)

    def seen(self):
        """Any row."""
        self._seen += 1
        if self._progress and not self._seen % PROGRESS:
            self._progress(self._seen)
