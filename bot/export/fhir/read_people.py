"""Reads who the people of a case are, from the one place of a bundle that says so."""

import re
from dataclasses import dataclass
from typing import Final, Self

from bot.export.fhir.elements import PERSON, words
from bot.export.fhir.taking import Element, element, elements, refused, text

MOST_PEOPLE: Final = 500
PERSON_ID: Final = re.compile(r"[a-z0-9_-]{1,40}", re.ASCII)
GROUP_ID: Final = re.compile(r"-\d{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReadPeople:
    """The ids of the people of a case, by their numbers from 1."""

    ids: tuple[str, ...]

    @classmethod
    def of(cls, provenance: Element) -> Self:
        """Read everybody. Raises Refusal for what is no id, or an id that is given twice."""
        ids = list[str]()
        for agent in elements(provenance, "agent"):
            identifier = element(element(agent.get("who"), "who").get("identifier"), "who")
            who = text(identifier, "value")
            if text(identifier, "system") != PERSON or not PERSON_ID.fullmatch(who):
                raise refused("who", who, "the id of a person")
            ids.append(who)
        if len(ids) != len({*ids}) or len(ids) > MOST_PEOPLE:
            raise refused("people", f"{len(ids)}", f"each once, at most {MOST_PEOPLE}")
        return cls(tuple(ids))

    def who(self, display: str) -> str:
        """Return the id of somebody named in a bundle: "person 2", "AB, person 2"."""
        alone = re.escape(words("people")["alone"]).replace(r"\{number\}", r"([1-9]\d{0,3})")
        found = re.fullmatch(rf"(?:.{{1,20}}, )?{alone}", display)
        if not found or int(found[1]) > len(self.ids):
            raise refused("who", display, "one of the people of the case")
        return self.ids[int(found[1]) - 1]
