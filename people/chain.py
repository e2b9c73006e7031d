"""The walk along the chain of entries: what was changed, taken out, put in, replaced or moved, and what stood last before it."""

from collections import OrderedDict
from itertools import chain as joined
from itertools import pairwise

from people.canonical import canonical, sha256_hex
from people.faults import Fault, standing, stretch
from people.ledger import SEALED, START, head
from people.models import LedgerEntry
from people.retention import Purges

CHUNK = 2000  # entries read at a time
WINDOW = 2000  # digests remembered: entries that were slipped in stand nearer together than that


def walk(step=lambda count: None):
    """Yield a `Fault` for each break, oldest first; `step` is told how many entries were passed."""
    yield from _Walk(step).faults()


def _fits(entry, seq):
    """Has the entry the digest of its content, as the entry of that number?"""
    return sha256_hex(canonical({name: seq if name == "seq" else entry[name] for name in SEALED})) == entry["digest"]


class _Walk:
    """Where the walk is. shift: by how much the numbers were before somebody moved them; loose: what stands before is no
    measure of the next link, because a fault was told of it already."""

    def __init__(self, step):
        self.step, self.purges = step, Purges()
        self.seq, self.digest, self.shift, self.loose = 0, START, 0, False
        self.good = self.good_before = None
        self.recent, self.swapped = OrderedDict({START: 0}), set()

    def faults(self):
        entries = LedgerEntry.objects.order_by("seq").values(*SEALED, "digest", "purged_by").iterator(chunk_size=CHUNK)
        for count, (entry, following) in enumerate(pairwise(joined(entries, [None])), 1):
            yield from self._pass(entry, following)
            if not count % CHUNK:
                self.step(CHUNK)
        yield from self._end()
        yield from self.purges.faults()

    def _pass(self, entry, following):
        seq = entry["seq"]
        if seq < 1:
            yield Fault("entry inserted", {"entry": seq})
            return
        if seq != self.seq + 1:
            yield Fault("entry missing", stretch(self.seq + 1, seq - 1), good=self.good)
            self.loose = True
        if not self.loose and following and self._slipped_in(entry, following):
            yield Fault("entry inserted", {"entry": seq}, good=self.good)
            self.seq, self.shift = seq, self.shift - 1
            return
        sound = True
        if entry["purged_by"] is not None:
            yield from self.purges.passed(entry)
        elif not _fits(entry, seq + self.shift):
            sound = yield from self._unlike(entry, following)
        if sound and not self.loose and entry["previous"] != self.digest:
            sound = yield from self._unlinked(entry, following)
        self.purges.remember(entry)
        if sound:
            self.good_before, self.good = self.good, standing(seq, entry["at"], entry["actor_name"])
        self.loose, self.seq, self.digest = not sound, seq, entry["digest"]
        self.recent[entry["digest"]] = seq
        if len(self.recent) > WINDOW:
            self.recent.popitem(last=False)

    def _slipped_in(self, entry, following):
        """Does the next one follow what stands before this one, and had its number until this one came?"""
        if following["previous"] != self.digest or entry["previous"] == following["digest"]:
            return False
        return following["seq"] == entry["seq"] + 1 and _fits(following, entry["seq"] + self.shift)

    def _unlike(self, entry, following):
        """The digest is not that of the content under this number: it was another number's, or the content was changed.
        Answers whether the walk may go on as if the entry stood."""
        seq, place = entry["seq"], self._place_after(entry["previous"])
        for was in dict.fromkeys((seq + self.shift - 1, seq + self.shift + 1, place, place - 1, place + 1)):
            if was > 0 and _fits(entry, was):
                break
        else:
            yield Fault("entry altered", {"entry": seq}, good=self.good)
            return False
        moved = was - seq
        last_too = following is None and head()[0] == was
        if last_too or (following and _fits(following, following["seq"] + moved)):  # all numbers from here on were moved
            if moved > self.shift:
                yield Fault("entry missing", stretch(self.seq + self.shift + 1, was - 1), good=self.good)
            else:
                yield Fault("entry inserted", stretch(self.recent.get(entry["previous"], self.seq - 1) + 1, self.seq), good=self.good)
            self.shift, self.loose = moved, True
            return True
        if (pair := frozenset((seq, was))) not in self.swapped:
            self.swapped.add(pair)
            yield Fault("entries changed places", {"entry": seq, "with": was}, good=self.good)
        return False

    def _place_after(self, previous):
        """The number after that of the entry with this digest, wherever it stands now; 0 if there is none."""
        if previous in self.recent:
            return self.recent[previous] + 1
        found = LedgerEntry.objects.filter(digest=previous).values_list("seq", flat=True).first()
        return found + 1 if found else 0

    def _unlinked(self, entry, following):
        """Both have the digests of their contents, yet this one follows another: one was replaced, digest and all."""
        seq = entry["seq"]
        vouched = (following["previous"] if following else head()[1]) == entry["digest"]
        if vouched and self.seq:  # what comes later holds this entry, and this entry names the one that was there
            yield Fault("entry replaced", {"entry": seq - 1}, good=self.good_before)
            return True
        yield Fault("entry replaced", {"entry": seq}, good=self.good)
        return False

    def _end(self):
        number, digest = head()
        last = self.seq + self.shift
        if (number, digest) == (last, self.digest):
            return
        if number > last:
            yield Fault("tail cut", stretch(last + 1, number), good=self.good)
        elif number < last and LedgerEntry.objects.filter(seq=number, digest=digest).exists():
            yield Fault("entry past the head", stretch(number + 1, last), good=_at(number))
        else:
            yield Fault("head changed", {"entry": self.seq}, good=self.good_before)


def _at(seq):
    return standing(*LedgerEntry.objects.values_list("seq", "at", "actor_name").get(pk=seq))
