"""Every look-up shows its answer in five lines as drawn, folds the rest, and loses nothing."""

import re
from collections.abc import Callable, Iterator
from itertools import product, takewhile

import pytest

from bot.logic.drugs import drugs
from bot.logic.urgency import POLICIES
from bot.lookup.drawing import draw_entry, draw_static, draw_whole
from bot.lookup.drugs.drug_names import names
from bot.lookup.mri.presentations import PRESENTATIONS
from bot.lookup.scores.sins import sins_score
from bot.lookup.scores.tokuhashi import tokuhashi_score
from bot.lookup.search.entries import Entry, entries
from bot.screens.answer_first import first_sentences, fitting
from bot.screens.drawn_lines import block_lines, drawn_lines
from bot.screens.screen import Block, Screen, say_line, text
from bot.service.service import Service
from tests.dialogue import do
from tests.lookup.conftest import Person

MOST_LINES = 5
MORE_FOR_A_DOUBT = 2
Blocks = tuple[Block, ...]
ENTRIES = tuple(entries("stepwise").values())


def answer(blocks: Blocks) -> Blocks:
    """Return what is shown above the fold; below it everything is folded."""
    shown = tuple(takewhile(lambda block: block.look != "fold", blocks))
    assert all(block.look == "fold" for block in blocks[len(shown) :])
    return shown


def lines_of(blocks: Blocks) -> list[str]:
    return [say_line(line) for block in blocks for line in block.lines]


def height(blocks: Blocks) -> int:
    return sum(map(block_lines, answer(blocks)))


def sentences(said: str) -> list[str]:
    return re.split(r"(?<=[.!?]) (?=[A-Z0-9])", said)


def test_lines_that_fit_are_taken_and_the_rest_is_kept() -> None:
    lines = ("MRI", "x " * 40, "CT", "y " * 60)
    assert fitting(lines) == (lines[:3], lines[3:])
    assert fitting(lines, 0) == (lines[:1], lines[1:])
    assert fitting(lines, 0, least=0) == ((), lines)
    assert fitting(lines, 0, least=4) == (lines, ())


def test_a_text_is_split_between_sentences_alone() -> None:
    said = "Give 2.5 mg (e.g. by mouth). 3 doses at most. Then ask."
    assert first_sentences(said, 0) == (
        "Give 2.5 mg (e.g. by mouth).",
        "3 doses at most. Then ask.",
    )
    assert first_sentences(said) == (said, "")
    for entry in ENTRIES:
        for most, line in product(range(6), entry.lines):
            first, rest = first_sentences(line, most)
            assert f"{first} {rest}".strip() == line
            assert drawn_lines(first) <= most or first == sentences(line)[0]


@pytest.mark.parametrize("id", drugs())
def test_a_drugs_dose_and_what_to_give_instead_come_first(service: Service, id: str) -> None:
    row = drugs()[id]
    (screen,) = do(service, f"/drug {id}")
    shown = answer(screen.blocks)
    first, *others = lines_of(shown)
    assert first in (row.dose, f"Give instead: {row.instead}")
    assert height(screen.blocks) <= MOST_LINES or (not others and drawn_lines(first) > MOST_LINES)
    if row.instead:
        assert f"Give instead: {row.instead}" in lines_of(shown)
    for said in (row.dose, row.instead, row.why, *row.citations):
        assert said in screen.plain()


def test_every_name_of_a_drug_has_its_answer_above_the_fold(service: Service) -> None:
    for name in names():
        (screen,) = do(service, f"/drug {name.shown}")
        asks_which = screen.kind == "info"
        lines = lines_of(answer(screen.blocks))
        assert height(screen.blocks) <= MOST_LINES or len(lines) == 1 or asks_which, name.shown


def test_how_a_misspelt_drug_was_read_is_above_the_fold(service: Service) -> None:
    (screen,) = do(service, "/drug zomtea")
    assert "Read as: Zometa." in lines_of(answer(screen.blocks))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("row", PRESENTATIONS)
