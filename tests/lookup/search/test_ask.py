"""/ask: stored passages with their sources, chapters to read, and what is relevant to the case."""

import re

import pytest

from bot.incoming import Incoming, Text
from bot.logic.library import library
from bot.lookup.drawing import LONGEST_SCREEN, draw_entry
from bot.lookup.search.chapters import chapters, number_of, numbers, offered
from bot.lookup.search.entries import entries
from bot.lookup.search.for_this_case import FOR_EACH, bearing
from bot.lookup.search.search import index
from bot.screens.screen import Screen
from bot.screens.view import View
from bot.service.service import Service
from bot.turn import Turn
from state.records import Value
from tests.conftest import NOON
from tests.dialogue import WITHOUT_SYMPTOMS, do, triage
from tests.limits import assert_fits
from tests.paged import buttons, every_page, listed

ODD = (
    "<b>&zwj;</b>",
    "😀😀",
    "\u202eenihprom",
    "x" * 4000,
    "%s {0} {x}",
    "#nowhere",
    "99",
    "3.99",
)


def sentences(said: str) -> list[str]:
    return re.split(r"(?<=[.!?]) (?=[A-Z0-9])", said)


def labels(screen: Screen) -> list[str]:
    return [button.label for button in buttons(screen)]


def test_three_passages_word_for_word_with_doubt_sources_and_status(service: Service) -> None:
    (screen,) = do(service, "/ask denosumab on dialysis")
    said = screen.plain()
    best = next(each for each in library().values() if each.title == "Denosumab on dialysis")
    assert screen.title == best.title
    for sentence in sentences(best.text), sentences(f"Doubt: {best.doubt}"):
        assert all(each in said for each in sentence)
    assert f"[{', '.join(best.citations)}; {best.status}]" in said
    headings = [block.heading for block in screen.blocks if block.heading]
    assert len(headings) == 3 and headings[-1] == "Also close"


def test_every_passage_that_is_shown_is_stored(service: Service) -> None:
    (screen,) = do(service, "/ask steroid before MRI")
    known = {each.heading: each for each in entries("stepwise").values()}
    shown = [block for block in screen.blocks if block.heading in known]
    assert len(shown) == 2 and all(block.look == "fold" for block in shown)
    for block in shown:
        lines = ["".join(part.text for part in line) for line in block.lines]
        assert set(known[block.heading].lines) <= set(lines)
    for line in known[screen.title].lines:
        assert all(sentence in screen.plain() for sentence in sentences(line))


def test_a_question_that_nothing_answers_offers_the_nearest_headings(service: Service) -> None:
    (screen,) = do(service, "/ask pizza recipe dialysis")
    assert "Nothing stored here matches all of that" in screen.plain()
    opened = buttons(screen)[0]
    (entry,) = do(service, f"/{opened.does}")
    assert entry.title in screen.plain()


@pytest.mark.parametrize("typed", ODD)
def test_odd_input_gets_one_line_and_the_chapters(service: Service, typed: str) -> None:
    (screen,) = do(service, f"/ask {typed}")
    line = screen.plain().splitlines()[1]
    assert "allowed:" in line
    assert len(line) < 120
    assert labels(screen) == labels(do(service, "/ask")[0])


def test_alone_it_says_how_to_ask_and_lists_the_chapters(service: Service) -> None:
    pages = every_page(service, "/ask")
    said = "\n".join(page.plain() for page in pages)
    assert "/ask dexamethasone before MRI" in pages[0].plain()
    assert all(f"{n}  {chapter}" in said for n, chapter in enumerate(offered(), 1))
    opened = [do(service, button.typed)[0].title for button in listed(pages)]
    assert opened == list(offered())
    assert {passage.chapter for passage in library().values()} <= set(offered())


def test_every_chapter_can_be_read_from_its_first_entry_to_its_last(service: Service) -> None:
    for number, chapter in enumerate(offered(), 1):
        (listed,) = do(service, f"/ask {number}")
        assert listed.title == chapter
        read, opened = [], do(service, f"/ask {number}.1")[0]
        while True:
            read.append(opened.title)
            following = [each for each in buttons(opened) if each.label == "Next"]
            if not following:
                break
            assert "Chapters" in labels(opened)
            (opened,) = do(service, following[0].typed)
        assert read == [each.heading for each in chapters("stepwise")[chapter]]


def test_what_is_typed_for_an_entry_opens_what_its_button_opens(service: Service) -> None:
    assert len(numbers("stepwise")) == len(entries("stepwise"))
    for entry in entries("stepwise").values():
        typed, tapped = f"/ask {number_of(entry, 'stepwise')}", f"/ask #{entry.id}"
        assert do(service, typed)[0].title == do(service, tapped)[0].title == entry.heading


