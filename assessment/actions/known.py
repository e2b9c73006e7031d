"""The records that a piece of assessment work speaks of: those of the database, read in bulk, and those it will add."""

from collections import defaultdict
from dataclasses import dataclass

from assessment.columns import fold
from assessment.models import Campaign, Dimension, Evaluation, Grade, Level, Scheme
from people.actions import plan
from people.actions.plan import CHUNK, Shelf
from people.models import Kinship

#: What planning needs of an evaluation: not its texts.
LIGHT = (
    "campaign_id", "cadre_id", "group_id", "unit_id", "state", "cadre__code", "cadre__name", "group__code", "group__name"
)  # fmt: skip


@dataclass
class Yard:
    """The parts of a scheme, which may still be to be written."""

    dimensions: list
    levels: list
    grades: list

    def __post_init__(self):
        self._dimensions = {fold(d.code): d for d in self.dimensions} | {fold(d.name): d for d in self.dimensions}
        self._dimensions |= {d.name: d for d in self.dimensions}
        self._levels = {fold(level.name): level for level in self.levels} | {level.name: level for level in self.levels}

    def dimension(self, key):
        """A dimension by itself, its name or its code."""
        if isinstance(key, Dimension):
            return next((d for d in self.dimensions if d.pk == key.pk), None)
        return self._dimensions.get(key) or self._dimensions.get(fold(key))

    def level(self, key):
        """A level by itself or its name."""
        if isinstance(key, Level):
            return next((level for level in self.levels if level.pk == key.pk), None)
        return self._levels.get(key) or self._levels.get(fold(key))


class Known(plan.Known):
    """As of `people`, with schemes, campaigns and rosters. lock: rows of campaigns and evaluations stay locked."""

    def __init__(self, lock=False):
        super().__init__()
        self.lock = lock
        self.schemes = Shelf(Scheme)
        self.campaigns = Shelf(Campaign, related=("scheme", "unit"), lock=lock)
        self.yards = {}
        self._evaluations, self._asked = {}, set()
        self.refused = set()  # roster keys that were asked for and refused
        self._kin = {}

    def load_yards(self, schemes):
        """Read the parts of these schemes that are not here yet."""
        schemes = {s.pk: s.code for s in schemes if s.pk and s.code not in self.yards}
        parts = {pk: ([], [], []) for pk in schemes}
        for place, model in enumerate((Dimension, Level, Grade)):
            for part in model.objects.filter(scheme__in=schemes) if schemes else ():
                parts[part.scheme_id][place].append(part)
        for pk, code in schemes.items():
            self.yards[code] = Yard(*parts[pk])

    def yard(self, scheme):
        self.load_yards([scheme])
        return self.yards[scheme.code]

    def load_evaluations(self, keys):
        """Read roster rows; a key is (campaign, "cadre" or "unit", code of the assessee)."""
        asked = defaultdict(list)
        for campaign, kind, code in sorted(set(keys) - self._asked):
            asked[campaign, kind].append(code)
            self._asked.add((campaign, kind, code))
        for (campaign, kind), codes in asked.items():
            standing = self.campaigns.get(campaign)
            if standing is None or standing.pk is None:
                continue
            path = "cadre__code__in" if kind == "cadre" else "group__code__in"
            for start in range(0, len(codes), CHUNK):
                rows = Evaluation.objects.filter(campaign=standing, **{path: codes[start : start + CHUNK]}).order_by("pk")
                if self.lock:
                    rows = rows.select_for_update(of=("self",))
                for row in rows.select_related("cadre", "group").only(*LIGHT):
                    row.campaign = standing
                    self._evaluations[campaign, kind, row.assessee.code] = row

    def add_evaluation(self, key, evaluation):
        self._asked.add(key)
        self._evaluations[key] = evaluation

    def evaluation(self, key):
        return self._evaluations.get(key)

    def kin(self, cadre_ids):
        """{cadre id: ids of himself and his kin}, for those who assess."""
        asked = [pk for pk in cadre_ids if pk not in self._kin]
        for pk in asked:
            self._kin[pk] = {pk}
        if asked:
            for path, other in (("cadre", "relative"), ("relative", "cadre")):
                rows = Kinship.objects.filter(**{f"{path}__in": asked}).order_by()
                for one, another in rows.values_list(f"{path}_id", f"{other}_id"):
                    self._kin[one].add(another)
        return self._kin