def test_the_mri_limit_is_the_first_line(
    under: Callable[[str], Person], policy: str, row: str
) -> None:
    (screen,) = under(policy).types(f"/mri {row}")
    assert height(screen.blocks) <= MOST_LINES
    assert re.match(
        r"Suspected now: MRI within \d+ (h|weeks?), by .* UTC, in ", lines_of(screen.blocks)[0]
    )


@pytest.mark.parametrize(
    ("words", "caution"),
    [
        ("foot drop 3 days", ""),
        ("foot drop 3 days, no fever", "Denied in your words: infection signs."),
        ("foot drop zxqv", "Words not understood: 1."),
        ("foot drop, no fever zxqv", "Words not understood: 1."),
        ("back pain, no fever", "Denied in your words: infection signs."),
    ],
)
def test_what_could_make_it_more_urgent_is_never_folded(
    ann: Person, words: str, caution: str
) -> None:
    """Two cautions may take more than five lines: safety words are the exception."""
    (screen,) = ann.types(f"/mri {words}")
    shown = lines_of(answer(screen.blocks))
    assert "MRI within" in shown[0]
    assert any(caution in line for line in shown[1:]) or not caution
    assert height(screen.blocks) <= MOST_LINES or len(shown) > 2


@pytest.mark.parametrize("words", ["weak legs, no fever zxqv", "numb bum, no fever zxqv wvut"])
def test_doubts_of_an_emergency_leave_the_answer_five_lines(ann: Person, words: str) -> None:
    (screen,) = ann.types(f"/mri {words}")
    assert "EMERGENCY" in screen.title
    assert height(screen.blocks) <= MOST_LINES
    assert "Words not understood" in screen.plain() and "Denied in your words" in screen.plain()


def score_lines() -> Iterator[str]:
    """Yield the scores from the first item to the last, with each answer at its turn."""
    for command, score in (("sins", sins_score()), ("tokuhashi", tokuhashi_score())):
        first = [str(item.offered[0].value) for item in score.items]
        last = [str(item.offered[-1].value) for item in score.items]
        for given in (first, last, ["?"] * len(first)):
            for many in range(len(given) + 1):
                yield f"/{command} {','.join(given[:many])}"
    for grade in ("", "0", "1a", "1b", "1c", "2", "3"):
        yield f"/escc {grade}"
    for grade in ("", *"ABCDE"):
        yield f"/asia {grade}"
    for grade in ("", *range(5)):
        yield f"/asia ecog {grade}"
    for grade in ("", *range(10, 101, 10)):
        yield f"/asia kps {grade}"
    kidneys = ("", " dialysis", " pd", " kidneys failing", " normal kidneys", " egfr 22")
    for calcium, albumin, told in product(
        ("1.61", "1.78", "1.98", "2.3", "2.7", "3.1"), ("", " 20", " 30", " 45"), kidneys
    ):
        yield f"/calcium {calcium}{albumin}{told}"
    yield from ("/calcium", "/calcium 1.2", "/calcium 1.2 ionised", "/calcium 4.6", "/mri", "/drug")


def test_a_score_says_its_answer_in_five_lines(ann: Person) -> None:
    for line in score_lines():
        (screen,) = ann.types(line)
        assert height(screen.blocks) <= MOST_LINES, f"{line}\n{screen.plain()}"


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("/sins T11 mechanical lytic normal none none", "SINS 8 of 18: potentially unstable"),
        ("/sins T11", "SINS 3–18 of 18: stable to unstable"),
        ("/tokuhashi 70 1 1 none lung D", "Revised Tokuhashi 7 of 15: under 6 months"),
        ("/escc 3", "Cord compressed; no CSF left around it. High grade."),
        ("/calcium 1.98 30", "Adjusted calcium: 2.18 mmol/L"),
        ("/calcium 1.98", "Calcium 1.98 mmol/L. Albumin, in g/L?"),
    ],
)
def test_the_result_is_the_first_line(ann: Person, line: str, first: str) -> None:
    (screen,) = ann.types(line)
    assert lines_of(screen.blocks)[0] == first


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("1.78 30", "Kidneys failing or dialysis: dangerously low – ECG, monitor, ionised calcium"),
        ("1.78 30", "Otherwise: low (under 2.10)"),
        ("1.98 30 dialysis", "Kidneys – Haemodialysis: low (under 2.20)"),
        ("2.3 40", "Whatever the kidneys: no rule on calcium fires"),
        ("2.8 40 dialysis", "Kidneys – Haemodialysis: high (over 2.65)"),
        ("3.1 40", "Whatever the kidneys: dangerously high – ionised calcium now, treat today"),
    ],
)
def test_what_a_calcium_means_is_above_the_fold(ann: Person, line: str, meaning: str) -> None:
    (screen,) = ann.types(f"/calcium {line}")
    assert any(shown.startswith(meaning) for shown in lines_of(answer(screen.blocks)))


