"""What the appointment form tells of a cadre beyond his row in the roster, and his photo. One row is one cadre."""

import hashlib
from dataclasses import dataclass, field

from people import photos
from people.actions import cadres, inputs
from people.actions.plan import Gate, Item, Known, Plan, look_up, read_row, set_values, write
from people.ledger import note, recorded
from people.models import Cadre, Photo, Profile
from people.proof import Fault
from people.refusals import Refusal, refuse

RELATIVE = {
    "relation": inputs.Text(30),
    "name": inputs.Text(60),
    "born": inputs.Text(30),
    "political_status": inputs.Text(30),
    "post": inputs.Text(300),
}
RELATIVES = 100
UNKNOWN_SIGNS = 50_000


@dataclass(frozen=True)
class Family:
    """Rows of relatives; blank ones are left out."""

    required: bool = False
    empty = ()

    def read(self, value):
        if len(value) > RELATIVES:
            raise inputs.Unreadable("lrmx_relatives", count=len(value), limit=RELATIVES)
        rows = [{name: kind.read(row.get(name)) for name, kind in RELATIVE.items()} for row in value]
        return [row for row in rows if any(row.values())]


@dataclass(frozen=True)
class Unknown:
    """Elements of a .lrmx that we do not know: rows of the known one before it and its XML."""

    required: bool = False
    empty = ()

    def read(self, value):
        rows = [{"after": inputs.plain_text(row["after"]), "xml": row["xml"]} for row in value]
        if sum(len(row["xml"]) for row in rows) > UNKNOWN_SIGNS:
            raise inputs.Unreadable("lrmx_too_much")
        return rows


@dataclass(frozen=True)
class Picture:
    """The bytes of a picture, made into a portrait; nothing takes the photo away."""

    required: bool = False
    empty = None

    def read(self, value):
        if not value or isinstance(value, photos.Portrait):
            return value or None
        try:
            return photos.portrait(value)
        except photos.Unfit as unfit:
            raise inputs.Unreadable(unfit.code, **unfit.facts) from None


#: Texts are as long as the database keeps them.
_OWN = {"cadre": inputs.Reference(required=True), "family": Family(), "unknown": Unknown(), "age_on": inputs.Day(), "filled_on": inputs.Day()}
INPUTS = {
    f.name: _OWN.get(f.name) or inputs.Text(f.max_length or inputs.LONGEST) for f in Profile._meta.concrete_fields if not f.primary_key
} | {"photo": Picture()}


def save(*, by, rows, reason=""):
    """Make or change what is known for the form; a row holds `cadre` (a cadre or his code) and the fields given.

    photo: bytes of a picture, or nothing to take it away. Returns the cadres, row by row.
    """
    with recorded(by=by, verb="save_profile", reason=reason):
        work = plan(by, rows, Known())
        refuse(*work.refusals)
        carry_out(work)
    return work.cadres


@dataclass
class Work:
    """Two plans: one for what is written, one for the photos; and the photos that go, each with its row."""

    profiles: Plan = field(default_factory=Plan)
    photos: Plan = field(default_factory=Plan)
    gone: list = field(default_factory=list)
    cadres: list = field(default_factory=list)

    @property
    def refusals(self):
        return self.profiles.refusals


def plan(by, rows, known):
    """What saving these rows would do; cadres that `known` will add count."""
    work, gate = Work(), Gate(by, "save_profile")
    read = [(number, read_row(work.profiles, INPUTS, number, row)) for number, row in enumerate(rows)]
    known.cadres.load(values.get("cadre") for _number, values in read)
    standing = [known.cadres.get(values.get("cadre")) for _number, values in read]
    keys = [cadre.pk for cadre in standing if cadre and cadre.pk]
    kept = {profile.cadre_id: profile for profile in Profile.objects.filter(cadre__in=keys)}
    portraits = {photo.cadre_id: photo for photo in Photo.objects.filter(cadre__in=keys).defer("content")}
    first = {}
    for number, values in read:
        item = Item(number, None, values)
        if not values.get("cadre") or not look_up(work.profiles, item, "cadre", known.cadres, "unknown_cadre"):
            continue
        cadre = values.pop("cadre")
        if first.setdefault(cadre.code, number) != number:
            work.profiles.refuse("duplicate_key", number, "cadre", value=cadre.code, first=first[cadre.code])
            continue
        if (unit := getattr(cadre, "unit", None)) is None:
            continue  # he is new, and was refused with his unit
        if refusal := gate.refusal(unit, about=cadre.pk):
            work.refusals.append(refusal.at(number))
            continue
        work.cadres.append(cadre)
        _plan_photo(work, item, cadre, portraits.get(cadre.pk))
        item.record = kept.get(cadre.pk) or Profile()
        item.record.cadre = cadre
        if not item.new or any(values.values()):
            set_values(item)
            work.profiles.items.append(item)
    work.profiles.sort()
    work.photos.sort()
    return work


