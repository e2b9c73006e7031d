"""What long work does, one file per noun: each function registers as the runner of a kind of job."""

from assessment.jobs import exchange, exports, imports, papers, profiles, verify  # noqa: F401