@pytest.mark.parametrize("grade", "ABCDE")
def test_an_asia_grade_that_is_an_emergency_says_so_in_its_title(ann: Person, grade: str) -> None:
    (screen,) = ann.types(f"/asia {grade}")
    assert screen.title.endswith("EMERGENCY") == (grade != "E")


def test_no_sentence_of_an_entry_is_lost() -> None:
    for entry in ENTRIES:
        doubt = f"Doubt: {entry.doubt}" if entry.doubt else ""
        said = (*entry.lines, *entry.notes, doubt)
        for blocks in (tuple(draw_entry(entry)), (draw_whole(entry),)):
            shown = "\n".join(lines_of(blocks))
            assert all(part in shown for line in said for part in sentences(line)), entry.id
            assert all(citation in shown for citation in entry.citations)


def room_for(entry: Entry) -> int:
    """Return the lines an entry may take: five, or more for one sentence or a doubt."""
    caution = 2 if entry.kind == "rule" else 0
    first = sentences(entry.lines[0])[0] if len(entry.lines) == 1 else entry.lines[0]
    doubt = MORE_FOR_A_DOUBT if entry.doubt else 0
    return max(MOST_LINES + doubt, caution + drawn_lines(first) + bool(entry.doubt))


def test_an_entry_says_its_text_in_five_lines_unless_one_sentence_is_longer() -> None:
    over = 0
    for entry in ENTRIES:
        for blocks in (tuple(draw_entry(entry)), draw_static(entry).blocks):
            assert height(blocks) <= room_for(entry), entry.id
        over += height(tuple(draw_entry(entry))) > MOST_LINES
    assert over < len(ENTRIES) / 5


def test_a_doubt_is_begun_or_pointed_to_above_the_fold() -> None:
    for entry in ENTRIES:
        shown = lines_of(answer(tuple(draw_entry(entry))))
        doubted = any(line.startswith(("Doubt: ", "In doubt: see below.")) for line in shown)
        assert doubted == bool(entry.doubt), entry.id
        if "In doubt: see below." in shown:
            below = tuple(draw_entry(entry))[len(answer(tuple(draw_entry(entry)))) :]
            assert lines_of(below)[0].startswith("Doubt: ")


def test_a_rule_of_the_plan_says_above_the_fold_that_it_may_not_apply() -> None:
    for entry in ENTRIES:
        if entry.kind == "rule":
            assert "applies only if" in lines_of(answer(tuple(draw_entry(entry))))[0]
            excluded = "Does not apply to KES-42 as answered."
            shown = tuple(draw_entry(entry, excluded=excluded))
            assert lines_of(answer(shown))[0] == excluded
            assert any("applies only if" in line for line in lines_of(shown))


@pytest.mark.parametrize("question", ["dexamethasone before MRI", "denosumab", "gadolinium"])
def test_the_best_passage_is_the_answer(ann: Person, question: str) -> None:
    (screen,) = ann.types(f"/ask {question}")
    best = next(entry for entry in ENTRIES if entry.heading == screen.title)
    assert lines_of(screen.blocks)[0].startswith(sentences(best.lines[0])[0])
    assert height(screen.blocks) <= MOST_LINES + MORE_FOR_A_DOUBT


def test_folded_blocks_follow_each_other() -> None:
    screen = Screen("plan", "X", (text("a"), text("b", look="fold"), text("c", look="fold")))
    assert height(screen.blocks) == 1
    with pytest.raises(AssertionError):
        answer((text("b", look="fold"), text("c")))
