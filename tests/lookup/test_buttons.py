"""No look-up and no list has more than nine buttons, and each says in whole words what it opens."""

import re
from collections.abc import Iterator

import pytest

from bot.lookup.drugs.drug_names import classes, names
from bot.lookup.search.chapters import chapters, offered
from bot.lookup.search.entries import entries
from bot.lookup.search.short_titles import short_title
from bot.screens.drawn_lines import FOLDED, block_lines, drawn_lines
from bot.screens.pages import in_words, page_of, split_page
from bot.screens.screen import Button, Screen, say_line
from bot.screens.time_zones import BY_REGION
from bot.service.service import Service
from tests.dialogue import ask, do, triage
from tests.lookup.test_answer_first import score_lines
from tests.paged import buttons, every_page, listed

MOST_BUTTONS = 9
LINE_PX, ROW_PX, AROUND_PX = 21, 46, 36  # as a phone draws them, roughly
CHAT_AREA_PX = 620  # of 360 by 740
LONGEST = {1: 32, 2: 20}
LONGEST_OF_THREE = 12
MOST_LEVELS = 40
MOST_OF_KPS = 13
QUESTIONS = (
    "dexamethasone before MRI",
    "denosumab",
    "spinal pain",
    "pizza recipe dialysis",
    "zxqv",
)


def look_ups() -> Iterator[str]:
    yield from score_lines()
    yield from ("/drug", "/drug zzzz", "/drug pan", "/drug buprenorphine", "/mri", "/mri xyz")
    yield from (f"/mri {row}" for row in ("cord_compression", "infection", "back pain zxqv"))
    yield from (f"/drug class {kind}" for kind in classes())
    yield from (f"/drug {name.shown}" for name in names()[::5])
    yield from (f"/ask {each}" for each in ("", *QUESTIONS, *range(1, len(offered()) + 1)))
    yield from (f"/ask #{entry.id}" for entry in [*entries("stepwise").values()][::9])


def most(screen: Screen) -> int:
    """Return how many buttons a screen may have: levels, primaries and KPS more than others."""
    asked = "\n".join(part.text for part in screen.blocks[0].lines[-1])
    if asked in (ask("level"), ask("primary")):
        return MOST_LEVELS
    return MOST_OF_KPS if screen.title.startswith("Karnofsky") else MOST_BUTTONS


def assert_tappable(screen: Screen, line: str) -> None:
    assert len(buttons(screen)) <= most(screen), line
    for row in screen.rows:
        longest = LONGEST.get(len(row), LONGEST_OF_THREE)
        assert all(len(button.label) <= longest for button in row), (line, row)
    labels = [button.label for button in buttons(screen)]
    assert len(labels) == len(set(labels)), (line, labels)
    assert height(screen) <= CHAT_AREA_PX, (line, screen.plain())


def height(screen: Screen) -> int:
    """Estimate the height of a screen with its keyboard, in pixels; what is folded stays so."""
    above = drawn_lines("\n".join(filter(None, (say_line(screen.head), screen.title))))
    shown = sum(block_lines(block) for block in screen.blocks if block.look != "fold")
    folded = FOLDED if any(block.look == "fold" for block in screen.blocks) else 0
    return (above + shown + folded) * LINE_PX + len(screen.rows) * ROW_PX + AROUND_PX


@pytest.mark.parametrize("beside", ["no case", "a case"])
def test_no_look_up_has_more_than_nine_buttons(service: Service, beside: str) -> None:
    if beside == "a case":
        triage(service, up_to="calcium", cord_signs=["weakness"], renal="haemodialysis")
    for line in look_ups():
        for screen in every_page(service, line):
            assert_tappable(screen, line)


def test_no_list_has_more_than_nine_buttons(service: Service) -> None:
    triage(service, cord_signs=["weakness", "sensory_level"], renal="haemodialysis")
    lines = ["/why", "/why U1", "/why D1", "/why N1", "/sources", "/sources CC", "/settings"]
    lines += ["/settings zone", *(f"/settings zone {region}" for region in BY_REGION)]
    lines += [f"/sources {each}" for each in ("R02", *range(1, 60))]
    for line in lines:
        for screen in every_page(service, line):
            assert_tappable(screen, line)


