"""Who has seen and exported a cadre: exactly, for every export tells which records its file holds."""

import csv
import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from assessment import files
from assessment.actions import exports
from assessment.models import Contact, Decision, Evaluation, Finding, Job
from assessment.rules.ranges import numbers
from assessment.sheets.exchange.write import export as export_workbook
from people import ledger
from people.actions import cadres
from people.models import Cadre, LedgerEntry, Unit
from tests.cast import add_kin, add_user, again, give, give_evidence, signed
from tests.views.helpers import many_cadres

pytestmark = pytest.mark.django_db
WHY = {"reason": "上报"}


def held():
    """{record type: keys} that the newest export tells."""
    entry = LedgerEntry.objects.filter(verb="export").order_by("-seq").first()
    return {kind: set(numbers(text)) for kind, text in entry.after.get("ids", {}).items()}


def sent(answer):
    assert answer.status_code == 200, answer.content.decode()
    return b"".join(answer.streaming_content)


def keys(model, **which):
    return set(model.objects.filter(**which).values_list("pk", flat=True))


def column(rows, heading):
    place = rows[0].index(heading)
    return [row[place] for row in rows[1:]]


def book(content):
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets}


# --- what an export holds is what its file holds


@pytest.mark.parametrize("query", ["", "?unit={east}", "?unit={east}&sort=-code&columns=code", "?sex=2"])
@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_the_entry_of_a_list_names_the_rows_of_its_file(client, world, query, format):
    client.force_login(world.lin)
    url = reverse("cadre_export") + query.format(east=world.east_unit.pk)
    content = sent(client.post(url, {**WHY, "format": format}))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) if format == "csv" else next(iter(book(content).values()))
    codes = set(column(rows, "干部编号")) if len(rows) > 1 else set()
    assert held().get("people.cadre", set()) == keys(Cadre, code__in=codes) and (codes or query == "?sex=2")


def test_a_large_export_by_a_job_names_them_too(client, world, work, monkeypatch):
    monkeypatch.setattr("assessment.views.exports.AT_ONCE", 5)
    many_cadres(world, 12)
    client.force_login(world.lin)
    assert client.post(f"{reverse('cadre_export')}?q=Z0", {**WHY, "format": "csv"}).status_code == 302
    work()
    rows = list(csv.reader(io.StringIO(files.path(Job.objects.get().result).read_text("utf-8-sig"))))
    assert held() == {"people.cadre": keys(Cadre, code__in=column(rows, "干部编号"))} and len(rows) == 13


def test_the_exchange_workbook_names_the_rows_of_each_sheet(world, tmp_path):
    signed(world, world.of(world.dawa))
    give_evidence(world, world.of(world.karma))
    give(world, {world.of(world.nima): "好", world.of(world.tashi): "好"}, number="both")
    by = again(world.east_assessor)
    with (tmp_path / "x.xlsx").open("w+b") as file:
        export_workbook(by=by, file=file, reason="上报")
    sheets, told = book((tmp_path / "x.xlsx").read_bytes()), held()
    assert told["people.cadre"] == keys(Cadre, code__in=column(sheets["干部"], "干部编号")) != keys(Cadre)
    assert told["people.unit"] == keys(Unit, code__in=column(sheets["单位"], "单位编码"))
    pairs = set(zip(column(sheets["了解记录"], "记录编号"), column(sheets["了解记录"], "干部编号"), strict=True))
    found = {f.pk for f in Finding.objects.select_related("contact", "evaluation__cadre") if (f.contact.number, f.evaluation.cadre.code) in pairs}
    assert told["assessment.finding"] == found and len(found) == len(pairs) == 4
    assert told["assessment.contact"] == {Finding.objects.get(pk=pk).contact_id for pk in found}
    assert len(told["assessment.evaluation"]) == len(sheets["评价"]) - 1 and "assessment.decision" not in told


