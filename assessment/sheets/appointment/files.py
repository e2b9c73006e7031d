"""An upload of people: one .lrmx or .lrm, or a zip of many. Each is read when it is asked for, however many there are.

    with open_people(file, "名单.zip") as people:
        for number, name in enumerate(people.names):
            person, refusal = people.read(number)
"""

from pathlib import PurePosixPath

from assessment.sheets.appointment import lrm, lrmx
from assessment.sheets.workbook.package import Limits, check_size, open_package, refused
from people.refusals import Refusal, Refused

PEOPLE = 2000
LIMITS = Limits(members=2 * PEOPLE + 200)  # each with a .pic, and some that are passed over
ARCHIVES = (".zip", ".rar", ".7z")


def open_people(file, name):
    """The people in an open binary file, checked; raises `Refused`."""
    check_size(file, LIMITS)
    start = file.read(4)
    file.seek(0)
    return _Zip(open_package(file, limits=LIMITS)) if start.startswith(b"PK") else _One(file, name)


def _person(content, photo=None):
    """By content: a quoted line is the older format."""
    first = content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    if first == b'"':
        return lrm.read(content, photo)
    if first != b"<":
        raise refused("lrmx_unknown" if content.strip() else "file_empty")
    return lrmx.read(content)


class _One:
    """A file of one person; what is wrong with it is wrong with the upload."""

    def __init__(self, file, name):
        self.names, self.passed_over = [name], []
        self._person = _person(file.read(lrmx.FILE_LIMIT + 1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def read(self, number):
        return self._person, None


class _Zip:
    """A zip of many. names: of the files of people, as the person who packed them saw them; passed_over: the others."""

    def __init__(self, package):
        self._package = package
        self._members, self._photos, self.passed_over = [], {}, []
        for member in package.names:
            path = PurePosixPath(package.shown_name(member))
            if path.parts[:1] == ("__MACOSX",) or path.name.startswith(".") or not path.name:  # "." has no name
                continue
            if path.suffix.lower() in (".lrmx", ".lrm", *ARCHIVES):
                self._members.append((member, str(path)))
            elif path.suffix.lower() == ".pic":
                self._photos[str(path.with_suffix("")).casefold()] = member
            else:
                self.passed_over.append(str(path))
        self.names = [shown for _member, shown in self._members]
        if not self.names:
            raise refused("zip_without_people")
        if len(self.names) > PEOPLE:
            raise refused("too_many_people", count=len(self.names), limit=PEOPLE)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._package.__exit__(*error)

    def read(self, number):
        """(person, None) or (None, the refusal): one bad file does not keep the others from being read."""
        member, shown = self._members[number]
        path = PurePosixPath(shown)
        try:
            if path.suffix.lower() in ARCHIVES:
                return None, Refusal("zip_in_zip")
            photo = self._photos.get(str(path.with_suffix("")).casefold()) if path.suffix.lower() == ".lrm" else None
            return _person(self._bytes(member), self._bytes(photo) if photo else None), None
        except Refused as error:
            return None, error.refusals[0]

    def _bytes(self, member):
        content = b""
        for block in self._package.blocks(member):
            content += block
            if len(content) > lrmx.FILE_LIMIT:
                raise refused("file_too_large", limit=lrmx.FILE_LIMIT >> 20)
        return content
