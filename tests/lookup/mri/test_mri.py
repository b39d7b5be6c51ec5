"""/mri: every presentation under every policy, the words that find it, clocks, bad input."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.logic.assessment import assess
from bot.logic.urgency import Policy
from bot.lookup.mri import table as mri_table
from bot.lookup.mri.presentations import (
    DEFICIT_ON_BOTH_SIDES,
    PRESENTATIONS,
    WITH_CORD_SIGN,
    mri_words,
)
from bot.lookup.mri.understood import understand
from bot.screens.screen import Screen
from bot.service.service import Service
from tests.conftest import NOON, Clock
from tests.dialogue import do
from tests.lookup.conftest import Person

BUTTONS = {
    "back_pain": "Back pain",
    "radicular_pain": "Radicular pain",
    "deficit_up_to_7_days": "Deficit up to 7 days",
    "deficit_over_7_days": "Deficit over 7 days",
    "cord_compression": "Cord compression",
    "bilateral": "Bilateral/shock-like",
    "cauda_equina": "Cauda equina",
    "infection": "Infection suspected",
}
LIMITS = {  # hours: stepwise, NICE, strictest of both
    "back_pain": (336, 168, 168),
    "radicular_pain": (168, 24, 24),
    "deficit_up_to_7_days": (24, 24, 24),
    "deficit_over_7_days": (48, 24, 24),
    "cord_compression": (12, 24, 12),
    "bilateral": (12, 24, 12),
    "cauda_equina": (12, 24, 12),
    "infection": (24, 24, 24),
}
SAID = {12: "12 h", 24: "24 h", 48: "48 h", 168: "1 week", 336: "2 weeks"}
DUE = {  # from Sunday 22 November, noon
    12: "Mon 23 Nov 00:00 UTC, in 12 h",
    24: "Mon 23 Nov 12:00 UTC, in 24 h",
    48: "Tue 24 Nov 12:00 UTC, in 2 d",
    168: "Sun 29 Nov 12:00 UTC, in 7 d",
    336: "Sun 6 Dec 12:00 UTC, in 14 d",
}
POLICIES: tuple[Policy, ...] = ("stepwise", "nice", "strictest")
NAMES = ("Stepwise (Dutch)", "NICE", "Stricter of the two")


@pytest.mark.parametrize("place", range(3), ids=POLICIES)
@pytest.mark.parametrize("row", BUTTONS)
def test_a_tap_gives_the_limit_under_the_policy_and_every_guideline_beside_it(
    under: Callable[[str], Person], row: str, place: int
) -> None:
    ann = under(POLICIES[place])
    ann.types("/mri")
    said = "\n".join(screen.plain() for screen in ann.taps(BUTTONS[row]))
    hours = LIMITS[row]
    assert f"{NAMES[place]}: within {SAID[hours[place]]} – the policy here" in said
    for guideline in {0, 1} - {place}:
        assert f"{NAMES[guideline]}: within {SAID[hours[guideline]]}\n" in said
    limit = f"Suspected now: MRI within {SAID[hours[place]]}, by {DUE[hours[place]]}"
    assert said.splitlines()[1] == limit
    assert said.count("the policy here") == 1


@pytest.mark.parametrize(
    ("row", "rules", "level", "steroids", "on_dialysis"),
    [
        ("cauda_equina", "U1 U11", "EMERGENCY", "D1 D7", "G1 G2 G4 N1 D7"),
        ("cord_compression", "U1", "EMERGENCY", "D1 D7", "G1 G2 G4 N1 D7"),
        ("bilateral", "U2", "EMERGENCY", "D3 D1 D7", "G1 G2 G4 N1"),
        ("infection", "U10", "URGENT", "D6 D6", "G1 G2 N1"),
        ("deficit_up_to_7_days", "U4", "URGENT", "D3", "G1 G2 N1"),
        ("deficit_over_7_days", "U5", "URGENT", "D3", "G1 G2 N1"),
        ("radicular_pain", "U7", "SOON", "D3", "G1 G2 N1"),
        ("back_pain", "U8", "ROUTINE", "D3", "G1 G2 N1"),
    ],
)
def test_the_rules_behind_a_presentation(
    ann: Person, row: str, rules: str, level: str, steroids: str, on_dialysis: str
) -> None:
    (screen,) = ann.types(f"/mri {row}")
    assert screen.title == f"{BUTTONS[row]} · {level}"
    blocks = {block.heading: block for block in screen.blocks if block.heading}
    said = {
        heading: [line[0].text.rpartition("[")[2].partition(":")[0] for line in block.lines]
        for heading, block in blocks.items()
    }
    assert said["Why"] == rules.split()
    assert said["MRI protocol"] == ["I1", "I2", "I3"]
    assert said["On haemodialysis"] == on_dialysis.split()
    shown = [rule for heading in said if heading.startswith("Steroid") for rule in said[heading]]
    assert shown == steroids.split()
    cited = {
        source
        for heading in ("Why", "MRI protocol")
        for line in blocks[heading].lines
        for source in re.findall(r"\b(?:ART|CC|R\d+)\b", line[0].text.rpartition("[")[2])
    }
    *titles, last = [line[0].text for line in blocks["Sources"].lines]
    assert {title.partition(" ")[0] for title in titles} == cited
    assert last.endswith("review status: submitted")


def rules_under(screen: Screen, heading: str) -> list[str]:
    return [
        line[0].text.rpartition("[")[2].partition(":")[0]
        for block in screen.blocks
        if block.heading.startswith(heading)
        for line in block.lines
    ]


@pytest.mark.parametrize(
    ("words", "reasons", "steroids"),
    [
        ("weak legs fever", "U1 U10", "D6"),
        ("incontinent, septic", "U1 U11 U10", "D6"),
        ("bilateral foot drop, febrile", "U2 U10", "D6"),
        ("pain in both legs, CRP 90", "U2 U10", "D6 D6"),
        ("weak legs fever dialysis", "U1 U10", "D6"),
        ("weak legs, no fever", "U1", "D1 D7"),  # a denied fever is none
        ("weak legs, afebrile", "U1", "D1 D7"),
        ("foot drop fever", "U10", "D6 D6"),
    ],
)
def test_infection_words_beside_a_cord_sign_change_the_steroid(
    ann: Person, words: str, reasons: str, steroids: str
) -> None:
    (screen,) = ann.types(f"/mri {words}")
    assert sorted(rules_under(screen, "Why")) == sorted(reasons.split())
    assert rules_under(screen, "Steroid") == steroids.split()
    assert ("Infection is suspected here" in screen.plain()) == ("U10" in reasons)


@pytest.mark.parametrize(
    ("words", "steroids"),
    [
        ("bilateral foot drop", "D1 D7"),
        ("pins and needles both legs", "D1 D7"),
        ("numb feet", "D1 D7"),
        ("pain in both legs", "D3 D1 D7"),
    ],
)
def test_weak_or_numb_on_both_sides_is_more_than_pain(
    ann: Person, words: str, steroids: str
) -> None:
    (screen,) = ann.types(f"/mri {words}")
    assert screen.title == "Bilateral/shock-like · EMERGENCY"
    assert rules_under(screen, "Steroid") == steroids.split()
    assert assess(DEFICIT_ON_BOTH_SIDES, "stepwise", NOON).steroid.rule == "D1"


@pytest.mark.parametrize(
    ("words", "steroids"),
    [
        ("weak legs on haemodialysis", "D7 D1"),
        ("HD, weak legs", "D7 D1"),
        ("both feet numb, dialysis", "D7 D1"),
        ("weak legs, peritoneal dialysis", "D1 D7"),
        ("weak legs, not on dialysis", "D1 D7"),
        ("back pain on dialysis", "D3"),
    ],
)
def test_on_haemodialysis_the_one_call_stands_above_the_dose(
    ann: Person, words: str, steroids: str
) -> None:
    (screen,) = ann.types(f"/mri {words}")
    assert rules_under(screen, "Steroid") == steroids.split()
    shown = rules_under(screen, "Steroid") + rules_under(screen, "On haemodialysis")
    full = "who decide in that call"
    assert screen.plain().replace("\n  ", " ").count(full) == ("D7" in shown)


def test_the_limit_and_the_call_stand_before_the_dose(ann: Person) -> None:
    (screen,) = ann.types("/mri numb bum")
    said = screen.plain().replace("\n  ", " ")
    places = [
        said.index(each) for each in ("EMERGENCY", "MRI within", "Urgent meeting, now", "16 mg")
    ]
    assert places == sorted(places)
    assert (
        "First check what could still change this – signs of infection, cancer, kidney function – "
        "then: Dexamethasone (as base): 16 mg at once"
    ) in said
    assert "Whom to call" not in ann.sees("/mri back pain")


def test_the_card_of_a_weak_limb_says_when_it_is_a_deficit(ann: Person) -> None:
    one_root = "One root only, such as a foot drop? Then tap Deficit up to 7 days."
    assert one_root in ann.sees("/mri cord compression")
    assert f"A weak limb counts as a cord sign.\n{one_root}" in ann.sees("/mri weak leg")
    for both in ("weak legs", "bilateral leg weakness", "arm and leg weakness"):
        assert one_root not in ann.sees(f"/mri {both}")
    ann.types("/mri weak leg")
    (screen,) = ann.taps("Deficit up to 7 days")
    assert screen.title == "Deficit up to 7 days · URGENT"


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("/mri back pain", "MRI within 2 weeks (stepwise 2 weeks; NICE 1 week,"),
        ("/why U8", "MRI within 2 weeks (stepwise 2 weeks; NICE 1 week,"),
        ("/ask rule U8 local spinal pain", "MRI within 2 weeks (stepwise 2 weeks; NICE 1 week,"),
        ("/mri sciatica", "Root pain on one side: MRI within 1 week."),
        ("/why U7", "Root pain on one side: MRI within 1 week."),
        ("/why U5", "MRI within 48 h."),
    ],
)
def test_a_limit_is_said_as_the_card_says_it(ann: Person, line: str, limit: str) -> None:
    said = ann.sees(line)
    assert limit in said
    assert "336 h" not in said and "168 h" not in said


def test_cauda_equina_shows_four_hours_from_the_request_beside_the_deadline(ann: Person) -> None:
    (screen,) = ann.types("/mri saddle")
    lead = screen.blocks[0].lines
    assert [part.text for part in lead[1]] == [
        "Within 4 h of the request, where offered; requested now: by ",
        "Sun 22 Nov 16:00 UTC",
        ", ",
        "in 4 h",
    ]
    assert lead[1][1].unix == int(NOON.timestamp()) + 4 * 3600
    assert lead[0][1].unix == int(NOON.timestamp()) + 12 * 3600


def test_the_rows_stand_from_the_most_to_the_least_urgent() -> None:
    hours = [assess(case, "stepwise", NOON).urgency.hours or 0 for case in PRESENTATIONS.values()]
    assert hours == sorted(hours)
    assert set(PRESENTATIONS) == set(BUTTONS) == set(mri_words()["rows"])
    for row, case in WITH_CORD_SIGN.items():
        signed = assess(case, "stepwise", NOON).urgency.hours
        plain = assess(PRESENTATIONS[row], "stepwise", NOON).urgency.hours
        assert signed and plain and signed <= plain


@pytest.mark.parametrize("policy", POLICIES)
def test_the_cards_for_any_chat_have_the_same_rows_and_limits(policy: Policy) -> None:
    cards = {row: card.hours(policy) for row, card in mri_table.presentations().items()}
    assert cards == {
        row: assess(case, policy, NOON).urgency.hours for row, case in PRESENTATIONS.items()
    }


def test_every_button_is_there_and_what_is_typed_for_it_finds_the_same_row(ann: Person) -> None:
    ann.types("/mri")
    assert {button.label for button in ann.buttons} == set(BUTTONS.values())
    for button in list(ann.buttons):
        (screen,) = ann.types(button.typed)
        assert screen.title.startswith(f"{button.label} · "), button.typed


PHRASES = [
    ("foot drop 3 days", "deficit_up_to_7_days"),
    ("foot drop", "deficit_up_to_7_days"),
    ("Foot drop, 7 days", "deficit_up_to_7_days"),
    ("exactly 7 days", "deficit_up_to_7_days"),
    ("deficit exactly 7 days", "deficit_up_to_7_days"),
    ("deficit over 7 days", "deficit_up_to_7_days"),
    ("deficit within 10 days", "deficit_up_to_7_days"),
    ("deficit less than 2 weeks", "deficit_up_to_7_days"),
    ("weak leg a week", "cord_compression"),
    ("foot drop a week", "deficit_up_to_7_days"),
    ("weak leg 5-10 days", "cord_compression"),
    ("foot drop 5-10 days", "deficit_up_to_7_days"),
    ("weak leg for weeks", "cord_compression"),
    ("foot drop for weeks", "deficit_over_7_days"),  # however many, they are more than seven days
    ("weak left leg since yesterday", "cord_compression"),
    ("foot drop since yesterday", "deficit_up_to_7_days"),
    ("leg weakness 3/7", "cord_compression"),
    ("foot drop 3/7", "deficit_up_to_7_days"),
    ("weak leg 10 days, worse 2 days", "cord_compression"),
    ("foot drop 10 days, worse 2 days", "deficit_up_to_7_days"),
    ("wrist drop 36 hours", "deficit_up_to_7_days"),
    ("numbness", "deficit_up_to_7_days"),
    ("weak grip since Monday", "cord_compression"),  # a weak limb, no root named: the worse reading
    ("can't lift her foot", "deficit_up_to_7_days"),
    ("3 days", "deficit_up_to_7_days"),
    ("10 days weak leg", "cord_compression"),
    ("10 days foot drop", "deficit_over_7_days"),
    ("deficit 8 days", "deficit_over_7_days"),
    ("deficit 7.5 days", "deficit_over_7_days"),
    ("deficit > 7 days", "deficit_over_7_days"),
    ("deficit more than 7 days", "deficit_over_7_days"),
    ("7+ days foot drop", "deficit_over_7_days"),
    ("foot drop two weeks", "deficit_over_7_days"),
    ("weak arm 3/52", "cord_compression"),
    ("wrist drop 3/52", "deficit_over_7_days"),
    ("foot drop for a fortnight", "deficit_over_7_days"),
    ("numb foot 2 months", "deficit_over_7_days"),
    ("band round the chest", "bilateral"),
    ("band-like pain around chest", "bilateral"),
    ("Lhermitte", "bilateral"),
    ("Lhermitte's", "bilateral"),
    ("electric shock", "bilateral"),
    ("pain in both legs", "bilateral"),
    ("bilateral sciatica", "bilateral"),
    ("numb feet", "bilateral"),
    ("tingling in hands and feet", "bilateral"),
    ("sciatica left and right", "bilateral"),
    ("saddle", "cauda_equina"),
    ("numb saddle area", "cauda_equina"),
    ("can't pee", "cauda_equina"),
    ("can’t pee", "cauda_equina"),
    ("unable to pass water", "cauda_equina"),
    ("incontinent", "cauda_equina"),
    ("incontinant of stool", "cauda_equina"),
    ("sadle numbnes", "cauda_equina"),
    ("bladder and back pain", "cauda_equina"),
    ("urinary retention", "cauda_equina"),
    ("fever", "infection"),
    ("fevr and back pain", "infection"),
    ("CRP 90", "infection"),
    ("back pain on dialysis, CRP up", "infection"),
    ("dicitis?", "infection"),
    ("foot drop 2 weeks and fever", "infection"),
    ("legs giving way", "cord_compression"),
    ("cannot walk", "cord_compression"),
    ("can't walk", "cord_compression"),
    ("unable to stand", "cord_compression"),
    ("MSCC", "cord_compression"),
    ("?MSCC", "cord_compression"),
    ("weakness", "cord_compression"),
    ("weak legs 10 days", "cord_compression"),
    ("weakness in both legs", "cord_compression"),
    ("foot drop with brisk reflexes", "cord_compression"),
    ("unsteddy", "cord_compression"),
    ("leg has become weak", "cord_compression"),
    ("legs have become weak", "cord_compression"),
    ("parapelgic", "cord_compression"),
    ("sciatica", "radicular_pain"),
    ("siatica", "radicular_pain"),
    ("shooting arm", "radicular_pain"),
    ("shooting pain down the left arm", "radicular_pain"),
    ("leg pain 10 days", "radicular_pain"),
    ("back pain and sciatica", "radicular_pain"),
    ("back pain", "back_pain"),
    ("neck pain 3 days", "back_pain"),
    ("leg weakness", "cord_compression"),
    ("known lung cancer leg weakness", "cord_compression"),
    ("arm and leg weakness", "cord_compression"),
    ("arm and leg weak, one root", "cord_compression"),
    ("numb arm and leg", "bilateral"),  # as fast; numb limbs without a level
    ("foot drop and weak grip", "cord_compression"),
    ("weak left arm", "cord_compression"),
    ("one leg weak", "cord_compression"),
    ("cannot lift her leg", "cord_compression"),
    ("weak leg, not one root", "cord_compression"),
    ("weak leg, more than one root", "cord_compression"),
    ("weak arms, one root", "cord_compression"),
    ("bilateral leg weakness", "cord_compression"),
    ("left and right leg weakness, one root", "cord_compression"),
    ("off legs", "cord_compression"),
    ("gone off her legs", "cord_compression"),
    ("weak leg, one root", "deficit_up_to_7_days"),
    ("weakness in one root", "deficit_up_to_7_days"),
    ("weak left leg one root 10 days", "deficit_over_7_days"),
    ("bilateral foot drop", "bilateral"),
    ("pins and needles both legs", "bilateral"),
    ("BACKACHE", "back_pain"),
    ("\u202eback pain\u202c", "back_pain"),
    ("🦴 back pain", "back_pain"),
]


@pytest.mark.parametrize(("phrase", "row"), PHRASES)
def test_plain_words_find_the_row(phrase: str, row: str) -> None:
    assert understand(phrase).rows[:1] == (row,)


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("/mri back pain zxqv wvut", "Understood: Back pain. Which row is it?"),
        ("/mri sciatica zxqv", "Understood: Radicular pain. Which row is it?"),
    ],
)
def test_a_limit_of_a_week_or_more_is_not_led_by_half_a_line(
    ann: Person, line: str, understood: str
) -> None:
    (screen,) = ann.types(line)
    assert screen.blocks[0].lines[0][0].text == understood
    assert "within" not in screen.plain()
    assert len(ann.buttons) == 8
    (led,) = ann.types("/mri foot drop zxqv")
    assert led.title == "Deficit up to 7 days · URGENT"


def test_a_long_line_is_read_to_its_end(ann: Person) -> None:
    assert ann.sees("/mri back pain " + "pain " * 300 + "incontinent").startswith("Cauda equina")


@pytest.mark.parametrize(
    "line", ["back pain, denies bladder symptoms zxqv", "back pain, chronic foot drop"]
)
def test_where_it_asks_for_the_row_it_says_what_was_denied_or_not_taken(
    ann: Person, line: str
) -> None:
    said = ann.sees(f"/mri {line}")
    assert "Understood: Back pain. Which row is it?" in said
    assert "Denied in your words: bladder." in said or "of the past, is not taken" in said


def test_a_limit_of_a_day_is_led_by_half_a_line(under: Callable[[str], Person]) -> None:
    (screen,) = under("nice").types("/mri sciatica zxqv")
    assert screen.title == "Radicular pain · URGENT" and "not understood: 1" in screen.plain()


def test_a_diagnosis_to_exclude_asks_for_the_signs(ann: Person) -> None:
    assert "That is a diagnosis to exclude, not a finding: which signs are present?" in ann.sees(
        "/mri epidural haematoma?"
    )
    assert len(ann.buttons) == 8


def test_hodgkins_disease_is_no_haemodialysis() -> None:
    assert understand("HD, weak legs").on_haemodialysis
    assert not understand("HD, Hodgkin lymphoma, weak legs").on_haemodialysis


def test_the_infection_step_stands_below_the_steroid(ann: Person) -> None:
    (screen,) = ann.types("/mri weak legs fever")
    assert rules_under(screen, "Cultures and antibiotics") == ["N2"]
    assert "antibiotics at once: neurology is failing" in screen.plain().replace("\n  ", " ")
    assert "[N2:" not in ann.sees("/mri weak legs")


def test_a_slip_in_a_short_word_is_not_forgiven() -> None:
    assert understand("cerp").rows == ()
    assert understand("nack").rows == ()


def test_every_phrase_of_the_table_finds_its_row_or_a_more_urgent_one() -> None:
    order = list(PRESENTATIONS)
    for row, entry in mri_words()["rows"].items():
        for phrase in entry["named"]:
            found = understand(phrase).rows
            assert found and order.index(found[0]) <= order.index(row), phrase


def test_the_most_urgent_row_is_taken_and_the_others_are_named(ann: Person) -> None:
    said = ann.sees("/mri back pain, sciatica, 9 days foot drop")
    assert said.startswith("Deficit over 7 days")
    assert "Also in your words: Radicular pain, Back pain." in said


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("/mri foot drop", "Number of days not understood: taken as 7 or fewer."),
        ("/mri 10 days", "Days without a symptom: taken as a deficit."),
        ("/mri back pain, no fever", "Denied in your words: infection signs."),
        ("/mri back pain, chronic foot drop", "A finding with a question mark, or of the past, is"),
        ("/mri back pain zxqv wvut", "Words not understood: 2."),
        ("/mri T8 SINS 14, back pain", "A SINS total settles nothing alone"),
    ],
)
def test_what_is_doubtful_is_said(ann: Person, line: str, doubt: str) -> None:
    assert doubt in ann.sees(line)
    assert doubt not in ann.sees("/mri foot drop 3 days")


@pytest.mark.parametrize(
    "words",
    [
        "xyz",
        "<b>&amp;</b>",
        "'; DROP TABLE cases; --",
        "🙂🙂🙂",
        "\u202e\u202e\u2066",
        "x" * 4000,
        "9" * 4000,
        "9999999999 days" * 300,
        "{given} %s \\",
    ],
)
def test_bad_input_gets_one_line_and_the_eight_buttons(ann: Person, words: str) -> None:
    (screen,) = ann.types(f"/mri {words}")
    (line,) = screen.blocks[0].lines
    assert line[0].text == (
        "/mri: no presentation found in these words. No names here, please. "
        "Tap one, or type it: /mri foot drop 3 days"
    )
    assert len(ann.buttons) == 8


@pytest.mark.parametrize(
    ("now", "row", "due"),
    [
        ("2026-11-22T23:59+00:00", "cord_compression", "Mon 23 Nov 11:59 GMT, in 12 h"),
        ("2026-11-22T12:01+00:00", "cord_compression", "Mon 23 Nov 00:01 GMT, in 12 h"),
        ("2026-12-31T20:00+00:00", "deficit_up_to_7_days", "Fri 1 Jan 20:00 GMT, in 24 h"),
        ("2026-03-28T20:00+00:00", "cord_compression", "Sun 29 Mar 09:00 BST, in 12 h"),
        ("2026-10-24T20:00+00:00", "cord_compression", "Sun 25 Oct 08:00 GMT, in 12 h"),
        ("2026-03-28T22:30+00:00", "saddle", "Sun 29 Mar 03:30 BST, in 4 h"),
        ("2026-10-24T22:30+00:00", "saddle", "Sun 25 Oct 02:30 GMT, in 4 h"),
    ],
)
def test_the_deadline_is_said_in_the_hospitals_zone_over_midnight_and_summer_time(
    service: Service, clock: Clock, now: str, row: str, due: str
) -> None:
    clock.now = datetime.fromisoformat(now).astimezone(UTC)
    engine = service.setting.engine
    london = type(engine)(engine.machine, "stepwise", ZoneInfo("Europe/London"))
    there = replace(service, setting=replace(service.setting, engine=london))
    assert due in do(there, f"/mri {row}")[0].plain()


def test_the_readers_own_clock_stands_beside_the_hospitals(ann: Person) -> None:
    ann.types("/settings zone Europe/Amsterdam")
    said = ann.sees("/mri saddle")
    assert "MRI within 12 h, by Mon 23 Nov 00:00 UTC (01:00 CET for you), in 12 h" in said
    assert "requested now: by Sun 22 Nov 16:00 UTC (17:00 CET for you), in 4 h" in said


def test_an_open_case_is_left_as_it_is(ann: Person) -> None:
    ann.types("/triage")
    before = ann.service.store.cases.active("chat")
    ann.types("/mri saddle")
    ann.taps("Other presentations")
    ann.taps("Back pain")
    assert ann.service.store.cases.active("chat") == before
    ann.taps("Begin a case")
    assert "Which cord signs are new?" in ann.text
