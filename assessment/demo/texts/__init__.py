"""What was seen and heard, in the words of the field: one sentence for a dimension and a level, put together to findings.

{village} is where the cadre has his zone; {n} and {m} are numbers of that finding.
"""


def lines(text):
    """Sentences, one per line."""
    return tuple(line.strip() for line in text.strip().splitlines())