def test_packages_name_whose_forms_they_hold(client, world, work):
    done = [signed(world, world.of(cadre)) for cadre in (world.dawa, world.karma)]
    give_evidence(world, world.of(world.nima))
    client.force_login(world.lin)
    assert client.post(reverse("evaluation_papers"), {**WHY, "form": "inspection", "as": "xlsx"}).status_code == 302
    work()
    with zipfile.ZipFile(files.path(Job.objects.latest("pk").result)) as package:
        assert len(package.namelist()) == 2
    assert held() == {"assessment.evaluation": {opinion.evaluation_id for opinion in done}}
    client.force_login(world.hai)  # not his own form, nor that of his kin
    assert client.post(reverse("cadre_lrmx_all"), WHY).status_code == 302
    work()
    with zipfile.ZipFile(files.path(Job.objects.latest("pk").result)) as package:
        assert len(package.namelist()) == len(held()["people.cadre"]) == 7
    assert held()["people.cadre"] == keys(Cadre) - {world.karma.pk, world.hai_cadre.pk}


def test_a_template_that_names_persons_tells_whom(client, world):
    client.force_login(world.lin)
    sent(client.get(reverse("import_template"), {"kind": "contacts", "campaign": world.front.pk}))
    assert held() == {"assessment.evaluation": keys(Evaluation, campaign=world.front)}


def test_an_export_of_the_history_names_its_entries_and_tells_old_and_new(client, world):
    cadres.save(by=world.lin, rows=[{"code": world.dawa.code, "post": "镇长", "phone": "13912345678"}])
    client.force_login(world.aud)
    rows = next(iter(book(sent(client.post(f"{reverse('ledgerentry_export')}?verb=save_cadre", WHY))).values()))
    assert held() == {"people.ledgerentry": set(column(rows, "序号"))}
    told = rows[1]
    assert any("达瓦的职务 → 镇长" in str(cell) for cell in told) and any("139****5678" in str(cell) for cell in told)
    assert "13912345678" not in str(rows)


# --- who has seen and exported him


def seen_of(client, cadre):
    answer = client.get(reverse("ledgerentry_cadre", args=[cadre.pk]))
    assert answer.status_code == 200
    people = {person.name: (person.looked, person.revealed, person.exported) for person in answer.context["people"]}
    return people, {entry.pk for entry, *_ in answer.context["looks"]}, answer


def export(client, by, noun, query=""):
    client.force_login(by)
    sent(client.post(reverse(f"{noun}_export") + query, {**WHY, "format": "csv"}))
    return LedgerEntry.objects.latest("seq").pk


def test_looks_reveals_and_exports_of_all_that_is_about_him(client, world):
    opinion = signed(world, world.of(world.dawa))
    decision = cast_decision(world, opinion)
    contact = Contact.objects.filter(findings__evaluation=opinion.evaluation).first()
    client.force_login(world.man)
    for url in (reverse("cadre_detail", args=[world.dawa.pk]), reverse("evaluation_detail", args=[opinion.evaluation_id])):
        assert client.get(url).status_code == 200
    client.force_login(world.lin)
    assert client.post(reverse("cadre_reveal", args=[world.dawa.pk]), {"reason": "核对"}).status_code == 200
    with_him = {
        export(client, world.lin, "cadre"),
        export(client, world.rui, "contact", f"?campaign={contact.campaign_id}"),
        export(client, world.rui, "evaluation"),
        export(client, world.rui, "decision"),
    }
    without_him = {export(client, world.rong, "cadre", f"?unit={world.west_unit.pk}"), export(client, world.rong, "duty")}
    assert decision.cadre_id == world.dawa.pk
    client.force_login(world.aud)
    people, entries, answer = seen_of(client, world.dawa)
    assert people == {"man": (2, 0, 0), "lin": (0, 1, 1), "rui": (0, 0, 3)}
    assert with_him <= entries and not without_him & entries
    rui = next(person for person in answer.context["people"] if person.name == "rui")
    assert rui.why == ["上报"] and rui.first < rui.last
    karma, _, _ = seen_of(client, world.karma)
    assert karma == {"lin": (0, 0, 1), "rong": (0, 0, 1), "rui": (0, 0, 1)}  # the lists of all


