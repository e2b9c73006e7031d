"""Triggers on the tables of `people`; docs/architecture.md lists them."""

from people.retention import PURGEABLE
from people.triggers import Trigger

ADMINISTRATORS = "('auditor', 'security', 'system')"

#: Administrator roles exclude one another and every business role while they hold at the same time.
EXCLUSIVE = f"""EXISTS (
    SELECT 1 FROM people_grant g
    WHERE g.user_id = NEW.user_id AND g.id <> COALESCE(NEW.id, -1) AND g.role <> NEW.role
      AND (g.role IN {ADMINISTRATORS} OR NEW.role IN {ADMINISTRATORS})
      AND (g.valid_until IS NULL OR g.valid_until >= NEW.valid_from)
      AND (NEW.valid_until IS NULL OR NEW.valid_until >= g.valid_from))"""

#: The one change of an entry that there is: a purge empties it (people/retention.py).
NO_PURGE = """NOT (
    OLD.at < LONG_AGO AND OLD.purged_by IS NULL AND NEW.purged_by IS NOT NULL
    AND NEW.seq = OLD.seq AND NEW.at = OLD.at AND NEW.verb = OLD.verb AND NEW.previous = OLD.previous AND NEW.digest = OLD.digest
    AND NEW.actor_id IS NULL AND NEW.actor_name = '' AND NEW.object_type = '' AND NEW.object_id IS NULL AND NEW.object_name = ''
    AND NEW.unit_id IS NULL AND NEW.before IS NULL AND NEW.after IS NULL AND NEW.reason = '' AND NEW.request_id = ''
    AND NEW.address = '' AND NEW.verb IN ({}))""".format(", ".join(f"'{verb}'" for verb in sorted(PURGEABLE)))

TRIGGERS = [
    Trigger("ledger_no_update", "people_ledgerentry", "UPDATE", "The ledger is append-only.", NO_PURGE),
    Trigger("ledger_no_delete", "people_ledgerentry", "DELETE", "The ledger is append-only."),
    Trigger(
        "ledger_no_gap",
        "people_ledgerentry",
        "INSERT",
        "A ledger entry continues the chain.",
        "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM people_ledgerentry)",
    ),
    Trigger("ledger_head_stays", "people_ledgerhead", "DELETE", "The head of the ledger stays."),
    Trigger("user_no_delete", "people_user", "DELETE", "Accounts are switched off, never deleted."),
    Trigger("grant_exclusive_new", "people_grant", "INSERT", "Administrator roles exclude every other role.", EXCLUSIVE),
    Trigger("grant_exclusive_change", "people_grant", "UPDATE", "Administrator roles exclude every other role.", EXCLUSIVE),
]
