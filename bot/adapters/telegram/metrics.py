"""The figures of the health endpoint as JSON and in Prometheus' text format: no ids, no chats."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.adapters.telegram.counts import KINDS, Counts
from bot.incoming import TERMINAL
from bot.service.service import Service
from state.store import StoreError

LONGEST_SILENCE_S: Final = 90.0  # a poll takes at most 40 s, the pause after a failure 30 s
LONGEST_WAIT_S: Final = 300.0
LEVELS: Final = ("emergency", "urgent", "soon", "routine", "no_mri", "")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store says at a moment: what waits, open cases by urgency, reminders due."""

    out_of_use: bool
    waiting: int
    oldest_s: float
    open_cases: Mapping[str, int]
    reminders_due: int


def read_kept(service: Service) -> Kept:
    """Read the store. Raises StoreError if it cannot be read."""
    now, store = service.clock(), service.store
    waiting, since = store.outbox.waiting(besides=TERMINAL)
    return Kept(
        bool(service.out_of_use),
        waiting,
        max(0.0, (now - since).total_seconds()) if since else 0.0,
        store.cases.open_levels(besides=TERMINAL),
        store.reminders.count_due(now, besides=TERMINAL),
    )


async def health(service: Service, counts: Counts, *, polls: bool) -> dict[str, Any]:
    """Judge the health. Telegram's silence counts only while this worker polls.

    `joined_workers` is there only if it is false.
    """
    writable, kept, silence = True, None, counts.seconds_since_heard()
    workers = service.store.workers
    try:
        await service.store.wait_for_others()
        service.store.require_writable()
        kept = read_kept(service)
    except StoreError:
        writable = False
    hears = not (polls and workers.leads) or (silence is not None and silence < LONGEST_SILENCE_S)
    prompt = kept is not None and kept.oldest_s < LONGEST_WAIT_S
    return {
        "ok": writable and hears and prompt and workers.works,
        "last_poll_seconds" if polls else "last_webhook_seconds": _rounded(silence),
        "database_writable": writable,
        "outbox_oldest_seconds": _rounded(kept.oldest_s) if kept else None,
        "out_of_use": kept.out_of_use if kept else None,
        **({} if workers.works else {"joined_workers": False}),
    }


def metrics(service: Service, counts: Counts) -> str:
    """Write the metrics; without a store that can be read, those that need none."""
    try:
        kept = read_kept(service)
    except StoreError:
        kept = None
    return "".join(f"{line}\n" for line in _lines(service, counts, kept))


def _lines(service: Service, counts: Counts, kept: Kept | None) -> Iterator[str]:
    now, workers = service.clock(), service.store.workers
    yield from _one("updates_total", "counter", "Updates from Telegram", counts.updates)
    yield from _one("answers_total", "counter", "Messages sent or edited", counts.answers)
    failures = {f'kind="{kind}"': counts.failures[kind] for kind in KINDS}
    yield from _each("send_failures_total", "counter", "Calls that failed, by kind", failures)
    yield from _one("floods_total", "counter", "Times that Telegram answered 429", counts.floods)
    silence = counts.seconds_since_heard()
    if silence is not None:
        about = "Seconds since Telegram answered a poll or posted an update"
        yield from _one("heard_age_seconds", "gauge", about, _rounded(silence))
    yield from _one("time_seconds", "gauge", "The clock of the program", int(now.timestamp()))
    about = "1 while the database can be read"
    yield from _one("database_readable", "gauge", about, int(kept is not None))
    about = "Workers on the database, as far as this one knows"
    yield from _one("workers", "gauge", about, workers.count)
    yield from _one("leads", "gauge", "1 if this worker reminds and polls", int(workers.leads))
    if kept is None:
        return
    yield from _one("out_of_use", "gauge", "1 while it must not be used", int(kept.out_of_use))
    yield from _one("outbox_waiting", "gauge", "Answers that wait to be sent", kept.waiting)
    oldest = _rounded(kept.oldest_s)
    yield from _one("outbox_oldest_seconds", "gauge", "How long the oldest has waited", oldest)
    levels = {f'urgency="{name or "none"}"': kept.open_cases.get(name, 0) for name in LEVELS}
    yield from _each("open_cases", "gauge", "Open cases by the urgency last shown", levels)
    yield from _one("reminders_due", "gauge", "Reminders due and not sent", kept.reminders_due)


def _one(name: str, kind: str, about: str, value: float | None) -> Iterator[str]:
    yield from _head(name, kind, about)
    yield f"cordcall_{name} {value}"


def _each(name: str, kind: str, about: str, values: Mapping[str, int]) -> Iterator[str]:
    yield from _head(name, kind, about)
    for label, value in values.items():
        yield f"cordcall_{name}{{{label}}} {value}"


def _head(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP cordcall_{name} {about}."
    yield f"# TYPE cordcall_{name} {kind}"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