def _plan_photo(work, item, cadre, photo):
    if "photo" not in item.values:
        return
    portrait = item.values.pop("photo")
    if portrait is None:
        if photo:
            photo.cadre = cadre
            work.gone.append((item.row, photo))
    elif photo is None or photo.sha256 != portrait.sha256:
        item = Item(item.row, photo or Photo(cadre=cadre), {"kind": photos.KIND, "sha256": portrait.sha256, "content": portrait.content})
        for name, value in item.values.items():  # not by `set_values`, which would read the old picture
            setattr(item.record, name, value)
            item.changes[name] = (None, value)
        work.photos.items.append(item)


def carry_out(work):
    """Write a plan."""
    write(work.profiles, Profile)
    write(work.photos, Photo, batch=100)
    for _row, photo in work.gone:
        photo.delete()


def verify_photos():
    """A fault for every photo that has not the digest which the ledger knows of it."""
    for photo in Photo.objects.order_by("pk").iterator(chunk_size=100):
        if hashlib.sha256(photo.content).hexdigest() != photo.sha256:
            yield Fault("photo altered", {"photo": photo.pk})


# --- from files of the exchange format


@dataclass(frozen=True)
class Entry:
    """What is taken over of one person: fields of `cadres.INPUTS` and of INPUTS, for the cadre of this code."""

    code: str
    cadre: dict
    profile: dict
    new: bool = False


@dataclass
class Taken:
    """What came of entries. changed, new: [(place in the entries, cadre)]; left: {place: [refusals]}."""

    changed: list = field(default_factory=list)
    new: list = field(default_factory=list)
    left: dict = field(default_factory=dict)


def take_over(*, by, entries, name, sha256, finish=None):
    """Write what was chosen of a file in one transaction; whoever cannot be taken is left out whole, the others are not.

    finish: called with the `Taken` inside the transaction, just before its end.
    """
    with recorded(by=by, verb="save_profile", reason=name):
        taken = Taken()
        while True:
            places = [place for place in range(len(entries)) if place not in taken.left]
            cadre_plan, work = _plan_entries(by, [entries[place] for place in places])
            refusals = cadre_plan.refusals + work.refusals
            if not refusals:
                break
            for refusal in refusals:
                taken.left.setdefault(places[refusal.row], []).append(refusal)
        _told(taken, places, cadre_plan, work)
        cadres.carry_out(cadre_plan)
        carry_out(work)
        if taken.changed or taken.new:
            facts = {"sha256": sha256, "rows": {"new": len(taken.new), "changed": len(taken.changed)}}
            note(by=by, verb="import_file", object_type=Profile._meta.label_lower, object_name=name, facts=facts)
        if finish:
            finish(taken)
    return taken


def _plan_entries(by, entries):
    known = Known()
    with_cadre = [place for place, entry in enumerate(entries) if entry.cadre]
    plan_of_cadres = cadres.plan(by, [{"code": entries[place].code, **entries[place].cadre} for place in with_cadre], known)
    for item in plan_of_cadres.items:
        item.row = with_cadre[item.row]
    plan_of_cadres.refusals = [refusal.at(with_cadre[refusal.row]) for refusal in plan_of_cadres.refusals]
    new = {inputs.half_width(entry.code): place for place, entry in enumerate(entries) if entry.new}
    for code in Cadre.objects.filter(code__in=new).values_list("code", flat=True):
        plan_of_cadres.refusals.append(Refusal("code_taken", {"value": code}, "code", new[code]))
    return plan_of_cadres, plan(by, [{"cadre": entry.code, **entry.profile} for entry in entries], known)


def _told(taken, places, cadre_plan, work):
    """What the plans would do, before they are done: afterwards nothing looks new."""
    new = {item.row: item.record for item in cadre_plan.new}
    changed = {item.row: item.record for item in cadre_plan.changed}
    changed |= {item.row: item.record.cadre for item in (*work.profiles.new, *work.profiles.changed, *work.photos.items)}
    changed |= {row: photo.cadre for row, photo in work.gone}
    taken.new = [(places[row], cadre) for row, cadre in sorted(new.items())]
    taken.changed = [(places[row], cadre) for row, cadre in sorted(changed.items()) if row not in new]
