"""Made-up cadres for measuring lists and exports, four of five with a signed evaluation. The same seed gives the same."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bench.findings import GIVEN, SURNAMES

USER = "bench"
UNITS = 400
NATIVE = ("甘肃兰州", "甘肃天水", "陕西宝鸡", "青海西宁", "")
POSTS = (
    "党委副书记、乡长", "副镇长", "党委委员、组织委员（兼）", "办公室主任 & 值班长", "<挂职> 副乡长", "一级科员", "村党支部书记、村委会主任", "",
)  # fmt: skip
EPOCH, SUBMITTED = date(1995, 1, 1), datetime(2022, 6, 1, tzinfo=UTC)


def fill(number):
    """Put a user who sees all, units and so many cadres into an empty database. Of the cadres the ledger does not hear."""
    from django.db import connection

    from assessment.models import Campaign, Evaluation, Scheme
    from people import passwords, triggers
    from people.actions import grants, units, users
    from people.models import Cadre, Unit

    chance = random.Random(20)
    user = users.add(by=None, username=USER, name="林一", password=passwords.made_up())
    grants.give(by=None, user=user, role="assessor", reason="bench")
    units.save(by=user, rows=[{"code": f"U{n:03d}", "name": f"第{n}乡人民政府", "kind": "township"} for n in range(UNITS)])
    places = list(Unit.objects.order_by("code"))
    triggers.drop(connection)  # they would ask every evaluation for its evidence and signed opinion
    _insert(Cadre, [Cadre(unit=chance.choice(places), **_person(n, chance)) for n in range(number)])
    during = {"starts_on": date(2022, 4, 1), "ends_on": date(2022, 6, 30)}
    scheme = Scheme.objects.get(code="front-line")
    _insert(Campaign, [Campaign(code="F", title="一线考核", kind="special", state="open", scheme=scheme, unit=places[0], **during)])
    signed = {"campaign": Campaign.objects.get(code="F"), "state": "signed", "version": 1, "author": user, "submitted_at": SUBMITTED}
    rows = [row for row in Cadre.objects.values_list("pk", "unit") if chance.random() < 0.8]
    scores = (Decimal(chance.randint(5000, 10000)) / 100 for _ in rows)
    _insert(Evaluation, [Evaluation(cadre_id=pk, unit_id=unit, score=next(scores), grade="称职", **signed) for pk, unit in rows])
    triggers.install(connection)


def _insert(model, rows):
    from django.db.models import QuerySet

    QuerySet(model).bulk_create(rows, batch_size=500)


def _person(number, chance):
    from people import codes

    def one_of(words):
        return chance.choice(list(words))

    def day(blank=0.0):
        return None if chance.random() < blank else EPOCH + timedelta(chance.randrange(10_000))

    return {
        "code": f"G{number:06d}",
        "name": "".join([chance.choice(SURNAMES), *chance.choices(GIVEN, k=2)]),
        "sex": one_of("12"),
        "ethnicity": one_of(codes.ETHNICITY),
        "birth_month": f"{chance.randint(1965, 1998)}-{chance.randint(1, 12):02d}",
        "native_place": one_of(NATIVE),
        "political_status": one_of(codes.POLITICAL_STATUS),
        "joined_party_on": day(blank=0.2),
        "started_work_on": day(),
        "education": one_of(codes.EDUCATION),
        "degree": one_of(["", *codes.DEGREE]),
        "id_number": f"62{number:06d}{chance.randrange(10**10):010d}",
        "phone": f"139{chance.randrange(10**8):08d}",
        "post": one_of(POSTS),
        "post_level": one_of(["", *codes.POST_LEVEL]),
        "rank": one_of(["", *codes.RANK]),
        "in_post_since": day(blank=0.1),
    }
