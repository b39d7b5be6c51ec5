"""`/why`: the answers, the rule and its sources, for the open case or for any rule."""

from itertools import chain, groupby
from textwrap import shorten
from typing import Final

from bot.conversation.machine import Step
from bot.flows.grammar import Flow
from bot.guidance.reasons import ASSUMED_FROM, MOST_NAMED, Unexplained, every_rule
from bot.guidance.spoken_times import say_moment
from bot.guidance.texts import LIMIT, Guidance, guidance, open_figures, say, sources
from bot.logic.assessment import assess_later
from bot.logic.case_input import shown_id
from bot.logic.figures import say_hours
from bot.logic.fired_rule import Fired
from bot.logic.urgency import HOURS, Policy
from bot.screens.answer_first import first_sentences, folded
from bot.screens.case_row import CASE
from bot.screens.citing import cite_in_full, say_review
from bot.screens.notices import words
from bot.screens.pages import in_words, page_of, split_page
from bot.screens.screen import Button, Screen, text
from bot.screens.view import View
from bot.turn import Turn

SHORT: Final = 4
MOST_ON_PAGE: Final = 5  # with More
MOST_OF_RULE: Final = 68
OPEN_FIGURE: Final = "…"


def why(turn: Turn, which: str) -> None:
    """Show why a rule fired; with none named, list every rule that fired in the open case.

    Raises Unexplained if the turn does not carry the reasons for the rule.
    """
    case = turn.load()
    view = turn.view(case) if case else None
    named, number = split_page(which)
    entry = find_rule(named)
    if entry:
        behind = _answers_behind(turn, entry.id, view) if view else ()
        turn.show(draw_rule(entry, view, turn.setting.engine.policy, behind))
    elif named:
        turn.say(
            words("trust")["no_such_rule"].format(given=shown_id(which, "/why"), allowed=allowed())
        )
    elif view:
        turn.show(draw_rules(view, number))
    else:
        turn.say(words("trust")["name_a_rule"].format(allowed=allowed()))


def _answers_behind(turn: Turn, rule: str, view: View) -> tuple[str, ...]:
    if rule not in every_rule(view.result):
        return ()
    if turn.reasons is None or not turn.reasons.belong_to(rule, view.result):
        now = view.now.astimezone(view.zone)
        raise Unexplained(rule, assess_later(view.result, now))
    return turn.reasons.answers


def find_rule(which: str) -> Guidance | None:
    """Find a rule by its id, ignoring case; "NICE" is the call that NICE asks for."""
    named = which.strip().casefold()
    return next(
        (e for e in guidance().values() if named in (e.id.casefold(), label(e).casefold())), None
    )


def label(entry: Guidance) -> str:
    """Return the short name of a rule: its id, or for a pathway and for NICE its name."""
    return entry.id if len(entry.id) <= SHORT else entry.name


def allowed() -> str:
    """Name every rule, abbreviating those of one letter to the first and the last."""
    ids = [entry.id for entry in guidance().values() if len(entry.id) <= SHORT]
    ids = sorted(ids, key=lambda each: each.rstrip("?0123456789"))
    groups = [list(group) for _, group in groupby(ids, lambda each: each.rstrip("?0123456789"))]
    spans = (
        group[0] if len(group) == 1 else f"{group[0]} to {max(group, key=_number)}"
        for group in groups
    )
    return ", ".join((*spans, "NICE", "or a pathway by its name"))


def draw_rules(view: View, number: int = 1) -> Screen:
    """List the rules that fired in a case, page by page, each with a button."""
    page = page_of(
        [*every_rule(view.result).values()], number, beside=len(_BACK), most=MOST_ON_PAGE
    )
    lines = [shortly(each) for each in page.shown]
    blocks = (text(words("trust")["choose_a_rule"], look="help"), text(*lines, look="list"))
    rows = in_words(_rule_button(guidance()[each.id]) for each in page.shown)
    return Screen("plan", f"{view.case.code} · Why", blocks, (*rows, (*page.turn("why"), *_BACK)))


def shortly(fired: Fired) -> str:
    """Say a rule in a few words: urgency and steroid as on the card, others by their start."""
    entry = guidance()[fired.id]
    card = entry.card(fired) if entry.topic in ("urgency", "steroid") else None
    said = f"{label(entry)}: {(card or say(fired)).removeprefix(f'{entry.name}: ')}"
    return shorten(said, MOST_OF_RULE, placeholder=" …")


def draw_rule(
    entry: Guidance, view: View | None, policy: Policy, behind: tuple[str, ...] = ()
) -> Screen:
    """Draw one rule: when it fires, the answers behind it, what it says, sources, review."""
    fired = every_rule(view.result).get(entry.id) if view else None
    blocks = [text(entry.when, heading="When it fires")]
    if view and fired:
        blocks.append(text(*_answers(view, entry.id, behind), heading="In this case", look="list"))
        first, rest = first_sentences(say(fired, view.zone))
        blocks.append(text(first, heading="What it says"))
        blocks += folded((text(*filter(None, (rest,))),))
    else:
        if view:
            blocks.append(text(words("trust")["does_not_fire"].format(code=view.case.code)))
        lines = (_filled(sentence, entry.id, policy) for sentence in entry.every_sentence)
        first, rest = first_sentences(next(lines))
        blocks.append(text(first, heading="What it can say"))
        blocks += folded((text(*filter(None, (rest, *lines))),))
    cited = chain.from_iterable(cite_in_full(sources()[each]) for each in entry.citations)
    blocks.append(text(*cited, heading="Sources", look="fold"))
    blocks.append(text(say_review(entry), look="fold"))
    code = f"{view.case.code} · " if view else ""
    rows = ((Button("Every rule", "why", typed="/why"), *_BACK),) if view else ()
    return Screen("plan" if view else "info", f"{code}Why {label(entry)}", tuple(blocks), rows)


def _answers(view: View, rule: str, behind: tuple[str, ...]) -> list[str]:
    """Say the answers behind a rule; for an assumed one, what is not known."""
    if rule in ASSUMED_FROM:
        return [words("trust")["not_known"].format(label=view.label(field)) for field in behind]
    steps = view.standing.trail.steps
    lines = [
        f"{view.label(step.key)}: {view.answer(step.question, step.value)}"
        for step in steps
        if _sets(step, view.flow) & set(behind)
    ]
    if "opened_at" in behind:
        lines.append(f"Clock: since {say_moment(view.result.opened_at, view.zone)}")
    if max(len(lines), len(behind)) > MOST_NAMED:
        lines = [*lines[:MOST_NAMED], "and others"]
    return lines or [words("trust")["from_nothing"]]


def _sets(step: Step, flow: Flow) -> set[str]:
    """Name the fields that an answer sets, those of a lesion with its number."""
    if step.question.repeated:
        return {step.key}
    lesions = {"lesions"} if step.key == flow.landmarks.lesions_seen else set[str]()
    return lesions | set(step.question.sets(step.value))


def _filled(sentence: str, rule: str, policy: Policy) -> str:
    """Fill in the limit of the policy; any other figure depends on the case."""
    hours = HOURS[policy].get(rule)
    limit = OPEN_FIGURE if hours is None else say_hours(hours)
    return sentence.format_map(dict.fromkeys(open_figures(sentence), OPEN_FIGURE) | {LIMIT: limit})


def _rule_button(entry: Guidance) -> Button:
    return Button(label(entry), f"why {entry.id}", typed=f"/why {label(entry)}")


def _number(rule: str) -> int:
    return int("".join(each for each in rule if each.isdigit()))


_BACK: Final = (CASE,)
