"""The exchange workbook on its way out: all that a person may see, in an order that every database gives alike.

    export(by=user, file=opened, reason="季度归档", campaign=None)

What goes out can be taken in again: units come with their ancestors, words are the Chinese ones of the format. ID numbers
and phones go only to those who may reveal them, sources only to those who may know them, and of a blind campaign nothing
that is still sealed (`queries.blind`).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce, Collate
from django.utils import timezone
from django.utils.functional import cached_property

from assessment import columns, files, words
from assessment.actions import exports
from assessment.models import (
    Basis,
    Campaign,
    Contact,
    Decision,
    Dimension,
    DimensionScore,
    Evaluation,
    Finding,
    Grade,
    Level,
    Rating,
    Scheme,
    SignedOpinion,
    TeamMember,
)  # fmt: skip
from assessment.queries.blind import condition
from assessment.queries.contacts import with_source
from assessment.queries.evaluations import with_numbers
from assessment.rules.ranges import Ranges
from assessment.sheets.workbook.write import Sheet, write_workbook
from people import access, codes, ledger
from people.access import visible_to
from people.models import Cadre, Unit
from people.refusals import Refusal, Refused
from people.words import UNIT_KIND

CHUNK = 1000
CADRE_WORDS = {
    "sex": codes.SEX, "ethnicity": codes.ETHNICITY, "political_status": codes.POLITICAL_STATUS, "education": codes.EDUCATION,
    "degree": codes.DEGREE, "post_level": codes.POST_LEVEL, "rank": codes.RANK,
}  # fmt: skip
SECRETS = ("id_number", "phone")
SOURCE = ("source_name", "relation")


def by_text(*paths):
    """Order by texts as their characters are coded, on every database and under every locale."""
    collation = "C" if connection.vendor == "postgresql" else "BINARY"
    return [Collate(Coalesce(*map(F, path)) if isinstance(path, tuple) else F(path), collation) for path in paths]


ASSESSEE = ("cadre__code", "group__code")


@dataclass
class Export:
    """One exchange workbook: `write` it, then `issue` it in the transaction that lets it leave.

    campaign: a code, to give out only what belongs to it. name: of the file.
    """

    by: object
    reason: str
    campaign: str = ""
    name: str = "exchange"

    def __post_init__(self):
        access.demand(self.by, "export_workbook")
        self.reason, self.only = exports.check_reason(self.reason), None
        if self.campaign:
            self.only = visible_to(self.by, Campaign).filter(code=self.campaign).first()
            if self.only is None:
                raise Refused(Refusal("unknown_campaign", {"value": self.campaign}, "campaign"))

    def write(self, file, progress=None):
        """Write to an open binary file. progress: called with (rows written, rows in all)."""
        with ledger.still():  # what is added meanwhile is in none of the sheets
            self.out, self.head = Exporter(self.by, self.only, progress), ledger.head()
            title, author = columns.ABOUT.zh, self.by.username
            self.counts = write_workbook(file, self.out.sheets(), lambda rows: list(self._about(rows)), about_title=title, author=author)

    def issue(self, sha256):
        """Make the entry without which nothing leaves."""
        facts = {"rows": self.counts, "campaign": self.only.code if self.only else ""}
        revealed = {"cadres": self.out.revealed, "fields": list(SECRETS)} if self.out.revealed else None
        exports.issued(
            by=self.by, sha256=sha256, kind="workbook", name=self.name, reason=self.reason, facts=facts, revealed=revealed,
            held=self.out.held,
        )  # fmt: skip

    def _about(self, counts):
        by, only = self.by, self.only
        yield "导出人", f"{by}（{by.username}）" if str(by) != by.username else by.username
        yield "导出时间", timezone.now()
        yield "导出事由", self.reason
        yield "导出范围", f"考核任务 {only.code} {only.title}" if only else "可见的全部"
        if self.out.blind is not None:
            yield "盲评", "本人评定之前，不列出他人的了解情况和评定"
        for title, count in counts.items():
            yield f"行数：{title}", count
        yield "历史末条", f"{self.head[0]} {self.head[1]}"
        yield "校验", "“历史”中的“校验”页或命令 manage.py verify_export 可判明本文件是否由本系统发出、发出后是否改动"


def export(*, by, file, reason, campaign=""):
    """Write the workbook to an open binary file and note it in the ledger; returns {sheet title: rows}."""
    made = Export(by, reason, campaign)
    made.write(file)
    made.issue(files.digest(file))
    return made.counts


@dataclass
class Exporter:
    """The sheets of one export."""

    by: object
    only: Campaign | None = None
    progress: object = None
    revealed: int = 0
    dimensions: list = field(default_factory=list)  # names of the dimension columns
    held: dict = field(default_factory=lambda: defaultdict(Ranges))  # {record type: keys of the rows written}

    def __post_init__(self):
        campaigns, evaluations = visible_to(self.by, Campaign), visible_to(self.by, Evaluation)
        cadres, decisions = visible_to(self.by, Cadre), visible_to(self.by, Decision)
        contacts, schemes = visible_to(self.by, Contact), visible_to(self.by, Scheme)
        if self.only:
            campaigns, evaluations = campaigns.filter(pk=self.only.pk), evaluations.filter(campaign=self.only)
            cadres = cadres.filter(pk__in=evaluations.exclude(cadre=None).values("cadre"))
            decisions = decisions.filter(pk__in=Basis.objects.filter(opinion__evaluation__campaign=self.only).values("decision"))
            contacts, schemes = contacts.filter(campaign=self.only), schemes.filter(pk=self.only.scheme_id)
        self.campaigns, self.evaluations, self.cadres = campaigns, evaluations, cadres
        self.decisions, self.contacts, self.schemes = decisions, contacts, schemes
        self.blind = condition(self.by)
        self.findings = visible_to(self.by, Finding)
        if self.blind is not None:
            self.findings = self.findings.filter(evaluation__in=visible_to(self.by, Evaluation).exclude(self.blind))
        self.reveal = access.scope(self.by, "reveal")
        self.dimensions, self.written = self._dimension_names(), 0

    def sheets(self):
        """The sheets in the order of the format, rows as they come from the database."""
        yield self._sheet(columns.UNITS, self._units(), Unit)
        yield self._sheet(columns.CADRES, self._cadres(), Cadre, without=() if self.reveal else SECRETS)
        yield self._sheet(columns.SCHEMES, self._schemes(), Scheme)
        for sheet, model in ((columns.DIMENSIONS, Dimension), (columns.LEVELS, Level), (columns.GRADES, Grade)):
            yield self._sheet(sheet, self._parts(model, sheet))
        yield self._sheet(columns.CAMPAIGNS, self._campaigns(), Campaign)
        yield self._sheet(columns.ASSESSEES, self._assessees(), Evaluation)
        told = access.scope(self.by, "view_source")
        yield self._sheet(columns.CONTACTS, self._contacts(), Finding, without=() if told else SOURCE)
        yield self._sheet(columns.EVALUATIONS, self._evaluations(), Evaluation)
        yield self._sheet(columns.DECISIONS, self._decisions(), Decision)

    def _sheet(self, sheet, rows, model=None, without=()):
        """rows: dicts by field, and by `dimension(name)` for dimension columns; of a model also with their "pk"."""
        names = [column for column in sheet.columns if column.field not in without]
        headings, kinds = [column.zh for column in names], [column.kind for column in names]
        keys = [column.field for column in names]
        if sheet.dimensions:
            place = keys.index("score") if "score" in keys else len(keys)
            headings[place:place], keys[place:place] = self.dimensions, map(dimension, self.dimensions)
            kinds[place:place] = ["score" if sheet.out_only else "text"] * len(self.dimensions)
        rows = self._kept(model._meta.label_lower, rows) if model else rows
        return Sheet(sheet.zh, headings, self._told([row.get(key) for key in keys] for row in rows), kinds)

    def _kept(self, label, rows):
        """The same rows; which records they are stands in the entry of the export."""
        held = self.held[label]
        for row in rows:
            held.add(row["pk"])
            yield row

    def _told(self, rows):
        """The same rows; whoever waits is told of them."""
        for row in rows:
            self.written += 1
            if self.progress and self.written % 200 == 0:
                self.progress(self.written, self.total)
            yield row

    @cached_property
    def total(self):
        """Rows of the sheets that may be long."""
        findings = self.findings.filter(contact__in=self.contacts)
        return sum(rows.count() for rows in (self.cadres, self.evaluations, self.evaluations, findings, self.decisions))

    def _dimension_names(self):
        rows = Dimension.objects.filter(scheme__campaigns__in=self.campaigns)
        rows = rows.order_by(*by_text("scheme__campaigns__code"), "position")
        return list(dict.fromkeys(rows.values_list("name", flat=True)))

    # --- people

    def _units(self):
        parents = dict(Unit.objects.order_by().values_list("pk", "parent"))
        shown = set() if self.only else set(visible_to(self.by, Unit).order_by().values_list("pk", flat=True))
        shown |= set(self.campaigns.order_by().values_list("unit", flat=True))
        shown |= set(self.cadres.order_by().values_list("unit", flat=True))
        shown |= set(self.evaluations.exclude(group=None).order_by().values_list("group", flat=True))
        for pk in list(shown):
            while (pk := parents.get(pk)) and pk not in shown:
                shown.add(pk)
        rows = Unit.objects.order_by(*by_text("code")).values("pk", "code", "name", "kind", "parent__code")
        for row in rows.iterator(CHUNK):
            if row["pk"] in shown:
                yield {**row, "kind": UNIT_KIND.zh(row["kind"]), "parent": row["parent__code"]}

    def _cadres(self):
        names = [column.field for column in columns.CADRES.columns if column.field != "unit"]
        rows = self.cadres.order_by(*by_text("code")).values("pk", "unit_id", "unit__code", *names)
        for row in rows.iterator(CHUNK):
            row["unit"] = row["unit__code"]
            for name, words_of in CADRE_WORDS.items():
                row[name] = words_of.zh(row[name])
            if not self.reveal.covers(row["unit_id"]):
                row |= dict.fromkeys(SECRETS)
            self.revealed += any(row[name] for name in SECRETS)
            yield row

    # --- schemes and campaigns

    def _schemes(self):
        for row in self.schemes.order_by(*by_text("code")).values("pk", *(column.field for column in columns.SCHEMES.columns)):
            yield {**row, "assessee": words.ASSESSEE.zh(row["assessee"])}

    def _parts(self, model, sheet):
        order = {Dimension: ("position",), Level: ("-points", "pk"), Grade: ("-minimum",)}[model]
        names = [column.field for column in sheet.columns if column.field != "scheme"]
        rows = model.objects.filter(scheme__in=self.schemes).order_by(*by_text("scheme__code"), *order)
        for row in rows.values("scheme__code", *names):
            yield {**row, "scheme": row["scheme__code"]}

    def _campaigns(self):
        names = ("pk", "code", "title", "kind", "scheme__code", "unit__code", "starts_on", "ends_on", "state")
        for row in self.campaigns.order_by(*by_text("code")).values(*names):
            row |= {"scheme": row["scheme__code"], "unit": row["unit__code"]}
            row |= {"kind": words.CAMPAIGN_KIND.zh(row["kind"]), "state": words.CAMPAIGN_STATE.zh(row["state"])}
            yield row

    def _assessees(self):
        rows = self.evaluations.order_by(*by_text("campaign__code", ASSESSEE))
        for row in rows.values("pk", "campaign__code", *ASSESSEE).iterator(CHUNK):
            yield {"pk": row["pk"], "campaign": row["campaign__code"], "cadre_code": row["cadre__code"], "unit_code": row["group__code"]}

    # --- evidence

    def _contacts(self):
        rows = with_source(self.contacts, self.by).order_by(*by_text("campaign__code", "number"))
        names = ("pk", "campaign__code", "number", "method", "held_at", "place", "seen_source", "seen_relation")
        for some in _chunks(rows.values(*names).iterator(CHUNK)):
            pks = [row["pk"] for row in some]
            teams, findings = defaultdict(list), defaultdict(list)
            members = TeamMember.objects.filter(contact__in=pks).order_by("contact", "position")
            for contact, username in members.values_list("contact", "user__username"):
                teams[contact].append(username)
            told = self._findings(pks)
            for finding in told:
                findings[finding["contact"]].append(finding)
            for row in some:
                common = {
                    "campaign": row["campaign__code"],
                    "number": row["number"],
                    "method": words.METHOD.zh(row["method"]),
                    "held_at": row["held_at"],
                    "place": row["place"],
                    "team": "、".join(teams[row["pk"]]),
                    "source_name": row["seen_source"],
                    "relation": words.RELATION.zh(row["seen_relation"]),
                }
                if findings[row["pk"]]:
                    self.held[Contact._meta.label_lower].add(row["pk"])
                for finding in sorted(findings[row["pk"]], key=lambda f: (f["cadre_code"] or "", f["unit_code"] or "")):
                    yield {**common, **finding}

    def _findings(self, contacts):
        rows = list(
            self.findings.filter(contact__in=contacts).order_by().values(
                "pk", "contact", "narrative", "example", "withdrawn_on", "withdrawn_why",
                cadre_code=F("evaluation__cadre__code"), unit_code=F("evaluation__group__code"),
            )
        )  # fmt: skip
        marks = Rating.objects.filter(finding__in=[row["pk"] for row in rows]).order_by()
        levels = defaultdict(dict)
        for finding, name, level in marks.values_list("finding", "dimension__name", "level__name"):
            levels[finding][dimension(name)] = level
        return [{**row, **levels[row["pk"]]} for row in rows]

    # --- results

    def _evaluations(self):
        rows = with_numbers(self.evaluations, self.by).order_by(*by_text("campaign__code", ASSESSEE))
        names = (
            "pk", "campaign__code", "cadre__code", "cadre__name", "cadre__post", "group__name", "unit__code", "unit__name", "state",
            "count_on_site", "count_phone", "count_talk", "relations", "leads", "version", "hidden", "seen_score", "seen_grade",
            "seen_contested",
        )  # fmt: skip
        for some in _chunks(rows.values(*names).iterator(CHUNK)):
            pks = [row["pk"] for row in some]
            scores, signed = defaultdict(dict), {}
            for pk, name, score in (
                DimensionScore.objects.filter(evaluation__in=pks).order_by().values_list("evaluation", "dimension__name", "score")
            ):
                scores[pk][dimension(name)] = score
            latest = SignedOpinion.objects.filter(evaluation__in=pks, number=F("evaluation__version")).select_related("signer")
            for opinion in latest.defer("body"):
                signed[opinion.evaluation_id] = {"signer": str(opinion.signer), "signed_at": opinion.signed_at}
            for row in some:
                yield {**_evaluation(row), **({} if row["hidden"] else scores[row["pk"]]), **signed.get(row["pk"], {})}

    def _decisions(self):
        rows = list(self.decisions.select_related("cadre", "unit").order_by(*by_text("code")))
        bases = defaultdict(list)
        cited = Basis.objects.filter(decision__in=rows).order_by(*by_text("opinion__evaluation__campaign__code"), "opinion__number")
        for decision, campaign, number, digest in cited.values_list(
            "decision", "opinion__evaluation__campaign__code", "opinion__number", "opinion__digest"
        ):
            bases[decision].append(f"{campaign} v{number} {digest}")
        for row in rows:
            days = {"confirmed": row.confirmed_on, "revoked": row.revoked_on, "notice": row.notice_from}
            yield {
                "pk": row.pk,
                "code": row.code,
                "kind": words.DECISION_KIND.zh(row.kind),
                "cadre_code": row.cadre.code if row.cadre_id else None,
                "name": row.assessee.name,
                "outcome": row.outcome,
                "document_number": row.document_number,
                "state": words.DECISION_STATE.zh(row.state),
                "date": days.get(row.state) or row.proposed_on,
                "basis": "；".join(bases[row.pk]),
            }


def dimension(name):
    """Key of a dimension's cell in a row: whatever it is named, it is no field."""
    return "dimension", name


def _evaluation(row):
    contested = row["seen_contested"]
    return {
        "pk": row["pk"],
        "campaign": row["campaign__code"],
        "cadre_code": row["cadre__code"],
        "unit_code": row["unit__code"],
        "name": row["cadre__name"] or row["group__name"],
        "unit": row["unit__name"],
        "post": row["cadre__post"],
        "state": words.EVALUATION_STATE.zh(row["state"]),
        "on_site": row["count_on_site"],
        "phone": row["count_phone"],
        "talk": row["count_talk"],
        "sources": row["relations"],
        "leads": row["leads"],
        "score": row["seen_score"],
        "grade": None if row["hidden"] else row["seen_grade"] or words.UNGRADED,
        "contested": None if contested is None else "是" if contested else "否",
        "version": row["version"] or None,
    }


def _chunks(rows):
    rows = iter(rows)
    while some := list(islice(rows, CHUNK)):
        yield some
