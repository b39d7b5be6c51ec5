"""Cases by their codes, without those that cannot be read: one must hold up no other."""

from collections.abc import Iterable, Iterator

from state.records import StoredCase
from state.store import Store, StoreError


def readable(store: Store, codes: Iterable[str]) -> Iterator[StoredCase]:
    """Yield the cases that can be read, in the order of their codes as given.

    Raises StoreError.
    """
    return (case for code in codes if (case := find_readable(store, code)))


def find_readable(store: Store, code: str) -> StoredCase | None:
    """Return a case; None if there is none, or it cannot be read.

    Raises StoreError.
    """
    try:
        return store.cases.find(code)
    except StoreError:
        raise
    except Exception:
        return None
