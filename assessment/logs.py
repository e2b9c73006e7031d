"""The log of the server, which is read by who looks after the machine: none of it is what people confided."""

import logging


class Discreet(logging.Formatter):
    """Traces of faults without the rows: PostgreSQL repeats the values that it refuses, a whole row of them."""

    def formatException(self, info):
        text, error, passed = super().formatException(info), info[1], set()
        while error is not None and id(error) not in passed:
            passed.add(id(error))
            if diagnosis := getattr(error, "diag", None):
                for told in filter(None, (diagnosis.message_detail, diagnosis.context)):
                    text = text.replace(told, "(left out)")
            error = error.__cause__ or error.__context__
        return text
