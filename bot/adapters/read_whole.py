"""What is read as it was typed, though a name or a number in it looks like a patient's."""

from datetime import date

from bot.access import Access, Right
from bot.commands.group_ways import names_call
from bot.commands.members import names_member
from bot.commands.on_call import beside_colleague
from bot.incoming import Incoming
from state.groups import is_group


def is_read_whole(incoming: Incoming, access: Access, today: date) -> bool:
    """Return whether it names a member or a number to call, by an admin, or a colleague on call.

    What is typed beside a colleague must identify nobody.
    """
    from bot.identifiers.identifiers import leave_out

    if names_member(incoming) or (is_group(incoming.chat) and names_call(incoming)):
        return access.may(incoming.who, Right.ADMIN)
    beside = beside_colleague(incoming, access)
    return beside is not None and not leave_out(beside, today).left_out
