"""Goes through the open cases in parts, last used first: nobody waits longer than for one part."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from bot.service.service import Service
from state.records import OpenCase, Place
from state.store import StoreError

CASES_READ_TOGETHER: Final = 50
SECONDS_A_PART: Final = 0.01


@dataclass(frozen=True, slots=True)
class Part:
    """A part's result: where the next one begins (None after the last), chats to wake, errors."""

    place: Place | None
    chats: tuple[str, ...]
    failed: tuple[Exception, ...]


def do_part(
    service: Service,
    place: Place,
    is_meant: Callable[[OpenCase], bool],
    do: Callable[[Service, str], str | None],
) -> Part:
    """Do something with the next cases that are meant, in the current transaction.

    `do` gets a case's code and returns the chat to wake, if any. A case that fails is left as it
    is, and holds up no other.
    """
    chats, failed = list[str](), list[Exception]()
    ends = perf_counter() + SECONDS_A_PART
    page = service.store.cases.open_after(place, CASES_READ_TOGETHER)
    for each in page:
        if is_meant(each):
            try:
                with service.store.part():
                    chat = do(service, each.code)
            except StoreError:
                raise
            except Exception as error:
                failed.append(error)
            else:
                chats += [chat] if chat else []
        if perf_counter() >= ends or each is page[-1]:
            return Part(each.place, tuple(chats), tuple(failed))
    return Part(None, (), ())