def cast_decision(world, opinion):
    from assessment.actions import decisions

    return decisions.propose(by=world.lin, kind="training", assessee=world.dawa, outcome="跟踪", opinions=[opinion])


def test_what_was_removed_is_still_about_him(client, world):
    from people.actions import duties

    duty = duties.save(by=world.lin, rows=[{"cadre": world.dawa.code, "unit": "E", "kind": "zone", "place": "卡点", "starts_on": "2022-05-01"}])[0]
    seq = export(client, world.lin, "duty")
    duties.remove(by=world.lin, record=duty, reason="误登")
    client.force_login(world.aud)
    assert seq in seen_of(client, world.dawa)[1]


@pytest.mark.parametrize("noun", ["cadre", "evaluation", "contact", "decision"])
def test_the_page_of_a_record_names_the_exports_that_held_it(client, world, noun):
    opinion = signed(world, world.of(world.dawa))
    cast_decision(world, opinion)
    model = {"cadre": Cadre, "evaluation": Evaluation, "contact": Contact, "decision": Decision}[noun]
    record = model.objects.filter(pk={"cadre": world.dawa.pk, "evaluation": opinion.evaluation_id}.get(noun, model.objects.first().pk)).get()
    seq = export(client, world.lin, noun)
    old = exports_without_ids(world, record)
    client.force_login(world.aud)
    answer = client.get(reverse("ledgerentry_record", args=[record._meta.label_lower, record.pk]))
    assert seq in {entry.pk for entry, *_ in answer.context["looks"]}
    assert [entry.pk for entry in answer.context["perhaps"]] == [old]


def exports_without_ids(world, record):
    exports.issued(by=world.lin, sha256="0" * 64, kind=record._meta.label_lower, name="旧表.xlsx", reason="早先", facts={"rows": 9})
    return LedgerEntry.objects.latest("seq").pk


def test_all_entries_about_him_on_the_timeline(client, world):
    give_evidence(world, world.of(world.dawa))
    client.force_login(world.aud)
    found = client.get(reverse("ledgerentry_list"), {"about": world.dawa.pk}).context["listing"]
    kinds = set(found.queryset.values_list("object_type", flat=True))
    assert {"people.cadre", "assessment.finding", "assessment.contact", "assessment.evaluation"} <= kinds
    assert not found.queryset.filter(object_type="people.cadre").exclude(object_id=world.dawa.pk).exists()
    assert [text for _, text, _ in found.chips] == ["达瓦"]


@pytest.mark.parametrize("who", ["lin", "rui", "man", "east", "sec", "sys", "nobody"])
def test_nobody_but_auditors(client, world, who):
    client.force_login(getattr(world, who))
    assert client.get(reverse("ledgerentry_cadre", args=[world.dawa.pk])).status_code in (403, 404)


def test_an_auditor_of_a_unit_sees_his_own_cadres_only_and_no_lists(client, world):
    export(client, world.lin, "cadre")
    ledger.viewed(by=world.man, obj=world.dawa)
    client.force_login(world.east_aud)
    people, _, answer = seen_of(client, world.dawa)
    assert people == {"man": (1, 0, 0)} and not answer.context["everything"]
    assert client.get(reverse("ledgerentry_cadre", args=[world.karma.pk])).status_code == 404
    assert not client.get(reverse("ledgerentry_list"), {"about": world.karma.pk}).context["listing"].queryset


def test_nobody_audits_who_saw_his_own_file_or_that_of_kin(client, world):
    add_kin(world, world.nima, world.dawa)
    both = add_user("watch", "auditor", cadre=world.nima)
    client.force_login(both)
    for cadre in (world.nima, world.dawa):
        assert client.get(reverse("ledgerentry_cadre", args=[cadre.pk])).status_code == 404
        assert not client.get(reverse("ledgerentry_list"), {"about": cadre.pk}).context["listing"].queryset
    assert seen_of(client, world.karma)[0] == {}
