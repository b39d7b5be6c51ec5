"""The commands of a group: who shares it, its ways, and whose each of its cases is."""

from typing import Final

from bot.access import Right
from bot.commands import alarms, enrolling, group_ways, handover, on_call, sharing
from bot.commands.traits import GROUP, Traits

IN_GROUPS: Final = (
    Traits(
        "enrol", enrolling.enrol, GROUP, "let this group share its cases", in_group=True,
        right=Right.ADMIN,
    ),
    Traits(
        "group", group_ways.group, GROUP, "the settings of this group, and to change them",
        "[SETTING]", "asks all", in_group=True,
    ),
    Traits(
        on_call.NAME, on_call.on_call, GROUP, "who is on call for this group, and until when",
        "[ROLE @NAME TIME]", "surgeon me 08:00", in_group=True,
    ),
    Traits(
        "open", sharing.open_case, GROUP, "answer a case of a group, in private", "CODE", "KES-42",
        only_looks=True, in_group=True,
    ),
    Traits(
        "have", sharing.have, GROUP, "take a case of a group: it is yours from now on", "CODE",
        "KES-42", in_group=True,
    ),
    Traits(
        "seen", alarms.seen, GROUP, "you have seen the emergency of a group", "CODE", "KES-42",
        only_looks=True, in_group=True,
    ),
    Traits(
        "coming", alarms.coming, GROUP, "you are on the way to a group's emergency", "CODE",
        "KES-42", only_looks=True, in_group=True,
    ),
    Traits(
        "handover", handover.handover, GROUP, "hand cases of a group over at the change of shift",
        "[CODE]", "KES-42", only_looks=True, in_group=True,
    ),
)  # fmt: skip
