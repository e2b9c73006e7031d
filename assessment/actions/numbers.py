"""The live numbers of evaluations: computed here, for one or for a whole campaign, and verified here.

They are derived from findings, so the ledger holds none of them; a recombination is one event.
"""

from assessment.models import DimensionScore, Evaluation
from assessment.models.evaluation import NUMBERS
from assessment.queries import numbers as queries
from assessment.rules.combine import Tally, combine, two_places
from people import access
from people.ledger import note, recorded
from people.proof import Fault

BATCH = 2000


def numbers_of(result):
    """What an evaluation stores of a combination."""
    return {
        "score": two_places(result.score),
        "proposed_grade": result.proposed_grade,
        "count_on_site": result.counts["on_site"],
        "count_phone": result.counts["phone"],
        "count_talk": result.counts["talk"],
        "relations": result.relations,
        "leads": result.leads,
        "contested": result.contested,
    }


def dimensions_of(result):
    """What is stored of the dimensions: {dimension id: (score, count, spread)}; those without a mark are left out."""
    return {
        key: (two_places(dimension.score), dimension.count, dimension.spread)
        for key, dimension in result.dimensions.items()
        if dimension.count
    }


def computed(evaluations):
    """{evaluation id: Result} for evaluations, given with their scheme ids as (id, scheme id) pairs."""
    schemes = queries.yardsticks(scheme for _, scheme in evaluations)
    tallies = queries.tallies(evaluation__in=[pk for pk, _ in evaluations])
    return {pk: combine(schemes[scheme], tallies.get(pk, Tally())) for pk, scheme in evaluations}


def stored_dimensions(evaluation_ids):
    """{evaluation id: {dimension id: (score, count, spread)}} as it stands in the database."""
    found = {pk: {} for pk in evaluation_ids}
    rows = DimensionScore.objects.filter(evaluation__in=evaluation_ids)
    for evaluation, dimension, *numbers in rows.values_list("evaluation", "dimension", "score", "count", "spread"):
        found[evaluation][dimension] = tuple(numbers)
    return found


def recombine_rows(evaluation_ids):
    """Compute evaluations again; inside a recorded transaction. Returns how many changed."""
    changed = 0
    ids = sorted(set(evaluation_ids))
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        rows = list(Evaluation.objects.filter(pk__in=some).select_related("campaign").only(*NUMBERS, "campaign__scheme"))
        results = computed([(row.pk, row.campaign.scheme_id) for row in rows])
        stored = stored_dimensions(some)
        touched, dimensions, emptied = [], [], []
        for row in rows:
            numbers, scores = numbers_of(results[row.pk]), dimensions_of(results[row.pk])
            differs = any(getattr(row, name) != value for name, value in numbers.items())
            for name, value in numbers.items():
                setattr(row, name, value)
            if differs:
                touched.append(row)
            dimensions += [
                DimensionScore(evaluation=row, dimension_id=key, score=score, count=count, spread=spread)
                for key, (score, count, spread) in scores.items()
                if stored[row.pk].get(key) != (score, count, spread)
            ]
            emptied += [(row.pk, key) for key in stored[row.pk] if key not in scores]
            changed += differs or stored[row.pk] != scores
        if touched:
            Evaluation.objects.bulk_update(touched, NUMBERS, batch_size=200)
        if dimensions:
            DimensionScore.objects.bulk_create(
                dimensions,
                update_conflicts=True,
                unique_fields=["evaluation", "dimension"],
                update_fields=["score", "count", "spread"],
                batch_size=500,
            )
        for evaluation, dimension in emptied:
            DimensionScore.objects.filter(evaluation=evaluation, dimension=dimension).delete()
    return changed


def recombine(*, by, campaign):
    """Compute a whole campaign again: one event. Returns how many evaluations changed."""
    if by is not None:  # None: the command line of the installation itself
        access.demand(by, "recombine", campaign)
    with recorded(by=by, verb="recombine"):
        type(campaign).objects.select_for_update().get(pk=campaign.pk)
        evaluations = Evaluation.objects.filter(campaign=campaign).select_for_update().order_by("pk")
        changed = recombine_rows([evaluation.pk for evaluation in evaluations])
        note(by=by, verb="recombine", obj=campaign, facts={"changed": changed})
    return changed


def verify_numbers():
    """Compute every evaluation again and yield a `Fault` for each whose stored numbers differ."""
    last = 0
    while rows := list(Evaluation.objects.filter(pk__gt=last).select_related("campaign").order_by("pk")[:BATCH]):
        results = computed([(row.pk, row.campaign.scheme_id) for row in rows])
        stored = stored_dimensions([row.pk for row in rows])
        for row in rows:
            wrong = [name for name, value in numbers_of(results[row.pk]).items() if getattr(row, name) != value]
            if stored[row.pk] != dimensions_of(results[row.pk]):
                wrong.append("dimensions")
            if wrong:
                yield Fault("numbers do not follow from the findings", {"evaluation": row.pk, "fields": " ".join(wrong)})
        last = rows[-1].pk
