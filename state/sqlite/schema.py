"""The database schema, as migrations; `state/sql/version.py` has the newest number."""

import json
import secrets
from typing import Any, Final

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from state.chain import BEGINNING

SECRET_BYTES: Final = 32
migrations = Migrations("cordcall")


@migrations(name="0001_triage")
def triage(db: Database) -> None:
    """Store cases, answers, the chats' active case, incoming updates and outgoing rows."""
    db.table("cases").create(
        {
            "code": str, "chat": str, "owner": str, "status": str, "begun_at": str, "flow": str,
            "fingerprint": str, "ruleset": str, "touched_at": str, "position": str,
            "revisiting": str, "version": int,
        },
        pk="code",
        not_null={"chat", "owner", "status", "begun_at", "flow", "fingerprint", "ruleset"},
    )  # fmt: skip
    db.table("cases").create_index(["chat", "status", "touched_at"])
    db.table("answers").create(
        {"id": int, "code": str, "question": str, "value": str, "who": str, "at": str},
        pk="id",
        not_null={"code", "question", "value", "who", "at"},
        foreign_keys=[("code", "cases", "code")],
    )
    db.table("answers").create_index(["code", "id"])
    db.table("chats").create(
        {"chat": str, "active": str}, pk="chat", foreign_keys=[("active", "cases", "code")]
    )
    db.table("inbox").create({"update_id": int, "received_at": str}, pk="update_id")
    db.table("outbox").create(
        {
            "id": int, "chat": str, "code": str, "screens": str, "token": str, "query": str,
            "tapped": int, "anew": int, "queued_at": str,
        },
        pk="id",
    )  # fmt: skip
    db.table("outbox").create_index(["chat", "id"])
    db.table("buttons").create(
        {
            "token": str, "chat": str, "code": str, "version": int, "actions": str,
            "minted_at": str,
        },
        pk="token",
        foreign_keys=[("code", "cases", "code")],
    )  # fmt: skip
    db.table("buttons").create_index(["code", "minted_at"])


@migrations(name="0002_telegram")
def telegram(db: Database) -> None:
    """Store which message shows a case, who can be reached, and the polling position."""
    db.table("cards").create(
        {"code": str, "role": str, "chat": str, "message_id": int, "sent_at": str},
        pk=("code", "role"),
        foreign_keys=[("code", "cases", "code")],
    )
    db.table("poll").create({"id": int, "next_update": int, "polled_at": str}, pk="id")
    db.table("chats").add_column("unreachable", int)
    db.table("inbox").add_column("parked", int, not_null_default=0)
    db.table("inbox").create_index(["parked", "received_at"])
    db.table("buttons").create_index(["minted_at"])


@migrations(name="0003_delivery")
def delivery(db: Database) -> None:
    """Store what waits in the inbox, and how far each outbox row has been sent."""
    db.table("inbox").add_column("waiting", int, not_null_default=0)
    db.table("inbox").add_column("attempts", int, not_null_default=0)
    db.table("inbox").add_column("tap", str)
    db.table("inbox").create_index(["waiting"])
    db.table("poll").add_column("updated_at", str)
    db.rename_table("outbox", "old_outbox")
    db.execute(
        "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, chat TEXT, code TEXT, "
        "screens TEXT, token TEXT, query TEXT, tapped INTEGER, anew INTEGER, queued_at TEXT, "
        "priority INTEGER NOT NULL DEFAULT 1, said INTEGER NOT NULL DEFAULT 0, "
        "sending INTEGER NOT NULL DEFAULT 0)"
    )
    for row in list(db.table("old_outbox").rows):
        screens = [json.dumps(_values(json.loads(each))) for each in json.loads(row["screens"])]
        db.table("outbox").insert({**row, "screens": json.dumps(screens)})
    db.table("old_outbox").drop()
    db.table("outbox").create_index(["chat", "id"])


@migrations(name="0004_after")
def after(db: Database) -> None:
    """Store what follows the answer of a case: its time line and reminders."""
    db.table("cases").add_column("adding", int, not_null_default=0)
    db.table("events").create(
        {"id": int, "code": str, "kind": str, "detail": str, "who": str, "at": str},
        pk="id",
        not_null={"code", "kind", "detail", "who", "at"},
        foreign_keys=[("code", "cases", "code")],
    )
    db.table("events").create_index(["code", "id"])
    db.table("reminders").create(
        {
            "id": int, "code": str, "kind": str, "deadline": str, "due_at": str,
            "claimed_at": str,
        },
        pk="id",
        not_null={"code", "kind", "deadline", "due_at"},
        foreign_keys=[("code", "cases", "code")],
    )  # fmt: skip
    db.table("reminders").create_index(["code", "kind", "deadline"], unique=True)
    db.execute("CREATE INDEX idx_reminders_pending ON reminders (due_at) WHERE claimed_at IS NULL")


@migrations(name="0005_readers")
def readers(db: Database) -> None:
    """Store what each person has chosen: a role, a time zone."""
    db.table("readers").create(
        {"who": str, "role": str, "zone": str, "chosen_at": str},
        pk="who",
        not_null={"chosen_at"},
    )


