"""Back-ups that somebody else might have made: other content under a right seal."""

import hashlib
import json
import zipfile


def remade(source, target, change, tell=True):
    """Write what `change(members, manifest)` leaves of a back-up. members: {name: content}.

    tell: the manifest announces the members as they are then.
    """
    with zipfile.ZipFile(source) as package:
        members = {name: package.read(name) for name in package.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    replaced = change(members, manifest)
    for member in manifest["tables"] + manifest["attachments"] if tell else ():
        if (content := members.get(member["name"])) is not None:
            member |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            if member in manifest["tables"]:
                member["rows"] = content.count(b"\n")
    members["manifest.json"] = replaced if isinstance(replaced, bytes) else json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return sealed(target)


def sealed(path):
    """Put the seal on a ZIP that has none."""
    content = path.read_bytes()
    assert content[-2:] == b"\0\0", "it has a comment already"
    content = content[:-2] + (64).to_bytes(2, "little")
    path.write_bytes(content + hashlib.sha256(content).hexdigest().encode())
    return path


def lines(members, table):
    """Rows of a table as lists; `put` brings them back."""
    return [json.loads(line) for line in members[f"tables/{table}.jsonl"].splitlines()]


def put(members, table, rows):
    members[f"tables/{table}.jsonl"] = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def sets(table, name, value, row=0):
    """Change that puts a value into a row."""

    def change(members, manifest):
        rows = lines(members, table)
        columns = next(each for each in manifest["tables"] if each["name"] == f"tables/{table}.jsonl")["columns"]
        rows[row][columns.index(name)] = value
        put(members, table, rows)

    return change


def drops(table, row):
    """Change that leaves a row out."""

    def change(members, manifest):
        rows = lines(members, table)
        del rows[row]
        put(members, table, rows)

    return change
