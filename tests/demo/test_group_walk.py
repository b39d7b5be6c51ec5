"""The case of a group that is measured shows everything that a group can see."""

from __future__ import annotations

from pathlib import Path

import pytest

from .group_walk import GROUP_CARD, IN_GROUP, IN_PRIVATE, group_walk

SHOWN = {
    GROUP_CARD, f"{IN_GROUP}alarm", f"{IN_GROUP}/oncall", f"{IN_GROUP}/group",
    *(f"{IN_PRIVATE}{each}" for each in (
        "/card", "/sendto", "/sendto bob, alert", "/differs", "/handover CODE", "Bob Bach, alert",
        "Read back: Ann Abel", "read back", "Accept CODE", "ringing, alert", "/close transferred",
    )),
}  # fmt: skip


def test_the_case_of_a_group_is_played_to_its_end(tmp_path: Path) -> None:
    shown = [each for turn in group_walk(tmp_path / "group") for each in turn]
    assert {each.name for each in shown} >= SHOWN
    asked = {each.asks for each in shown if each.name == GROUP_CARD}
    assert {"cord_signs", "infection_signs", "renal", "primary", "level"} <= asked
    assert "Handed over: Ann Abel → Bob Bach" in "".join(each.message.plain for each in shown)
    assert "is yours." in next(s for s in shown if s.name.endswith("Accept CODE")).message.plain


@pytest.mark.parametrize("name", [GROUP_CARD, f"{IN_GROUP}alarm", f"{IN_PRIVATE}/card"])
def test_the_first_line_says_how_urgent_it_is(tmp_path: Path, name: str) -> None:
    shown = [each for turn in group_walk(tmp_path / "group") for each in turn]
    urgent = [each for each in shown if each.name == name and each.head]
    assert urgent
    assert all(each.message.plain.startswith("EMERGENCY · ") for each in urgent)