def test_every_open_case_is_listed_page_by_page(service: Service) -> None:
    for _ in range(20):
        do(service, "/triage", "weakness")
    pages = every_page(service, "/cases")
    assert len(pages) == 4
    for page in pages:
        assert_tappable(page, "/cases")
        assert len(page.blocks[0].lines) == len(listed([page]))
    codes = {button.does.removeprefix("resume ") for button in listed(pages)}
    assert codes == {case.code for case in service.store.cases.listed("chat", service.clock())}
    assert len(codes) == 20


def test_every_source_that_a_rule_cites_leads_to_the_rule(service: Service) -> None:
    pages = every_page(service, "/sources CC")
    rules = {button.label for button in listed(pages)} - {"Topics"}
    said = pages[0].plain().partition("Rules: ")[2].partition("\n")[0].split("; ")
    assert rules == {rule for rule in said if len(rule) <= 4} and len(rules) > 20


def test_passages_are_offered_by_words_and_not_by_numbers(service: Service) -> None:
    for question in QUESTIONS[:-1]:
        (screen,) = do(service, f"/ask {question}")
        labels = [button.label for button in buttons(screen)]
        assert len(labels) > 2
        assert not [label for label in labels if re.fullmatch(r"[\d.]+", label)]
        assert all(re.search(r"[A-Za-z]{3}", label) for label in labels)


def test_a_short_title_is_whole_words_and_alone_in_its_chapter() -> None:
    for listed_there in (chapters("stepwise")[chapter] for chapter in offered()):
        titles = [short_title(entry) for entry in listed_there]
        assert all(0 < len(title) <= 32 for title in titles)
        assert not [title for title in titles if "…" in title]
        doubled = {title for title in titles if titles.count(title) > 1}
        assert doubled <= {"eGFR"}  # asked in two places, with the same meaning


def test_a_button_says_no_dose_without_its_conditions() -> None:
    for entry in entries("stepwise").values():
        if entry.kind == "rule":
            assert " mg" not in short_title(entry)


def test_what_a_button_of_a_list_opens_can_be_typed(service: Service) -> None:
    for line in ("/ask", "/ask 2", "/ask denosumab", "/drug", "/drug opioids", "/sources", "/why"):
        for screen in every_page(service, line):
            for button in buttons(screen):
                if button.does != "look":
                    tapped = do(service, f"/{button.does}")
                    assert do(service, button.typed)[0].title == tapped[0].title, button


@pytest.mark.parametrize(
    ("typed", "split"),
    [
        ("opioid page 2", ("opioid", 2)),
        ("page 3", ("", 3)),
        ("PAGE 3", ("", 3)),
        ("", ("", 1)),
        ("front page", ("front page", 1)),
        ("page 2 of it", ("page 2 of it", 1)),
        ("webpage 2", ("webpage 2", 1)),
    ],
)
def test_the_number_of_a_page_is_read_at_the_end(typed: str, split: tuple[str, int]) -> None:
    assert split_page(typed) == split


@pytest.mark.parametrize("count", [0, 1, 8, 9, 10, 16, 17, 40])
@pytest.mark.parametrize("beside", [0, 1, 2])
def test_pages_hold_everything_once_and_no_more_than_nine_buttons(count: int, beside: int) -> None:
    everything = list(range(count))
    first = page_of(everything, 1, beside)
    seen: list[int] = []
    for number in range(1, first.last + 1):
        page = page_of(everything, number, beside)
        seen += page.shown
        assert len(page.shown) + len(page.turn("x")) + beside <= MOST_BUTTONS
    assert seen == everything
    assert page_of(everything, 99, beside).number == first.last
    assert page_of(everything, 0, beside).shown == first.shown
    if first.last > 1:
        assert first.turn("x")[0].typed == "/x page 2"
        last = page_of(everything, first.last, beside)
        assert (last.turn("x")[0].label, last.turn("x")[0].typed) == ("First page", "/x page 1")


def test_two_short_buttons_share_a_row_and_a_long_one_stands_alone() -> None:
    labels = ("Imaging", "Steroid", "Surgery", "Dexamethasone: when to start", "Teeth")
    rows = in_words(Button(label, "ask") for label in labels)
    assert [[button.label for button in row] for row in rows] == [
        ["Imaging", "Steroid"],
        ["Surgery"],
        ["Dexamethasone: when to start"],
        ["Teeth"],
    ]
