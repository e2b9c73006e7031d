"""Sign-off of the demo's evaluations: opinions, returns, signatures, notices, reviews and a second version.

Signatures, notices and reviews happen on the day of the run, because that is when they happen; the ledger says so.
"""

from assessment.actions import appeals, evaluations
from assessment.demo.texts import opinions
from assessment.models import Evaluation
from people import access

ANSWERS = (
    "同意评价意见。",
    "已阅，无不同意见，将针对指出的不足逐项整改。",
    "",
    "同意。感谢组织肯定，今后继续下沉一线、补齐短板。",
    "已阅知，对不足之处诚恳接受，已制定改进措施。",
)

TOP = ("优秀", "好")


def _praise(told):
    """The best two things told, of two dimensions; 较好 without the reservation at its end."""
    found = {}
    for letter, dimension, sentence in told:
        if letter in "AB":
            found.setdefault(dimension, sentence if letter == "A" else sentence.partition("，")[0])
    return list(found.values())[: 2 if told[0][0] == "A" else 3]


class Desk:
    """The people who write and sign, and the evaluations of one campaign with what was told of each assessee."""

    def __init__(self, people, campaign, teller, introduce, tops=None):
        """introduce: code -> how an opinion begins. tops: conclusion of the top grade, if it is a special one."""
        self.people, self.teller, self.introduce, self.tops = people, teller, introduce, tops or {}
        rows = Evaluation.objects.filter(campaign=campaign).select_related("cadre", "group", "campaign__unit")
        self.evaluations = {row.assessee.code: row for row in rows.prefetch_related("dimension_scores__dimension")}
        self.turn = 0

    def fresh(self, code):
        """The evaluation as it stands now."""
        rows = Evaluation.objects.select_related("cadre", "group", "campaign__unit").prefetch_related("dimension_scores__dimension")
        self.evaluations[code] = rows.get(pk=self.evaluations[code].pk)
        return self.evaluations[code]

    def _able(self, role, verb, evaluation):
        """The next of those with a role who may do it: kin and oneself are passed over."""
        able = [user for name, user in self.people.items() if name.startswith(role) and access.can(user, verb, evaluation)]
        self.turn += 1
        return able[self.turn % len(able)]

    def opinion(self, code, grade=None, reason=""):
        """The four parts of an opinion, and the grade: the proposed one unless another is given."""
        row = self.evaluations[code]
        grade = row.proposed_grade if grade is None else grade
        # Of dimensions with one score, another one is named each time.
        rank = {dimension: (step + sum(map(ord, code))) % 5 for step, dimension in enumerate(self.teller.words.dimensions)}
        scores = [(s.score, rank[s.dimension.name], s.dimension.name) for s in row.dimension_scores.all() if s.score is not None]
        best, second, *_, weakest = (name for _, _, name in sorted(scores, reverse=True))
        strengths = [opinions.STRENGTHS[name] for name in (best, second)] if max(scores)[0] >= 80 else [opinions.PLAIN_STRENGTH]
        told = sorted(self.teller.told[code], key=lambda item: (item[0], item[1] != best))
        praised = _praise(told)
        poor = [sentence for letter, _, sentence in told if letter in "CD"][-2:]
        counts = {"现场了解": row.count_on_site, "电话了解": row.count_phone, "谈心谈话": row.count_talk}
        seen = "、".join(f"{method}{number}人次" for method, number in counts.items() if number)
        return {
            "performance": f"{self.introduce(code)}考察组{seen}。" + "；".join(praised or poor) + "。",
            "strengths": "".join(strengths if row.proposed_grade in TOP else strengths[:1]),
            "shortcomings": (opinions.SERIOUS if row.score < 60 else opinions.SHORTCOMINGS[weakest]) + ("如" + "；".join(poor) + "。" if poor and praised else ""),
            "conclusion": self.tops.get(grade) or opinions.CONCLUSIONS[grade],
            "grade": grade,
            "grade_reason": reason,
        }

    def draft(self, code, **conclude):
        """Write the opinion; returns its author."""
        row = self.evaluations[code]
        author = self._able("assessor", "draft_opinion", row)
        evaluations.draft(by=author, evaluation=row, **self.opinion(code, **conclude))
        return author

    def submit(self, code, **conclude):
        author = self.draft(code, **conclude)
        evaluations.submit(by=author, evaluation=self.evaluations[code])
        return author

    def send_back(self, code, why):
        evaluations.send_back(by=self._able("reviewer", "send_back", self.evaluations[code]), evaluation=self.evaluations[code], why=why)

    def sign(self, code, notice=True, **conclude):
        """From draft to signature and, unless it is left for later, the notice with the answer. Returns the signed opinion."""
        author, row = self.submit(code, **conclude), self.evaluations[code]
        opinion = evaluations.sign(by=self._able("reviewer", "sign", row), evaluation=row)
        if notice:
            given = evaluations.give_notice(by=author, opinion=opinion, means="talk" if self.turn % 3 == 0 else "written")
            if answer := ANSWERS[self.turn % len(ANSWERS)]:
                evaluations.answer_notice(by=author, notice=given, answer=answer)
        return opinion

    def file(self, opinion, kind, ground):
        """A review or appeal, put on record by an assessor."""
        author = self._able("assessor", "file_appeal", opinion.evaluation)
        return appeals.file_appeal(by=author, opinion=opinion, kind=kind, ground=ground)

    def decide(self, appeal, outcome, finding):
        reviewer = self._able("reviewer", "decide_appeal", appeal.opinion.evaluation)
        return appeals.decide_appeal(by=reviewer, appeal=appeal, outcome=outcome, finding=finding)

    def reopen(self, code, **ground):
        row = self.evaluations[code]
        evaluations.reopen(by=self._able("reviewer", "reopen", row), evaluation=row, **ground)
