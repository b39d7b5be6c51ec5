"""`/why`, `/sources` and `/version`: from the answer to the rule to the source."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.commands import why
from bot.commands.registry import COMMANDS
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.guidance import texts
from bot.guidance.reasons import Reasons, Unexplained, answers_behind, every_rule
from bot.guidance.ruleset import ruleset_hash
from bot.guidance.texts import guidance, sources
from bot.incoming import Command, Incoming
from bot.logic.assessment import Assessment, assess, assess_later
from bot.logic.case import Case
from bot.logic.review import text_hash
from bot.logic.urgency import Policy
from bot.review.pathway_pages import entries, pages
from bot.screens.citing import say_review
from bot.screens.screen import Screen
from bot.screens.view import View
from bot.service.service import Service
from tests.commands.test_notes import at_work
from tests.conftest import NOON, Clock, stored_case
from tests.conversation.paths import Chance
from tests.dialogue import answer, do, triage
from tests.docs import PATHWAYS
from tests.limits import assert_fits
from tests.paged import every_page, listed
from tests.service.test_service import CHAT, active_code

STRANGE = ("x" * 4000, "<b>&amp;</b>", "😀", "\u202eU1", "U99", "R07", "'; DROP TABLE cases")


def only(screens: list[Screen]) -> Screen:
    assert len(screens) == 1
    return screens[0]


def drawn_rule(rule: str, view: View) -> str:
    behind = answers_behind(rule, view.result)
    return why.draw_rule(guidance()[rule], view, "stepwise", behind).plain()


def test_why_lists_every_rule_that_fired_and_opens_each(service: Service) -> None:
    triage(
        service,
        cord_signs=["weakness", "sensory_level"],
        radicular_pain="none",
        back_pain=True,
        infection_signs=False,
        renal="haemodialysis",
    )
    pages = every_page(service, "/why")
    assert {page.title for page in pages} == {f"{active_code(service)} · Why"}
    lines = "\n".join(page.plain() for page in pages).split("\n")
    assert "U1: Cord sign: suspected cord compression" in lines
    assert any(line.startswith("D7: Dexamethasone: one call first") for line in lines)
    assert any(line.startswith("NICE: phone the cord-compression") for line in lines)
    opened = [button.does for button in listed(pages) if button.does != "card"]
    assert len(opened) == len(set(opened)) > 20
    assert "why U1" in opened and "why await_mri" in opened
    for does in opened:
        screen = only(do(service, f"/{does}"))
        assert "When it fires" in screen.plain()
        assert "Sources" in screen.plain()
        assert_fits(screen)


def test_why_says_answer_rule_sentence_sources_and_review(service: Service) -> None:
    do(service, "/triage", "1,3")
    said = only(do(service, "/why u1")).plain().split("\n")
    assert said[said.index("In this case") + 1] == "Cord signs: Limb weakness, Sensory level"
    assert said[said.index("When it fires") + 1] == guidance()["U1"].when
    assert said[said.index("What it says") + 1].startswith("Cord sign: suspected cord compression.")
    assert "MRI within 12 h" in said[said.index("What it says") + 1]
    assert "https://www.droracle.ai/articles/795558" in said
    assert any(line.startswith("R02: Wervelmetastasen") and "2015" in line for line in said)
    assert said[-1] == "Review: submitted since 26 Nov 2026."


def test_why_of_an_assumed_rule_names_what_is_not_known(service: Service) -> None:
    do(service, "/triage", "not examined")
    said = only(do(service, "/why U3?")).plain().split("\n")
    assert said[said.index("In this case") + 1] == "Cord signs: not known"


def test_why_of_a_rule_about_lesions_shows_their_answers(
    engine: Engine, machine: FlowMachine
) -> None:
    case = stored_case()
    answers = {"mri": "done", "lesions_seen": "some", "escc.1": "3", "primary": "melanoma"}
    for key, value in ({"cord_signs": [], "cancer": "known"} | answers).items():
        case = case.with_answer(key, value, "ann", NOON)
    view = View(case, engine.stand(case, NOON), FLOW, NOON, engine.zone, "")
    drawn = drawn_rule("T-I4", view)
    assert "Primary: Melanoma" in drawn
    assert "ESCC (lesion 1): 3" in drawn
    assert "Cancer: " not in drawn.partition("In this case")[2].partition("What it says")[0]
    assert "Lesions: Yes, one or more" in drawn_rule("I4", view)


def test_why_names_a_dozen_answers_and_says_that_there_are_others(engine: Engine) -> None:
    case = stored_case()
    lesion = {"escc": "2", "pain": "mechanical", "bone": "lytic", "alignment": "deformity"}
    lesion |= {"collapse": "lt50", "posterolateral": "bilateral"}
    answers: dict[str, Any] = {"cord_signs": ["gait"], "mri": "done", "lesions_seen": "some"}
    for number in (1, 2, 3):
        answers |= {f"level.{number}": f"L{number}"}
        answers |= {f"{name}.{number}": value for name, value in lesion.items()}
        answers |= {f"another_level.{number}": number < 3}
    for key, value in answers.items():
        case = case.with_answer(key, value, "ann", NOON)
    view = View(case, engine.stand(case, NOON), FLOW, NOON, engine.zone, "")
    lines = drawn_rule("T-I1", view).split("\n")
    listed = lines[lines.index("In this case") + 1 : lines.index("What it says")]
    assert len(listed) == 13
    assert all("(lesion " in line for line in listed[:-1])
    assert listed[-1] == "and others"


@pytest.mark.slow
def test_why_shows_the_answers_that_it_found(engine: Engine, machine: FlowMachine) -> None:
    for seed in range(4):
        case = stored_case()
        for step in machine.replay(Chance(seed), "stepwise").steps:
            case = case.with_answer(step.key, step.value, "ann", NOON)
        view = View(case, engine.stand(case, NOON), FLOW, NOON, engine.zone, "")
        for rule in every_rule(view.result):
            drawn = drawn_rule(rule, view)
            nothing = "It also fires when nothing has been answered." in drawn
            assert nothing == (answers_behind(rule, view.result) == ()), (seed, rule)


def test_why_of_an_overdue_deadline_names_the_clock(service: Service, clock: object) -> None:
    do(service, "/triage", "1")
    clock.pass_by(hours=13)  # type: ignore[attr-defined]
    assert "Clock: since Sun 22 Nov 12:00 UTC" in only(do(service, "/why W1")).plain()


def test_the_reasons_are_worked_out_with_no_transaction_open(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    triage(
        service,
        cord_signs=["weakness", "sensory_level"],
        infection_signs=False,
        renal="haemodialysis",
    )
    open_while_working_out = list[bool]()

    def watched(*given: Any) -> Assessment:
        open_while_working_out.append(service.store.database.connection.in_transaction)
        return assess(*given)

    monkeypatch.setattr("bot.guidance.reasons.assess", watched)
    assert "Cord signs: Limb weakness, Sensory level" in only(do(service, "/why U1")).plain()
    assert set(open_while_working_out) == {False}


def test_the_reasons_are_those_of_the_present(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(service, "/triage", "1")
    clock.pass_by(hours=5)
    moments = set[datetime]()

    def watched(case: Case, policy: Policy, now: datetime) -> Assessment:
        moments.add(now)
        return assess(case, policy, now)

    monkeypatch.setattr("bot.guidance.reasons.assess", watched)
    assert "Cord signs: Limb weakness" in only(do(service, "/why U1")).plain()
    assert moments == {clock.now}


def test_reasons_of_another_case_are_not_taken(service: Service) -> None:
    do(service, "/triage", "1")
    case = at_work(service)
    result = service.setting.engine.stand(case, NOON).assessment
    reasons = Reasons("U1", result, ("cord_signs",))
    assert reasons.belong_to("U1", result)
    assert reasons.belong_to("U1", assess_later(result, NOON + timedelta(seconds=1)))
    assert not reasons.belong_to("U8", result)
    answer(service, infection_signs=False)
    with pytest.raises(Unexplained), service.store.turn():
        service.do(Incoming(CHAT, "ann", Command("why", "U1")), reasons)
    assert service.store.outbox.queued(CHAT) == []


def test_why_of_a_rule_that_did_not_fire_says_so(service: Service) -> None:
    do(service, "/triage", "1")
    drawn = only(do(service, "/why G4")).plain()
    assert f"It does not fire in {active_code(service)}." in drawn
    assert "In this case" not in drawn


def test_without_a_case_any_rule_is_explained_and_none_is_asked_for(service: Service) -> None:
    drawn = only(do(service, "/why D1"))
    assert drawn.kind == "info"
    assert "16 mg at once" in drawn.plain()
    assert "MRI within 12 h" in only(do(service, "/why U1")).plain()
    assert "total …, adjusted … mmol/L (under …)" in only(do(service, "/why B3")).plain()
    assert "No case is open here" in only(do(service, "/why")).plain()


@pytest.mark.parametrize("typed", STRANGE)
@pytest.mark.parametrize("command", ["why", "sources"])
def test_what_is_unknown_gets_one_line_with_what_is_allowed(
    service: Service, command: str, typed: str
) -> None:
    if (command, typed) == ("sources", "R07"):
        return
    screen = only(do(service, f"/{command} {typed}"))
    (line,) = screen.plain().split("\n")[1:]
    assert "allowed: " in line and len(line) < 360
    assert "\u202e" not in line
    assert not screen.rows


def test_every_span_that_is_allowed_exists() -> None:
    for first, last in re.findall(r"([\w-]+) to ([\w-]+)", why.allowed()):
        assert why.find_rule(first) and why.find_rule(last)
        beyond = re.sub(r"\d+$", lambda found: str(int(found[0]) + 1), last)
        assert why.find_rule(beyond) is None


def test_every_rule_fits_with_and_without_a_case(engine: Engine, machine: FlowMachine) -> None:
    trails = (machine.replay(Chance(seed), "stepwise") for seed in range(300))
    fullest = max(trails, key=lambda t: len(every_rule(assess(t.facts.case, "stepwise", NOON))))
    case = stored_case()
    for step in fullest.steps:
        case = case.with_answer(step.key, step.value, "ann", NOON)
    view = View(case, engine.stand(case, NOON), FLOW, NOON, engine.zone, "")
    assert len(every_rule(view.result)) > 45
    assert_fits(why.draw_rules(view))
    for entry in guidance().values():
        assert_fits(why.draw_rule(entry, None, "nice"))
        fires = entry.id in every_rule(view.result)
        behind = answers_behind(entry.id, view.result) if fires else ()
        assert_fits(why.draw_rule(entry, view, "nice", behind))
        assert "{" not in why.draw_rule(entry, None, "nice").plain()


def test_every_rule_says_in_words_when_it_fires() -> None:
    for entry in guidance().values():
        assert 6 < len(entry.when) <= 240, entry.id
        assert entry.when[0].isupper() and entry.when.endswith("."), entry.id
        assert "_" not in entry.when and "{" not in entry.when, entry.id


def test_the_condition_never_stands_among_what_a_rule_says() -> None:
    for entry in guidance().values():
        assert entry.when not in entry.sentences.values()
        assert "when" not in entry.sentences


def test_a_review_says_since_when(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = dict(entries("steroid.toml")["D1"])
    day = {"status": "approved", "approved_on": date(2026, 12, 1)}
    good = texts._read("D1", "steroid", raw | day | {"approved": text_hash(raw)})
    old = texts._read("D1", "steroid", raw | day | {"approved": "0" * 12})
    assert say_review(good) == "Review: approved on 1 Dec 2026, with this wording."
    assert say_review(old) == (
        "Review: submitted. It was approved on 1 Dec 2026, but its wording has changed since."
    )


def test_the_pages_of_sources_show_every_cited_source_and_fit(service: Service) -> None:
    first = only(do(service, "/sources 1"))
    last = int(re.findall(r"1/(\d+)", first.title)[0])
    shown = ""
    for number in range(1, last + 1):
        page = only(do(service, f"/sources {number}"))
        assert_fits(page)
        shown += page.plain()
    cited = {source for entry in guidance().values() for source in entry.citations}
    assert [source for source in cited if f"{source} {sources()[source].title}" not in shown] == []
    assert "allowed" in only(do(service, f"/sources {last + 1}")).plain()


def test_pages_lead_to_each_other_and_to_each_source(service: Service) -> None:
    topics = only(do(service, "/sources"))
    does = {button.label: button.does for row in topics.rows for button in row}
    page = only(do(service, f"/{does['Steroid']}"))
    assert page.title.endswith("Steroid")
    buttons = {button.label: button.does for row in page.rows for button in row}
    assert {"Page before", "Next page", "Topics", "R07"} <= set(buttons)
    assert only(do(service, f"/{buttons['R07']}")).title == "Source R07"
    assert "Imaging" in only(do(service, f"/{buttons['Page before']}")).title


def test_one_source_names_every_rule_that_cites_it(service: Service) -> None:
    for source in sources():
        drawn = only(do(service, f"/sources {source.lower()}"))
        assert_fits(drawn)
        citing = [entry for entry in guidance().values() if source in entry.citations]
        line = next((x for x in drawn.plain().split("\n") if x.startswith("Rules: ")), "Rules: ")
        assert line.removeprefix("Rules: ").split("; ") == [why.label(e) for e in citing] or [""]
    drawn = only(do(service, "/sources R07")).plain()
    assert "Rules: D1; D3; D5; D8; D9" in drawn
    assert "Drugs: Dexamethasone" in drawn


def test_version_says_which_rules_these_are(service: Service) -> None:
    said = only(do(service, "/version")).plain()
    assert f"rule hash {ruleset_hash()}" in said
    assert "Policy: stepwise" in said
    assert re.search(r"Texts: \d+ submitted, 0 under review, 0 approved", said)


def test_a_look_up_changes_no_case(service: Service) -> None:
    do(service, "/triage", "1")
    before = service.store.cases.active("chat")
    do(service, "/why", "/why U1", "/sources", "/version", "/settings")
    assert service.store.cases.active("chat") == before


def test_the_pathway_pages_are_fresh() -> None:
    written = {path.name: path.read_text("utf-8") for path in PATHWAYS.iterdir()}
    assert written == pages()


def test_every_rule_is_on_one_page_with_its_hash() -> None:
    text = "".join(pages().values())
    for topic in {entry.topic for entry in guidance().values()}:
        for rule, raw in entries(f"{topic}.toml").items():
            heading = rf"^## {re.escape(rule)}(?: \(|$)"
            assert len(re.findall(heading, text, re.MULTILINE)) == 1, rule
            assert f"`{text_hash(raw)}`" in text
            assert raw["when"] in text


def test_the_commands_are_in_the_help(service: Service) -> None:
    said = only(do(service, "/help")).plain()
    for name in ("why", "sources", "version", "settings"):
        assert f"/{name}" in said
        does = COMMANDS[name].does
        assert f"{does[0].upper()}{does[1:]}." in only(do(service, f"/help {name}")).plain()
