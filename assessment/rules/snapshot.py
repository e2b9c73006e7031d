"""What is signed: the whole of an evaluation as plain data, and how two versions differ."""


def opinion_snapshot(*, number, campaign, scheme, assessee, opinion, numbers, dimensions, findings, signatures, method):
    """The body of a signed opinion. Every argument is plain data (text, numbers, dates, lists, dicts).

    It holds the inputs too: each finding with its marks. It does not hold who said it, because those who may read the
    opinion may not all know that.
    """
    return {
        "version": number,
        "method": method,
        "campaign": campaign,
        "scheme": scheme,
        "assessee": assessee,
        "opinion": opinion,
        "numbers": numbers,
        "dimensions": dimensions,
        "findings": findings,
        "signatures": signatures,
    }


def differences(old, new, path=()):
    """What differs between two bodies: a list of (path, old value, new value), None where a side has nothing."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = []
        for key in [*old, *(key for key in new if key not in old)]:
            found += differences(old.get(key), new.get(key), (*path, key))
        return found
    if isinstance(old, list) and isinstance(new, list):
        return differences(_by_name(old), _by_name(new), path)
    return [] if old == new else [(path, old, new)]


def _by_name(items):
    """A list as a dict: by the code, name or number of its items where they have one, else by position."""
    names = [next((i[k] for k in ("code", "number", "name") if k in i), n) if isinstance(i, dict) else n for n, i in enumerate(items)]
    return dict(zip(map(str, names), items, strict=True))
