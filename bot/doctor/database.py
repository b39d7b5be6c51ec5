"""Checks of the database: whole, encrypted, erased in time, and not taken out of use."""

from datetime import timedelta
from typing import Final

from bot.doctor.facts import Facts
from bot.doctor.finding import UNREAD, Finding, fail, ok, refused, warn
from bot.refusal import Refusal
from bot.service.keeping import WAIT_AFTER_A_JUMP
from bot.settings import require_encryption
from state.sql.version import SCHEMA_VERSION

GRACE: Final = timedelta(days=2)  # the bot erases every hour while it runs
RESTORE: Final = "restore a backup, see `docs/operations.md`, Restore"
NO_DATABASE: Final = "there is none yet"


def database(facts: Facts) -> Finding:
    """Look whether the database is whole, ours, and of a version that this program knows."""
    if facts.key_problem:
        return fail("is not looked at: its key cannot be read", "see `key`")
    if facts.database_problem:
        wrong, _, allowed = facts.database_problem.partition("; allowed: ")
        do = f"allowed: {allowed}" if allowed else RESTORE
        return fail(wrong.partition("; nothing was changed")[0], do)
    looked = facts.looked
    if looked is None:
        return ok(f"{NO_DATABASE}: {facts.settings.database}")
    if looked.damage:
        return fail(f"is damaged: {looked.damage}", RESTORE)
    if not looked.is_ours:
        return fail("is another program's", "set CORDCALL_DATABASE to CordCall's own")
    if looked.schema > SCHEMA_VERSION:
        return fail(f"has schema {looked.schema}, newer than this program", "install its version")
    if looked.schema < SCHEMA_VERSION:
        said = f"has schema {looked.schema}; the next start migrates it to {SCHEMA_VERSION}"
        return warn(said, "back it up before the start")
    state = "is whole" if facts.is_in_file else "can be read"
    return ok(f"{state}; open cases: {sum(looked.open_cases.values())}")


def key(facts: Facts) -> Finding:
    """Look whether what is stored is encrypted, with a key that is private and kept apart."""
    if facts.key_problem:
        return refused(Refusal(facts.key_problem))
    if facts.key:
        if facts.encrypted is False:
            return fail("one is set, but the database is not encrypted", "`cordcall key encrypt`")
        if facts.database_problem:
            return ok("one is set; whether it is the database's is not known")
        if facts.plain_copies:
            beside = ", ".join(facts.plain_copies)
            return warn(f"beside the database and not encrypted: {beside}", f"shred -u {beside}")
        return ok("one is set" if facts.encrypted is None else "the database is encrypted")
    if not facts.is_in_file and (facts.settings.plaintext or not facts.has_token):
        return ok("is for a file: whoever runs the server encrypts its disks")
    if facts.encrypted:
        do = "set CORDCALL_KEY_FILE to its key"
        return fail("none is set, but the database is encrypted, or no database", do)
    if facts.has_token:
        try:
            require_encryption(facts.settings)
        except Refusal as error:
            return refused(error)
    do = "keep it and its backups on an encrypted disk, or set CORDCALL_KEY_FILE"
    return warn("the database is not encrypted", do)


def retention(facts: Facts) -> Finding:
    """Look whether closed cases are erased when they should be."""
    if facts.unread:
        return ok(UNREAD)
    days = facts.settings.retention_days
    said = f"closed cases are erased after {days} days"
    looked = facts.looked
    if looked and looked.jumped_at and facts.now - looked.jumped_at < WAIT_AFTER_A_JUMP:
        return warn(f"{said}, but nothing is for a day: the clock jumped", "check the clock")
    oldest = looked.oldest_closed if looked else None
    if oldest and facts.now - oldest > timedelta(days=days) + GRACE:
        kept = (facts.now - oldest).days
        return warn(f"{said}, but one is {kept} days old", "start the bot: it erases every hour")
    return ok(said)


def use(facts: Facts) -> Finding:
    """Look whether CordCall is out of use."""
    if facts.settings.out_of_use:
        return warn("out of use by CORDCALL_OUT_OF_USE", "remove it and restart when it is safe")
    if facts.unread:
        return ok(UNREAD)
    if facts.looked and facts.looked.out_of_use:
        return warn("an owner took CordCall out of use", "/inuse puts it back when it is safe")
    return ok("is in use")
