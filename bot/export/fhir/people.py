"""The people of a case: numbered in its bundle, named by what stands in one place of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from bot.conversation.alarm import COMING, SEEN
from bot.export.fhir.elements import words
from bot.screens.view import View
from state.groups import Colleague, is_group
from state.records import HANDED_OVER, StoredCase

ABOUT_PEOPLE: Final = (HANDED_OVER, SEEN, COMING)  # lines of the time line whose detail is a person


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who did something in a case, its owner first."""

    view: View
    ids: tuple[str, ...]

    @classmethod
    def of(cls, view: View) -> Self:
        return cls(view, tuple(dict.fromkeys(_named(view.case))))

    def say(self, who: str) -> str:
        """Name somebody: "person 2", in a group with the initials that it sees."""
        initials = self.view.by(who)
        said = words("people")["in_group" if initials else "alone"]
        return said.format(number=self.ids.index(who) + 1, initials=initials)

    def reference(self, who: str) -> dict[str, Any]:
        return {"display": self.say(who)}


def without_names(view: View) -> View:
    """Return a view in which whoever is named has initials in place of a name: "A B".

    A bundle goes where nobody asked its people.
    """
    people = view.colleagues
    if people is None:
        return view
    return replace(view, colleagues={who: _initials_alone(each) for who, each in people.items()})


def _initials_alone(person: Colleague) -> Colleague:
    initials = " ".join(each for each in person.initials if each.isprintable())
    return replace(person, name=initials)


def _named(case: StoredCase) -> Iterator[str]:
    yield case.owner
    if not is_group(case.chat):
        yield case.chat
    yield from (each.who for each in case.answers)
    for entry in case.timeline:
        yield entry.who
        if entry.kind in ABOUT_PEOPLE and entry.detail:
            yield entry.detail
