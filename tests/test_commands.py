"""The commands: what they do, what they say, and how they end."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from assessment.models import Evaluation, SignedOpinion
from people import access, ledger, triggers
from people.models import Grant, LedgerEntry, Unit, User
from tests.cast import PASSWORD, add_user, again, give_evidence, signed
from tests.sheets.books import small, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def run(*command):
    """(standard output, standard error) of a command that succeeds."""
    out, err = StringIO(), StringIO()
    call_command(*map(str, command), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def fails(*command):
    """What a command that fails says on standard error: its lines, and the sentence it ends with."""
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as error:
        call_command(*map(str, command), stdout=out, stderr=err)
    assert error.value.returncode == 1
    return [*err.getvalue().splitlines(), *str(error.value).splitlines()]


# --- adduser


def test_adduser_makes_an_account_with_one_grant(people):
    out, err = run("adduser", "new", "--role=assessor", "--unit=E", "--cadre=G001", f"--password={PASSWORD}")
    assert (out, err) == ("new is assessor on E and all below it.\n", "")
    user = User.objects.get(username="new")
    assert user.check_password(PASSWORD) and user.cadre == people.dawa
    assert list(user.grants.values_list("role", "unit__code", "granted_by")) == [("assessor", "E", None)]


def test_adduser_makes_up_a_password_and_prints_it(db):
    out, _ = run("adduser", "new", "--role=manager")
    printed = re.match(r"password of new: (\S{16})\nnew is manager on everything\.\n", out)
    assert User.objects.get(username="new").check_password(printed[1])


def test_adduser_again_with_another_role_adds_a_grant(db):
    run("adduser", "new", "--role=assessor", f"--password={PASSWORD}")
    out, _ = run("adduser", "new", "--role=reviewer")
    assert out == "new is reviewer on everything.\n"
    assert access.roles(User.objects.get(username="new")) == {"assessor", "reviewer"}
    assert User.objects.get(username="new").check_password(PASSWORD)
    out, _ = run("adduser", "new", "--role=reviewer")
    assert out == "new is reviewer already.\n" and Grant.objects.count() == 2
    out, _ = run("adduser", "new", "--role=reviewer", "--password=a longer walk 1936")
    assert "new has a new password." in out and User.objects.get(username="new").check_password("a longer walk 1936")


def test_adduser_says_what_is_wrong(people):
    assert fails("adduser", "x", "--role=boss") == ["There is no role boss. Roles: assessor, reviewer, manager, auditor, security, system."]
    assert fails("adduser", "x", "--role=manager", "--unit=none") == ["There is no unit with the code none."]
    assert fails("adduser", "x", "--role=manager", "--cadre=none") == ["There is no cadre with the code none."]
    assert not User.objects.filter(username="x").exists()
    (said,) = fails("adduser", "lin", "--role=auditor")
    assert said.startswith("role: Auditor cannot go together with Assessor")
    assert fails("adduser", "a b", "--role=manager")[0].startswith("username: a b is no user name")
    out, err = run("adduser", "weak", "--role=manager", "--password=x")
    assert "Weak password" in err


# --- import and export


@pytest.fixture
def file(tmp_path):
    """Function: a workbook on the disk."""

    def file(sheets, name="in.xlsx"):
        path = tmp_path / name
        path.write_bytes(written(sheets).getvalue())
        return path

    return file


@pytest.fixture
def kcy(db):
    return [add_user(f"kcy{n}", "assessor") for n in (1, 2, 3)]


def test_import_and_again(kcy, file):
    path = file(small())
    out, err = run("import_workbook", path, "--as=kcy1", "--check")
    assert "了解记录: 3 new, 0 changed, 0 unchanged" in out and out.endswith("Checked only: nothing was written.\n") and err == ""
    assert not Unit.objects.exists()
    run("import_workbook", path, "--as=kcy1")
    head = ledger.head()
    out, _ = run("import_workbook", path, "--as=kcy2")
    assert "了解记录: 0 new, 0 changed, 3 unchanged" in out and ledger.head() == head
    sheets = small()
    sheets["单位"][1]["单位名称"] = "新镇"
    out, _ = run("import_workbook", file(sheets, "2.xlsx"), "--as=kcy2", "--check")
    assert "单位 3 B 单位名称: 某镇 → 新镇\n" in out


def test_every_error_on_standard_error_and_nothing_written(kcy, file):
    sheets = small()
    sheets["单位"][1]["类型"] = "公司"
    sheets["了解记录"][2]["考察人员"] = "kcy1、nobody"
    before = LedgerEntry.objects.count()
    assert fails("import_workbook", file(sheets), "--as=kcy1") == [
        "单位, row 3, 类型 “公司”: 公司 is not known here. Use one of: Party committee, Government department, Township, "
        "Village or community, Party branch, Temporary Party branch, Vanguard team, Other unit.",
        "了解记录, row 4, 考察人员 “kcy1、nobody”: There is no user with the name nobody.",
        "2 errors; nothing was written.",
    ]
    assert LedgerEntry.objects.count() == before


def test_who_and_what_cannot_be_imported(kcy, file, tmp_path):
    path = file(small())
    assert fails("import_workbook", path, "--as=ghost") == ["There is no user ghost. Make one: manage.py adduser ghost --role assessor"]
    add_user("rev", "reviewer")
    assert fails("import_workbook", path, "--as=rev") == ["This needs the role Assessor."]
    entry = LedgerEntry.objects.first()
    assert (entry.verb, entry.actor.username, entry.after) == ("refused", "rev", {"verb": "import_workbook"})
    assert fails("import_workbook", tmp_path / "none.xlsx", "--as=kcy1")[0].startswith("There is no file")
    text = tmp_path / "text.xlsx"
    text.write_text("no workbook")
    told = "This is a text file (such as .csv), no workbook: open it in Excel or WPS, save it as .xlsx and take that."
    assert fails("import_workbook", text, "--as=kcy1") == [told]


def test_export(kcy, file, tmp_path):
    run("import_workbook", file(small()), "--as=kcy1")
    path = tmp_path / "out.xlsx"
    out, _ = run("export_workbook", path, "--as=kcy1", "--reason=年终", "--campaign=Z")
    assert "了解记录: 3\n" in out and path.stat().st_size > 5000
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []
    assert "0 new, 0 changed, 3 unchanged" in run("import_workbook", path, "--as=kcy2")[0]


def test_an_export_that_is_refused_leaves_no_file(kcy, tmp_path):
    path = tmp_path / "out.xlsx"
    assert fails("export_workbook", path, "--as=kcy1", "--reason= ") == ["reason: Please give the reason."]
    add_user("boss", "manager")
    assert fails("export_workbook", path, "--as=boss", "--reason=x")[0].startswith("This needs the role")
    assert LedgerEntry.objects.first().verb == "refused"
    assert fails("export_workbook", path, "--as=kcy1", "--reason=for the archive", "--campaign=none") == ["campaign: There is no campaign with the code none."]
    assert fails("export_workbook", tmp_path / "no" / "x.xlsx", "--as=kcy1", "--reason=x")[0].startswith("There is no directory")
    assert list(tmp_path.iterdir()) == []


# --- recombine and verify


def raw(sql):
    """Past all guards, as somebody with the database's password would."""
    triggers.drop()
    with connection.cursor() as cursor:
        cursor.execute(sql)
    triggers.install()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_verify_says_how_many_and_the_head(world, language):
    signed(world, world.of(world.dawa))
    with translation.override(language):
        out, err = run("verify_ledger")
    seq, digest = ledger.head()
    assert (out, err) == (f"{seq} entries, head {digest}\n", "") and seq == LedgerEntry.objects.count()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE people_ledgerentry SET reason = 'x' WHERE seq = 3", "entry altered: entry 3"),
        ("DELETE FROM people_ledgerentry WHERE seq = 3", "entry missing: entry 3"),
        ("UPDATE people_cadre SET post = 'x' WHERE code = 'G001'", "row differs from the ledger: record people.cadre"),
        ("UPDATE assessment_evaluation SET score = 99 WHERE count_talk > 0", "numbers do not follow from the findings"),
        ("UPDATE assessment_dimensionscore SET count = 9", "numbers do not follow from the findings"),
    ],
)
def test_verify_finds_what_was_done_behind_the_programs_back(world, sql, said):
    give_evidence(world, world.of(world.dawa))
    raw(sql)
    assert fails("verify_ledger")[0].startswith(said)


def test_verify_misses_no_trigger(db):
    triggers.drop()
    assert fails("verify_ledger")[0].startswith("trigger missing")


def test_recombine(world):
    give_evidence(world, world.of(world.dawa), world.of(world.nima))
    assert run("recombine") == ("0 changed in F\n0 changed in L\n", "")
    raw("UPDATE assessment_evaluation SET score = 99 WHERE count_talk > 0")
    assert run("recombine", "F") == ("2 changed in F\n", "")
    assert run("verify_ledger")
    assert set(Evaluation.objects.exclude(score=None).values_list("score", flat=True)) == {85}
    assert fails("recombine", "none") == ["There is no campaign with the code none."]


def test_a_signed_opinion_that_was_altered_is_found(world):
    signed(world, world.of(world.dawa))
    raw("UPDATE assessment_signedopinion SET body = replace(body, '85', '95')")
    assert fails("verify_ledger")
    assert SignedOpinion.objects.count() == 1 and again(world.lin)