def test_every_screen_fits_one_message_and_one_keyboard(service: Service) -> None:
    lines = [f"/ask {number}" for number in range(1, len(offered()) + 1)]
    lines += [f"/ask {passage.title}" for passage in library().values()]
    for line in lines:
        (screen,) = do(service, line)
        assert len(screen.plain()) <= LONGEST_SCREEN, line
        assert_fits(screen)
    for entry in entries("stepwise").values():
        shown = Screen("plan", entry.heading, tuple(draw_entry(entry))).plain()
        assert len(shown) <= LONGEST_SCREEN


def test_a_rule_says_that_it_holds_only_in_some_cases(service: Service) -> None:
    (screen,) = do(service, "/ask D5")
    assert screen.title.startswith("Rule D5: Dexamethasone: stop")
    assert "applies only if" in screen.plain()


def test_what_bears_on_the_open_case_comes_first_and_says_why(service: Service) -> None:
    question = "/ask antibiotics for infection"
    (alone,) = do(service, question)
    assert "Relevant to" not in alone.plain()
    symptoms: dict[str, Value] = {"back_pain": True, "infection_signs": True}
    triage(service, **{**WITHOUT_SYMPTOMS, **symptoms}, renal="haemodialysis")
    case = service.store.cases.active("chat")
    assert case is not None
    (asked,) = do(service, question)
    assert f"Relevant to {case.code}: " in asked.plain()
    assert "rule N2" in asked.plain()
    assert "Rule N2" in asked.title
    assert asked.title != alone.title
    assert labels(asked)[-1] == f"Back to {case.code}"


def test_a_rule_that_does_not_hold_for_the_open_case_says_so(service: Service) -> None:
    do(service, "/triage", "1")
    (screen,) = do(service, "/ask stop the dexamethasone")
    code = screen.rows[-1][-1].label.removeprefix("Back to ")
    (stop,) = [block for block in screen.blocks if block.heading.startswith("Rule D5")]
    lines = ["".join(part.text for part in line) for line in stop.lines]
    assert "applies only if" in lines[0]
    assert f"Does not apply to {code} as answered." in lines
    assert not screen.title.startswith("Rule D5")
    (alone,) = [each for each in entries("stepwise").values() if each.aim == "D5"]
    first, *_ = draw_entry(alone, excluded=f"Does not apply to {code} as answered.")
    assert first.lines[0][0].text == f"Does not apply to {code} as answered."


def test_each_reason_counts_once(service: Service) -> None:
    triage(service, cord_signs=["weakness"], infection_signs=False, renal="haemodialysis")
    case = service.store.cases.active("chat")
    assert case is not None
    about = bearing(_view(service, case.code))
    steroid = next(each for each in entries("stepwise").values() if each.id == "drug:dexamethasone")
    other = next(each for each in entries("stepwise").values() if each.heading.startswith("SINS:"))
    reasons = list(about.reasons(steroid, index("stepwise")))
    assert reasons == ["haemodialysis", f"steroid decision {about.steroid}"]
    assert about.weight(steroid, index("stepwise")) == FOR_EACH**2
    assert about.weight(other, index("stepwise")) == 1


def test_asking_changes_nothing_in_the_case(service: Service) -> None:
    do(service, "/triage", "none")
    before = service.store.cases.active("chat")
    do(service, "/ask SINS", "/ask", "/ask 3")
    assert service.store.cases.active("chat") == before


def _view(service: Service, code: str) -> View:
    case = service.store.cases.find(code)
    assert case is not None
    return Turn(service.setting, service.store, Incoming("chat", "ann", Text("")), NOON).view(case)


def test_a_word_that_stands_nowhere_is_named_by_its_place_and_nothing_is_called_best(
    service: Service,
) -> None:
    said = do(service, "/ask spinal cord infarct")[0].plain()
    assert "Not found here: word 3." in said
    assert "Best first" not in said and "submitted]" not in said
    assert "Best first" in do(service, "/ask dexamethasone dose")[0].plain()


def test_a_patients_figure_in_a_rule_is_named(service: Service) -> None:
    said = do(service, "/ask potassium 6.5")[0].plain()
    assert "Potassium [value] mmol/L" in said
    assert "…" not in do(service, "/ask G12")[0].plain()


@pytest.mark.parametrize("typed", ["John Smithe 9434765919", "#smithe", "smithe recipe dialysis"])
def test_what_fits_nowhere_is_not_said_again(service: Service, typed: str) -> None:
    said = do(service, f"/ask {typed}")[0].plain().casefold()
    assert "smith" not in said and "9434" not in said
