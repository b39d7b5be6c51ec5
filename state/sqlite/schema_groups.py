"""The tables of groups, as migrations that follow those of `state/sqlite/schema.py`."""

import json

from sqlite_utils import Database

from state.sqlite.schema import migrations

__all__ = ["migrations"]


@migrations(name="0017_groups")
def groups(db: Database) -> None:
    """Store groups, who acts in each, and where a case of theirs stands and is answered.

    A case may now be shown in several chats at once.
    """
    db.table("groups").create(
        {"chat": str, "enrolled_by": str, "enrolled_at": str},
        pk="chat",
        not_null={"enrolled_by", "enrolled_at"},
    )
    db.table("colleagues").create(
        {"chat": str, "who": str, "name": str, "seen_at": str},
        pk=("chat", "who"),
        not_null={"name", "seen_at"},
        foreign_keys=[("chat", "groups", "chat")],
    )
    db.table("colleagues").create_index(["who"])
    db.table("answering").create(
        {"code": str, "who": str, "at": str, "told": str},
        pk="code",
        not_null={"who", "at", "told"},
        foreign_keys=[("code", "cases", "code")],
    )
    db.table("cases").add_column("thread", int)
    db.table("cards").transform(pk=("code", "role", "chat"))


@migrations(name="0018_on_call")
def on_call(db: Database) -> None:
    """Store who is on call for a group in each role."""
    db.table("on_call").create(
        {"chat": str, "role": str, "who": str, "name": str, "until": str},
        pk=("chat", "role"),
        not_null={"who", "name", "until"},
        foreign_keys=[("chat", "groups", "chat")],
    )


@migrations(name="0019_boards")
def boards(db: Database) -> None:
    """Store the board of each chat and topic, and beside each case what boards say of it."""
    db.table("summaries").create(
        {"code": str, "level": str, "about": str, "due_at": str, "requested": int},
        pk="code",
        not_null={"level", "about", "requested"},
        foreign_keys=[("code", "cases", "code")],
    )
    db.table("boards").create(
        {
            "chat": str, "thread": int, "page": int, "message_id": int, "former": int,
            "told": int, "shown": str, "heads": str,
        },
        pk=("chat", "thread"),
        not_null={"page", "told", "shown", "heads"},
    )  # fmt: skip


@migrations(name="0020_ways")
def ways(db: Database) -> None:
    """Store a group's own ways: who closes, where it is asked, whom it calls, when it is quiet."""
    for name, default in (("closes", "owner"), ("asks", "signs"), ("call", ""), ("quiet", "")):
        db.table("groups").add_column(name, str, not_null_default=default)
    db.table("groups").add_column("repeat_min", int, not_null_default=10)
    db.table("groups").add_column("zone", str, not_null_default="")


@migrations(name="0021_handovers")
def handovers(db: Database) -> None:
    """Store which cases are offered to a colleague at the change of shift."""
    db.table("handovers").create(
        {
            "id": int, "code": str, "offer": str, "chat": str, "giver": str, "receiver": str,
            "version": int, "facts": str, "offered_at": str, "heard_at": str, "due_at": str,
            "read": int, "reminded": int, "told": int,
        },
        pk="id",
        not_null={
            "code", "offer", "chat", "giver", "receiver", "version", "facts", "offered_at",
            "heard_at", "read", "reminded", "told",
        },
        foreign_keys=[("code", "cases", "code")],
    )  # fmt: skip
    db.table("handovers").create_index(["code"], unique=True)
    db.table("handovers").create_index(["due_at"])


@migrations(name="0022_requests")
def requests(db: Database) -> None:
    """Store which question of a case each colleague is asked."""
    db.table("requests").create(
        {
            "code": str, "whom": str, "question": str, "asked_by": str, "asked_at": str,
            "answered": int,
        },
        pk=("code", "whom"),
        not_null={"question", "asked_by", "asked_at", "answered"},
        foreign_keys=[("code", "cases", "code")],
    )  # fmt: skip
    db.table("requests").create_index(["asked_at"])


@migrations(name="0023_left_by")
def left_by(db: Database) -> None:
    """Store the name of who has left a group beside each open case that they still own by name."""
    db.table("cases").add_column("left_by", str, not_null_default="")


@migrations(name="0024_asked_back")
def asked_back(db: Database) -> None:
    """Store who is asked of a group's case whether a sign that they took away is still there."""
    db.table("asked_back").create(
        {"code": str, "who": str, "at": str, "version": int, "value": str},
        pk="code",
        not_null={"who", "at", "version", "value"},
        foreign_keys=[("code", "cases", "code")],
    )


@migrations(name="0025_shown_on")
def shown_on(db: Database) -> None:
    """Store which message shows the buttons of a token, so that they can be taken off."""
    db.table("buttons").add_column("message_id", int)
    db.table("buttons").create_index(["chat", "message_id"])


@migrations(name="0026_read_lines")
def read_lines(db: Database) -> None:
    """Store what was understood of a typed line until it is confirmed."""
    db.table("read_lines").create(
        {
            "code": str, "mark": str, "at": str, "version": int, "fields": str, "denied": str,
            "unread": int, "doubts": str, "left_out": str, "remind_at": str,
        },
        pk="code",
        not_null={"mark", "at", "version", "fields", "denied", "unread", "doubts", "left_out"},
        foreign_keys=[("code", "cases", "code")],
    )  # fmt: skip
    db.table("read_lines").create_index(["remind_at"])


@migrations(name="0027_due_if_confirmed")
def due_if_confirmed(db: Database) -> None:
    """Store the MRI deadline of the emergency that a line would make of its case, for boards."""
    db.table("read_lines").add_column("due_at", str)


@migrations(name="0028_fewer_pages")
def fewer_pages(db: Database) -> None:
    """Let a tap write fewer pages: index what is looked for, and no more; store screens as lines.

    An index of the few that wait, are open or are shown is not written by what happens to others.
    """
    for name in (
        "cases_chat_status_touched_at", "cases_touched_at", "cases_open",
        "cases_status_ruleset_policy",
        "inbox_parked_received_at", "inbox_waiting", "buttons_chat_message_id",
    ):  # fmt: skip
        db.execute(f"DROP INDEX idx_{name}")
    for name, columns, of_which in (
        ("cases_chat_status", "cases (chat, status)", ""),
        ("cases_touched_at", "cases (touched_at, code)", "WHERE status <> 'closed'"),
        ("cases_closed", "cases (touched_at, code)", "WHERE status = 'closed'"),
        ("inbox_parked", "inbox (received_at)", "WHERE parked = 1"),
        ("inbox_waiting", "inbox (update_id)", "WHERE waiting = 1"),
        ("buttons_shown", "buttons (chat, message_id)", "WHERE message_id IS NOT NULL"),
    ):
        db.execute(f"CREATE INDEX idx_{name} ON {columns} {of_which}".rstrip())
    for row in list(db.query("SELECT id, screens FROM outbox")):
        try:
            screens = "\n".join(json.loads(row["screens"]))
        except (TypeError, ValueError):
            continue
        db.execute("UPDATE outbox SET screens = ? WHERE id = ?", [screens, row["id"]])


@migrations(name="0029_claimed")
def claimed(db: Database) -> None:
    """Find the reminders that were claimed lately among those of all cases."""
    db.execute(
        "CREATE INDEX idx_reminders_claimed ON reminders (claimed_at) WHERE claimed_at IS NOT NULL"
    )
