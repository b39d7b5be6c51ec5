"""What is worked out once: a property of a frozen object, or a function of the same arguments."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Generic, Self, TypeVar, cast, overload

MOST_REMEMBERED: Final = 1024

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class once(Generic[T]):
    """A property that is worked out when it is first asked for, and kept with its object.

    As `functools.cached_property`, without the lock that it takes before Python 3.12.
    """

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...

    @overload
    def __get__(self, owner: object, kind: type) -> T: ...

    def __get__(self, owner: object | None, kind: type) -> Self | T:
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._work_out(owner)
        return value


def remembered(function: F) -> F:
    """Remember what a function returned for its newest arguments, and return that again."""
    return cast(F, lru_cache(MOST_REMEMBERED)(function))
