"""Jobs in lists."""


from assessment.models import Job
from assessment.tables.base import A, Column, DateTimeColumn, Table, TagColumn

TONES = {Job.State.WAITING: "wait", Job.State.RUNNING: "wait", Job.State.DONE: "ok", Job.State.FAILED: "stop"}


class JobTable(Table):
    kind = Column(linkify=("job_detail", [A("pk")]))
    upload_name = Column()
    reason = Column()
    state = TagColumn(tones=TONES)
    asked_at = DateTimeColumn()
    ended_at = DateTimeColumn()
    result_name = Column()
    expires_at = DateTimeColumn()

    class Meta(Table.Meta):
        order_by = ("-asked_at",)
        default_columns = ("kind", "upload_name", "reason", "state", "asked_at", "result_name")
        title = "kind"
