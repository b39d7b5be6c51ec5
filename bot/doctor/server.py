"""Checks of a server of PostgreSQL: whether workers can use it and rely on it."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Final

from bot.doctor.facts import Facts
from bot.doctor.finding import UNREAD, Finding, fail, ok, warn

if TYPE_CHECKING:
    from state.postgres.server import Server

SECONDS_OFF: Final = 10
A_WORKER_NEEDS: Final = 5  # connections at one time
LET_OWN: Final = "let it own the database and its tables"
USE_TLS: Final = "set sslmode=verify-full in CORDCALL_DATABASE, or PGSSLMODE"


def _if_reached(check: "Callable[[Server], Finding]") -> Callable[[Facts], Finding]:
    @wraps(check)
    def checked(facts: Facts) -> Finding:
        return check(facts.server) if facts.server else ok(UNREAD)

    return checked


@_if_reached
def server(there: "Server") -> Finding:
    """Look whether it takes changes, and whether its clock is right."""
    said = f"PostgreSQL {there.version}"
    if there.is_standby:
        do = "name the primary in CORDCALL_DATABASE, or all (postgresql://one,two/name)"
        return fail(f"{said}, a standby: it takes no changes", do)
    if there.is_read_only:
        do = "reset default_transaction_read_only of its database and user"
        return fail(f"{said}, told to take no changes", do)
    seconds = round(there.seconds_ahead)
    if abs(seconds) >= SECONDS_OFF:
        way = "ahead of" if seconds > 0 else "behind"
        said = f"{said}, its clock {abs(seconds)} s {way} this machine's"
        return warn(said, "synchronise both clocks: workers on others count deadlines by theirs")
    return ok(said)


@_if_reached
def rights(there: "Server") -> Finding:
    """Look whether its user may do what a worker does, and no more."""
    if not there.may_write:
        return fail("its user may not read and change every table", LET_OWN)
    if not there.owns:
        said = "its user may not free what was erased (VACUUM), nor bring tables up to date"
        return warn(said, LET_OWN)
    if there.is_superuser:
        return warn("its user may do all on the server", "use one that is no superuser")
    return ok("its user owns what it uses")


@_if_reached
def encryption(there: "Server") -> Finding:
    """Look whether others on the network can read what is sent, or pass for the server."""
    if there.tls and there.is_checked:
        return ok(f"{there.tls}, with a certificate that is checked")
    if there.is_here:
        return ok(there.tls or "needs none: the server is on this machine")
    if there.tls:
        return warn(f"{there.tls}, but another could pass for the server", USE_TLS)
    return warn("none: others on the network can read what is sent", USE_TLS)


@_if_reached
def durability(there: "Server") -> Finding:
    """Look whether what was answered outlasts a power cut, and the loss of the server."""
    if not there.is_durable:
        said = "a power cut of the server may lose what was answered"
        return fail(said, "turn its fsync and full_page_writes on")
    if not there.has_replicas:
        return ok("an answer waits for the server's disk")
    if there.commits == "local":
        said = "an answer waits for the server's disk, but for no replica"
        return warn(said, "reset synchronous_commit of its database and user")
    if not there.replicas:
        said = "an answer waits for replicas, and none is connected: nothing is confirmed"
        return fail(said, "see `docs/region.md`, The replica is lost")
    return ok(f"an answer waits for replicas; connected: {there.replicas}")


@_if_reached
def connections(there: "Server") -> Finding:
    """Look whether another worker could connect."""
    said = f"{there.left} more are possible"
    if there.left < A_WORKER_NEEDS:
        said = f"{said}, and a worker needs {A_WORKER_NEEDS}"
        return warn(said, "raise max_connections, or the limit of its user or database")
    return ok(said)
