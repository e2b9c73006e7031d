"""The formats of marked cells: each like the cell's own, but coloured. They are appended to the workbook's styles."""

from assessment.sheets.workbook.rewrite import Rewriter, number, tag

COLOUR = "FFFFD5CF"
MOST = 60_000  # formats: Excel opens 65,490
#: Fills 0 and 1 are Excel's own, whatever a workbook says of them.
_FIRST = ['<{0}fill><{0}patternFill patternType="none"/></{0}fill>', '<{0}fill><{0}patternFill patternType="gray125"/></{0}fill>']
_FILL = '<{0}fill><{0}patternFill patternType="solid"><{0}fgColor rgb="{1}"/><{0}bgColor indexed="64"/></{0}patternFill></{0}fill>'
_REASON = {"numFmtId": 0, "fontId": 0, "borderId": 0, "xfId": 0, "applyFill": 1, "applyAlignment": 1}


class Styles:
    """The styles of a workbook, read from their part. marked: {style: its coloured one}; plain: the other way round, for
    cells that an earlier copy of ours had marked; reason: for the cells of the column of reasons. Keys are texts."""

    def __init__(self, blocks):
        self.fills, self.formats = 0, 0
        self.marked, self.plain, self.reason = {}, {}, None
        self._fill, self._known, self._new, self._new_fills, self._prefix = None, [], [], [], ""
        if blocks is not None:
            _Reader(self).run(blocks)

    def need(self, styles):
        """Make coloured formats for these styles (None: the usual one) and for the reasons."""
        if not 0 < self.formats <= MOST:
            return
        if self._fill is None:
            fill = max(self.fills, len(_FIRST))
            self._new_fills = [each.format(self._prefix, COLOUR) for each in (*_FIRST[self.fills :], _FILL)]
        else:
            fill = self._fill
        for place, (attributes, parts) in enumerate(self._known):
            if self._fill is not None and attributes.get("fillId") == str(self._fill):
                self.plain[str(place)] = self._add({**attributes, "fillId": 0}, parts)
        for style in sorted(styles, key=str):
            place = number(style)
            attributes, parts = self._known[place if place < self.formats else 0]
            marked = attributes.get("fillId") == str(self._fill)
            self.marked[style] = style if marked else self._add({**attributes, "fillId": fill, "applyFill": 1}, parts)
        wrapped = tag(f"{self._prefix}alignment", {"vertical": "top", "wrapText": 1})
        self.reason = self._add({**_REASON, "fillId": fill}, wrapped)

    def _add(self, attributes, parts):
        name = f"{self._prefix}xf"
        self._new.append(tag(name, attributes, ">") + parts + f"</{name}>")
        return str(self.formats + len(self._new) - 1)

    def rewrite(self, write, blocks):
        """Copy the part with the new formats."""
        _Writer(write, self._new, self._new_fills).run(blocks)

    @property
    def changed(self):
        return bool(self._new)


class _Reader(Rewriter):
    """Takes note of fills and formats."""

    NAMES = ("fills", "fill", "fgColor", "cellXfs", "xf", "alignment", "protection")

    def __init__(self, styles):
        super().__init__()
        self._styles, self._inside, self._format = styles, "", None

    def start(self, name, attributes):
        own, styles = self.own.get(name), self._styles
        styles._prefix = self.prefix
        if own in ("fills", "cellXfs"):
            self._inside = own
            self.listen(self.start, self._end)
        elif self._inside == "fills" and own == "fill":
            styles.fills += 1
        elif self._inside == "fills" and own == "fgColor" and attributes.get("rgb", "").upper() == COLOUR and styles._fill is None:
            styles._fill = styles.fills - 1
        elif self._inside == "cellXfs" and own == "xf":
            styles.formats += 1
            self._format = [attributes, ""]
            if styles.formats <= MOST:
                styles._known.append(self._format)
        elif self._inside == "cellXfs" and own in ("alignment", "protection"):
            self._format[1] += tag(name, attributes)

    def _end(self, name):
        if self.own.get(name) == self._inside:
            self._inside = ""
            self.listen(self.start)


class _Writer(Rewriter):
    """Appends fills and formats."""

    NAMES = ("fills", "borders", "cellStyleXfs", "cellXfs")

    def __init__(self, write, formats, fills):
        super().__init__(write)
        self._more = {"fills": fills, "cellXfs": formats}

    def start(self, name, attributes):
        own = self.own.get(name)
        if own and own != "fills" and (fills := self._more.pop("fills", None)):  # there are none yet: their place is here
            self.insert(tag(f"{self.prefix}fills", {"count": len(fills)}, ">") + "".join(fills) + f"</{self.prefix}fills>")
        if more := self._more.get(own):
            count = attributes.get("count", "")
            opened = tag(name, {**attributes, "count": number(count) + len(more) if count else None}, ">")
            if self.tag().endswith(b"/>"):
                self.replace(opened + "".join(self._more.pop(own)) + f"</{name}>")
            else:
                self.replace(opened)
                self.listen(self.start, self._end)

    def _end(self, name):
        if more := self._more.pop(self.own.get(name), None):
            self.insert("".join(more))
            self.listen(self.start, self._end if self._more else None)
