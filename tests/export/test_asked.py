"""What is asked for is written down whole: whoever draws it later sees the very same case."""

from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.asked import is_export, kind_asked, read_asked, write_asked
from bot.export.content import content
from bot.export.kinds import KINDS, kind_named, said
from bot.export.paper import paper_of
from bot.screens.sbar import draw_sbar
from tests.export.cases import fullest, seeded_views, shortest

SEEDS = range(30)
AS_FIELDS = 2  # every third random view is of a case as fields, without its answers


def test_a_view_is_read_as_it_was_written(engine: Engine, machine: FlowMachine) -> None:
    other = Engine(machine, "nice", ZoneInfo("Asia/Tokyo"))
    drawn = seeded_views(engine, machine, SEEDS)
    answered = [view for seed, view in zip(SEEDS, drawn, strict=True) if seed % 3 != AS_FIELDS]
    for view in (shortest(engine), fullest(engine, machine), *answered):
        file = write_asked(view, KINDS["page"])
        assert is_export(file) and kind_asked(file) is KINDS["page"]
        for reader in (engine, other):
            read = read_asked(file, reader)
            assert replace(read, standing=view.standing, zone=view.zone) == view
            assert (read.result.policy, str(read.zone)) == (view.result.policy, "UTC")
            assert content(read) == content(view)
            assert draw_sbar(read) == draw_sbar(view)


def test_another_policy_than_that_of_the_program_goes_with_it(
    engine: Engine, machine: FlowMachine
) -> None:
    asked = write_asked(shortest(Engine(machine, "nice", UTC)), KINDS["page"])
    assert read_asked(asked, engine).result.policy == "nice"


def test_what_the_reader_has_chosen_goes_with_it(engine: Engine) -> None:
    zone = ZoneInfo("Europe/Madrid")
    view = replace(shortest(engine), reader_zone=zone, role="nurse", touch=True, late=True)
    read = read_asked(write_asked(view, KINDS["data"]), engine)
    assert (read.reader_zone, read.role, read.touch, read.late) == (zone, "nurse", True, True)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found_by_its_name_and_by_its_ending(kind: str) -> None:
    found = KINDS[kind]
    assert kind_named(f" {kind.upper()} ") is kind_named(found.also[0]) is found
    assert said("what")[kind] and len(found.label) <= 17


def test_nothing_else_is_a_kind() -> None:
    assert kind_named("") is kind_named("docx") is None


@pytest.mark.parametrize(
    ("zone", "paper"),
    [
        ("UTC", "A4"), ("Europe/Berlin", "A4"), ("America/New_York", "Letter"),
        ("America/Bogota", "Letter"), ("America/Sao_Paulo", "A4"), ("Pacific/Honolulu", "Letter"),
        ("America/Argentina/Cordoba", "A4"), ("Pacific/Auckland", "A4"),
    ],
)  # fmt: skip
def test_the_paper_is_that_of_the_hospitals_zone(zone: str, paper: str) -> None:
    assert paper_of(ZoneInfo(zone)) == paper
    assert paper_of(UTC) == "A4"
