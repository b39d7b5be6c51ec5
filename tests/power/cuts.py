"""Cuts the power at some moment, and says what of all that was shown before is lost."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, Final

from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.power.conversing import DATABASE, Forgotten, Night, Shown

SHARES: Final = (0.0, 0.5, 0.9)  # of what was not synced, that is on the disk all the same


def points(night: Night, count: int, seed: int) -> Iterator[tuple[int, Random]]:
    """Return moments after the first message was shown, each with its chance."""
    first = next(n for n, event in enumerate(night.disk.events) if isinstance(event, Shown))
    chance = Random(seed)
    for _ in range(count):
        yield chance.randint(first + 1, len(night.disk.events)), Random(chance.random())


def losses(night: Night, cut: int, chance: Random, folder: Path) -> list[str]:
    """Cut the power before an event; return what is lost, each as a sentence."""
    night.disk.rebuild(cut, chance, chance.choice(SHARES), folder)
    before = night.disk.events[:cut]
    try:
        with closing(SqliteStore(folder / DATABASE)) as store:
            return [
                *_lost_answers(store, night, before),
                *_unmarked(store, before),
                *_lost_updates(store, night, before),
            ]
    except StoreError as error:
        return [str(error)]


def _lost_answers(store: SqliteStore, night: Night, before: list[Any]) -> Iterator[str]:
    """Say which message shows a case as it is no more, or has buttons that nobody knows."""
    for token in dict.fromkeys(each.token for each in before if isinstance(each, Shown)):
        shown = night.minted[token]
        if store.buttons.find(token) is None:
            yield f"{shown.code}: the buttons of version {shown.version} are unknown"
        case = store.cases.find(shown.code) if shown.code else None
        if shown.code and (case is None or case.version < shown.version):
            kept = case and case.version
            yield f"{shown.code}: version {shown.version} was shown, {kept} is kept"
        if case and night.cases[case.code].answers[: len(case.answers)] != case.answers:
            yield f"{case.code}: other answers are kept"


def _unmarked(store: SqliteStore, before: list[Any]) -> Iterator[str]:
    """Say which message was sent, and would be sent again without a mark."""
    sent = {each.token for each in before if isinstance(each, Shown) and each.sent}
    for row in store.outbox.queued():
        if row.token in sent and not (row.sending or row.said):
            yield f"{row.code}: row {row.id} was sent, and nothing says so"


def _lost_updates(store: SqliteStore, night: Night, before: list[Any]) -> Iterator[str]:
    """Say which update Telegram has forgotten, and the program too."""
    below = max((each.below for each in before if isinstance(each, Forgotten)), default=0)
    rows = store.database.execute("SELECT update_id FROM inbox WHERE waiting = 0")
    handled = {number for (number,) in rows}
    for number in range(night.first_update, below):
        if number not in handled:
            yield f"update {number} is forgotten by Telegram, and was not handled"
