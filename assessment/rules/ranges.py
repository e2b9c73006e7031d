"""Sets of whole numbers in few signs: "1-300,305,9000-9100". What an export held is told so in its entry.

Rows come mostly in the order of their keys, or nearly: runs are joined as they come, so a million rows cost little memory.
"""

from array import array


class Ranges:
    """Numbers that are added one by one, in any order, also twice."""

    def __init__(self, numbers=()):
        self._low, self._high = array("q"), array("q")
        for number in numbers:
            self.add(number)

    def add(self, number):
        """Take in one number."""
        if self._high and self._high[-1] == number - 1:
            self._high[-1] = number
        else:
            self._low.append(number)
            self._high.append(number)

    def __bool__(self):
        return bool(self._low)

    def __str__(self):
        joined = []
        for low, high in sorted(zip(self._low, self._high, strict=True)):
            if joined and low <= joined[-1][1] + 1:
                joined[-1][1] = max(joined[-1][1], high)
            else:
                joined.append([low, high])
        return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in joined)


def numbers(text):
    """The numbers that such a text tells, ascending."""
    for part in filter(None, text.split(",")):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def count(text):
    """How many numbers such a text tells."""
    found = 0
    for part in filter(None, text.split(",")):
        low, _, high = part.partition("-")
        found += int(high or low) - int(low) + 1
    return found


def holds(text, number):
    """Is a number in it? Halves the text instead of reading it: thousands of entries are asked."""
    start, end = 0, len(text)
    while start < end:
        middle = (start + end) // 2
        first = text.rfind(",", start, middle) + 1 or start
        last = text.find(",", middle, end)
        last = end if last < 0 else last
        low, _, high = text[first:last].partition("-")
        if number < int(low):
            end = first - 1
        elif number > int(high or low):
            start = last + 1
        else:
            return True
    return False
