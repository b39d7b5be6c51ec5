"""Looking: where the case stands, its card, plan, answers and definitions; going back."""

from dataclasses import replace
from typing import Final

from bot.conversation.events import (
    AskedForCard,
    AskedForMore,
    AskedForPlan,
    AskedWhatItMeans,
    Edited,
    Looked,
    Looking,
    Opened,
    Outdated,
    WentBack,
    WentOn,
)
from bot.conversation.move import Advanced, Move, here
from bot.conversation.replies import (
    Ask,
    Define,
    Notice,
    RenewAlert,
    Reply,
    ShowAnswers,
    ShowCard,
    ShowMore,
    ShowSections,
)
from bot.conversation.standing import Standing
from bot.flows.typed import small_number
from bot.guidance.sections import sections_of
from bot.guidance.spoken_times import say_moment

PAGE: Final = "page "


def look(move: Move, event: Looking) -> Advanced:
    """Show what was asked for; no answer changes."""
    match event:
        case Opened():
            return open_case(move)
        case Looked():
            return resume(move)
        case Outdated(why, command):
            return move.refuse(why, command)
        case WentBack():
            return go_back(move)
        case Edited(which):
            return edit(move, which)
        case AskedForCard():
            return move.stay(ShowCard())
        case AskedForPlan(which):
            return move.stay(*choose_sections(move.before, which))
        case AskedForMore(page):
            return move.stay(ShowMore(page))
        case WentOn():
            return move.stay(ShowCard() if move.before.at_end else Ask(move.before.asked))
        case AskedWhatItMeans():
            return explain(move)


def open_case(move: Move) -> Advanced:
    """Ask the first question."""
    return move.stay(Ask(move.before.key))


def resume(move: Move) -> Advanced:
    """Show where the case stands; a closed case is reopened."""
    begun = say_moment(move.case.begun_at, move.standings.zone)
    opened = move.on(replace(move.case, status="open"))
    renewal = (RenewAlert(),) if move.case.status == "closed" else ()
    return opened.stay(*renewal, Notice("going_on", begun), *here(move.before))


def go_back(move: Move) -> Advanced:
    """Go back to the previous question; its answer stays until another is given."""
    standing, keys = move.before, move.before.trail.keys
    if standing.key == move.flow.landmarks.suspected_at:
        back = move.turn_to("")
        return back.stay(*here(back.before))
    place = keys.index(standing.key) if standing.key in keys else standing.trail.before
    if place == 0:
        return move.stay(Notice("first_question"), Ask(standing.key))
    return move.turn_to(keys[place - 1]).stay(Ask(keys[place - 1]))


def edit(move: Move, which: str) -> Advanced:
    """Go to one answer, by its number or its key; with neither, list the answers."""
    keys = move.before.trail.keys
    page = small_number(which.removeprefix(PAGE)) if which.startswith(PAGE) else 1
    if not which or page != 1:
        return move.stay(ShowAnswers(page or 1))
    number = small_number(which)
    key = keys[number - 1] if number and number <= len(keys) else which
    if key in keys or key == move.flow.landmarks.suspected_at:
        return move.turn_to(key).stay(Ask(key))
    detail = f"allowed: a number from 1 to {len(keys)}" if keys else "nothing is answered yet"
    return move.stay(Notice("not_an_answer", detail), *here(move.before))


def explain(move: Move, *first: Reply) -> Advanced:
    """Show what each option of the question means."""
    if move.before.at_end:
        return move.stay(*first, Notice("nothing_asked"), ShowSections())
    key = move.before.asked
    return move.stay(*first, Define(key), Ask(key))


def choose_sections(standing: Standing, which: str) -> tuple[Reply, ...]:
    """Choose sections of the plan by number, name or "all"; empty, or a wrong one, lists them."""
    name, _, page = f" {which.strip().casefold()}".partition(f" {PAGE}")
    name = name.strip()
    if not name:
        return (ShowSections(page=small_number(page) or 1),)
    filled = sections_of(standing.assessment)
    if name == "all":
        return (ShowSections(filled),)
    number = small_number(name)
    if number and number <= len(filled):
        return (ShowSections((filled[number - 1],)),)
    if name in filled:
        return (ShowSections((name,), small_number(page) or 1),)
    numbered = f"allowed: 1 to {len(filled)}, or all"
    wrong = Notice("no_section", numbered, by_tap="allowed: those of /plan, or /plan all")
    return (wrong, ShowSections())
