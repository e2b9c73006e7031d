"""The exchange workbook (DESIGN section 9): checked and taken in (`plan`), written (`write`), given back with what is wrong, or blank."""

from assessment.sheets.exchange.plan import carry_out, prepare

__all__ = ["carry_out", "prepare"]