@migrations(name="0006_erasure")
def erasure(db: Database) -> None:
    """Index what is to be erased, to avoid reading everything."""
    db.table("answers").create_index(["who"])
    db.table("cases").create_index(["owner"])
    db.table("cases").create_index(["touched_at"])
    db.table("chats").create_index(["active"])


@migrations(name="0007_told")
def told(db: Database) -> None:
    """Store what was last said of a case; move the single blood thinner into the list."""
    db.table("cases").add_column("policy", str, not_null_default="")
    db.table("cases").add_column("told", str)
    db.table("cases").create_index(["status", "ruleset", "policy"])
    for row in list(db.query("SELECT id, value FROM answers WHERE question = 'anticoagulant'")):
        given = json.loads(row["value"])
        ticked = given if given == "unknown" else [] if given == "none" else [given]
        db.execute(
            "UPDATE answers SET question = 'blood_thinners', value = ? WHERE id = ?",
            [json.dumps(ticked), row["id"]],
        )
    for column in ("position", "revisiting"):
        db.execute(f"UPDATE cases SET {column} = 'blood_thinners' WHERE {column} = 'anticoagulant'")


@migrations(name="0008_look_ups")
def look_ups(db: Database) -> None:
    """Store which look-up has asked in a chat: the next typed line belongs to it."""
    db.table("chats").add_column("look_up", str)


@migrations(name="0009_threads")
def threads(db: Database) -> None:
    """Store the topic that an answer goes to."""
    db.table("outbox").add_column("thread", int)


@migrations(name="0010_offers")
def offers(db: Database) -> None:
    """Store who was told of which case that its owner can no longer see."""
    db.table("offers").create(
        {"code": str, "who": str, "at": str},
        pk=("code", "who"),
        not_null={"at"},
        foreign_keys=[("code", "cases", "code")],
    )


@migrations(name="0011_keeping")
def keeping(db: Database) -> None:
    """Store what the clock last said and its last jump, and who was asked about an old case."""
    db.table("clock").create(
        {"id": int, "seen_at": str, "jumped_from": str, "jumped_at": str},
        pk="id",
        not_null={"seen_at"},
    )
    db.table("cases").add_column("asked_at", str)


@migrations(name="0012_redraws")
def redraws(db: Database) -> None:
    """Store how far the cards are redrawn after an absence, and which reminder a row gives.

    Open cases are indexed by their last use.
    """
    db.table("outbox").add_column("reminder", int)
    db.table("redraws").create(
        {"id": int, "touched_at": str, "code": str}, pk="id", not_null={"touched_at", "code"}
    )
    db.execute("CREATE INDEX idx_cases_open ON cases (touched_at, code) WHERE status <> 'closed'")


@migrations(name="0013_audit")
def audit(db: Database) -> None:
    """Store who did what: rows that only pruning erases, after it has moved the start past them."""
    db.execute(
        "CREATE TABLE audit (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, "
        "who BLOB NOT NULL, code TEXT, what TEXT NOT NULL, about BLOB, role TEXT, "
        "ruleset TEXT NOT NULL, hash BLOB NOT NULL)"
    )
    db.execute(
        "CREATE TABLE audit_start (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, "
        "hash BLOB NOT NULL, secret BLOB NOT NULL)"
    )
    db.table("audit_start").insert(
        {
            "id": 1, "number": BEGINNING.number, "hash": bytes.fromhex(BEGINNING.hash),
            "secret": secrets.token_bytes(SECRET_BYTES),
        }
    )  # fmt: skip
    db.execute(
        "CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'a row of the audit cannot be changed'); END"
    )
    db.execute(
        "CREATE TRIGGER audit_is_only_pruned BEFORE DELETE ON audit "
        "WHEN old.number > (SELECT number FROM audit_start) "
        "BEGIN SELECT RAISE(ABORT, 'a row of the audit cannot be erased'); END"
    )


@migrations(name="0014_members")
def members(db: Database) -> None:
    """Store who may use this, and the hashes of invitations."""
    db.table("members").create(
        {"who": str, "role": str, "name": str, "invited_by": str, "joined_at": str},
        pk="who",
        not_null={"role", "name", "invited_by", "joined_at"},
    )
    db.table("invitations").create(
        {
            "hashed": str, "role": str, "uses_left": int, "name": str, "maker": str,
            "ends_at": str,
        },
        pk="hashed",
        not_null={"role", "uses_left", "name", "maker", "ends_at"},
    )  # fmt: skip


@migrations(name="0015_out_of_use")
def out_of_use(db: Database) -> None:
    """Store why CordCall is out of use, and what people were told of it."""
    db.table("out_of_use").create(
        {"id": int, "reason": str, "told": str}, pk="id", not_null={"reason", "told"}
    )


@migrations(name="0016_owners")
def owners(db: Database) -> None:
    """Store who the owners were at the last start, to notice who no longer is one."""
    db.table("owners").create({"who": str}, pk="who")


def _values(stored: Any) -> Any:
    """Store every object as a list of its values."""
    if isinstance(stored, dict | list):
        each = stored.values() if isinstance(stored, dict) else stored
        return [_values(value) for value in each]
    return stored
