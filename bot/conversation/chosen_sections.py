"""Which sections of the plan are meant by what was typed."""

from bot.conversation.replies import Notice, Reply, ShowSections
from bot.conversation.standing import Standing
from bot.flows.typed import small_number
from bot.guidance.sections import sections_of


def chosen_sections(which: str, standing: Standing) -> Reply:
    """Choose sections by number, by name or all; nothing lists them."""
    name = which.strip().casefold()
    if not name:
        return ShowSections()
    filled = sections_of(standing.assessment)
    if name == "all":
        return ShowSections(filled)
    number = small_number(name)
    if number and number <= len(filled):
        return ShowSections((filled[number - 1],))
    if name in filled:
        return ShowSections((name,))
    return Notice("no_section", f"allowed: 1 to {len(filled)}, all, {', '.join(filled)}")
