"""Every mistake in a flow and its words that can be found before the start."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.flows.conditions import answered
from bot.flows.grammar import Choice, Flow, Moment, Node, Number, Option, Outcome, Question, Several
from bot.flows.lint import FlowError, check, find_mistakes
from bot.flows.triage import FLOW
from bot.flows.wording import FlowWords, QuestionWords

LONGEST_ASK, LONGEST_OPTION, LONGEST_HELP, LONGEST_UNKNOWN, TICK = 60, 20, 114, 12, "✓ "
SIGN = Several(id="sign", part="first", options=(Option("gait"), Option("bowel")))
DAYS = Number(
    id="days", part="first", when=answered("sign", "gait"), low=0, high=9, unit="d", picks=(0, 9)
)
LEVEL = Choice(id="level", part="second", repeated=True, options=(Option("T1"), Option("T2")))
MORE = Choice(id="more", part="second", repeated=True, options=(Option(True), Option(False)))
SINCE = Moment(id="since", part="first", past=True, picks=("1 h ago",))
END = Outcome("end")
NODES: tuple[Node, ...] = (SIGN, DAYS, LEVEL, MORE, END)
PLAIN = QuestionWords("Ask?", "Help.", "Label", {"yes": "Yes", "no": "No"}, "Not known", {})
PARTS = {"first": "First", "second": "Second"}
IDS = ("sign", "days", "level", "more", "since")


def small(*nodes: Node, **changes: Any) -> Flow:
    flow = Flow(
        id="small",
        nodes=nodes or NODES,
        urgency_settled=lambda _: False,
        repeat_from="level",
        repeat_asks="more",
        aside=(SINCE,),
    )
    return replace(flow, **changes)


def worded(question: str = "sign", **changes: Any) -> FlowWords:
    words = dict.fromkeys(IDS, PLAIN)
    return FlowWords(words | {question: replace(PLAIN, **changes)}, PARTS)


def mistakes(flow: Flow, words: FlowWords) -> list[str]:
    return list(find_mistakes(flow, words))


def with_node(node: Question) -> Flow:
    return small(*(node if each.id == node.id else each for each in NODES))


def test_a_good_flow_has_no_mistake() -> None:
    assert mistakes(small(), worded()) == []


def test_the_triage_flow_has_no_mistake() -> None:
    check(FLOW)
    assert len(FLOW.questions) > 30


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        (small(SIGN, DAYS, SIGN, LEVEL, MORE, END), "sign stands twice"),
        (small(aside=(SINCE, DAYS)), "days stands twice"),
        (
            small(SIGN, LEVEL, MORE, END, DAYS),
            "days is last but is not an outcome that always applies",
        ),
        (
            small(SIGN, DAYS, LEVEL, MORE, Outcome("end", when=answered("more", False))),
            "end is last but is not an outcome that always applies",
        ),
        (small(DAYS, SIGN, LEVEL, MORE, END), "days is first but not always asked"),
        (small(END, SIGN, DAYS, LEVEL, MORE, Outcome("last")), "end is first but not always asked"),
        (small(repeat_from="sign"), "sign bounds the repeated questions but is not a question"),
        (small(repeat_asks="days"), "days bounds the repeated questions but is not a question"),
        (
            small(repeat_asks="nowhere"),
            "nowhere bounds the repeated questions but is not a question",
        ),
        (small(repeat_asks="end"), "end bounds the repeated questions but is not a question"),
        (with_node(replace(DAYS, part="third")), "days: part third has no name"),
        (with_node(replace(DAYS, picks=(0, 9.5))), "days: a pick is out of range"),
        (with_node(replace(DAYS, picks=(-1, 9))), "days: a pick is out of range"),
        (with_node(replace(DAYS, picks=(1, 1.0))), "days: two options read the same"),
        (
            with_node(replace(DAYS, unit="days after the onset", picks=(7,))),
            "days: option '7 days after the onset' is longer than 20",
        ),
        (
            small(aside=(replace(SINCE, picks=("1 h ago", "1 H AGO")),)),
            "since: two options read the same",
        ),
        (
            small(aside=(replace(SINCE, picks=("1 h before the start", "x" * 21)),)),
            f"since: option {'x' * 21!r} is longer than 20",
        ),
        (
            with_node(replace(SIGN, options=(Option("gait"), Option("Gait")))),
            "sign: two options read the same",
        ),
        (
            with_node(replace(LEVEL, options=(Option("T1"), Option("not known")))),
            "level: two options read the same",
        ),
    ],
)
def test_a_mistake_of_the_flow_is_named(flow: Flow, said: str) -> None:
    assert mistakes(flow, worded()) == [said]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            worded(ask="a" * (LONGEST_ASK + 1)),
            f"sign: the question has {LONGEST_ASK + 1} characters, {LONGEST_ASK} fit",
        ),
        (
            worded(help="h" * (LONGEST_HELP + 1)),
            f"sign: the help line has {LONGEST_HELP + 1} characters, {LONGEST_HELP} fit",
        ),
        (worded(help=""), f"sign: the help line has 0 characters, {LONGEST_HELP} fit"),
        (
            worded("more", options={"yes": "g" * (LONGEST_OPTION + 1)}),
            f"more: option {'g' * 21!r} is longer than {LONGEST_OPTION}",
        ),
        (
            worded(options={"gait": "g" * (LONGEST_OPTION - len(TICK) + 1)}),
            f"sign: option {'g' * 19!r} is longer than 18",
        ),
        (
            worded(unknown="Nobody looked"),
            "sign: option 'Nobody looked' is longer than 12",
        ),
        (worded(label="l" * 21), "sign: the label has 21 characters, 20 fit"),
        (worded("level", label="l" * 17), "level: the label has 17 characters, 16 fit"),
        (worded(full={"bowels": "Bowel function"}), "sign: full.bowels is of no option"),
        (worded(options={"gait": "Same", "bowel": "SAME"}), "sign: two options read the same"),
        (worded(options={"gait": "NOT KNOWN"}), "sign: two options read the same"),
        (worded("more", options={"yes": "Yes", "no": "yes"}), "more: two options read the same"),
        (
            worded("since", options={"1 h ago": "an hour ago or longer"}),
            "since: option 'an hour ago or longer' is longer than 20",
        ),
        (worded("other"), "other has wording but no question"),
        (
            FlowWords({id: PLAIN for id in IDS if id != "days"}, PARTS),
            "days has no wording",
        ),
        (
            FlowWords({id: PLAIN for id in IDS if id != "since"}, PARTS),
            "since has no wording",
        ),
    ],
)
def test_a_mistake_of_the_words_is_named(words: FlowWords, said: str) -> None:
    assert mistakes(small(), words) == [said]


def test_the_longest_words_that_fit_are_no_mistake() -> None:
    words = worded(
        ask="a" * LONGEST_ASK,
        help="h" * LONGEST_HELP,
        unknown="u" * LONGEST_UNKNOWN,
        options={"gait": "g" * (LONGEST_OPTION - len(TICK))},
    )
    assert mistakes(small(), words) == []
    assert mistakes(small(), worded("more", options={"yes": "y" * LONGEST_OPTION})) == []
    assert mistakes(with_node(replace(LEVEL, options=tuple(map(Option, "abcdef")))), worded()) == []


LONG = replace(LEVEL, options=tuple(Option(f"T{n}") for n in range(1, 13)), long_list=True)


def test_only_ticks_and_a_long_list_have_more_than_nine_buttons() -> None:
    seven = tuple(Option(each) for each in "abcdefg")
    said = ["level: 7 buttons, 6 fit above the last row"]
    assert mistakes(with_node(replace(LEVEL, options=seven)), worded()) == said
    assert mistakes(with_node(LONG), worded()) == []
    assert mistakes(with_node(replace(SIGN, options=(Option("gait"), *seven))), worded()) == []


def test_rows_hold_every_button_and_every_label_fits_its_row() -> None:
    six = with_node(replace(LEVEL, options=tuple(map(Option, "abcdef"))))
    assert mistakes(six, worded("level", rows=(4, 2))) == []
    said = ["level: rows for 5 buttons, but 6 options"]
    assert mistakes(six, worded("level", rows=(3, 2))) == said
    words = worded("level", rows=(4, 2), options={"d": "Fourth one", "f": "Sixth of all"})
    said = ["level: option 'Fourth one' is longer than 8, with 4 in a row"]
    assert mistakes(six, words) == said


def test_a_long_list_stands_three_in_a_row() -> None:
    words = worded("level", options={"T1": "Unknown to me"})
    said = ["level: option 'Unknown to me' is longer than 12"]
    assert mistakes(with_node(LONG), words) == said


def test_all_mistakes_are_named_and_not_only_the_first() -> None:
    found = mistakes(small(SIGN, DAYS, LEVEL, MORE), worded("other", ask="a" * 61))
    assert found == [
        "more is last but is not an outcome that always applies",
        "other has wording but no question",
    ]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda flow: replace(flow, nodes=flow.nodes[:-1]),
        lambda flow: replace(flow, repeat_from="nowhere"),
        lambda flow: replace(flow, aside=()),
    ],
)
def test_a_flow_with_a_mistake_does_not_start(spoil: Callable[[Flow], Flow]) -> None:
    spoilt = spoil(FLOW)
    with pytest.raises(FlowError, match=r"^flow triage: \w+ ") as caught:
        check(spoilt)
    assert "\n" not in str(caught.value)
