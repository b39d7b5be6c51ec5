"""Checks of who may use CordCall, and whom it says to call."""

from bot.access import GIVEN, Right
from bot.doctor.facts import Facts
from bot.doctor.finding import UNREAD, Finding, ok, refused, warn
from bot.refusal import Refusal
from bot.settings import NOBODY, read_owners


def members(facts: Facts) -> Finding:
    """Look whether somebody may use it, and whether whoever owns an open case still may."""
    if not facts.has_token and not facts.token_problem:
        return ok("whoever can open the terminal")
    try:
        owners = read_owners(facts.settings)
    except Refusal as error:
        return refused(error)
    if facts.settings.access == "open":
        return warn("open to everybody", "set CORDCALL_ACCESS=invite for real patients")
    if owners <= {NOBODY}:
        return warn("nobody may use it yet", "put the first id into CORDCALL_OWNERS")
    if facts.unread:
        return ok(f"owners: {len(owners)}; members {UNREAD}")
    roles = facts.looked.members if facts.looked else {}
    cases = facts.looked.open_cases if facts.looked else {}
    viewers = {who for who, role in roles.items() if GIVEN[role] < Right.CLINICIAN}
    may_have_cases = owners | roles.keys() - viewers
    said = f"owners: {len(owners)}; members: {len(roles)}, viewers among them: {len(viewers)}"
    left = sum(count for owner, count in cases.items() if owner not in may_have_cases)
    if left:
        return warn(
            f"{said}; open cases of people without a right to them: {left}",
            "somebody who may have cases takes them over with /takeover",
        )
    return ok(said)


def call(facts: Facts) -> Finding:
    """Look for the number that every emergency card shows."""
    if not facts.settings.call:
        return warn("no number to call is set", "set CORDCALL_CALL to one answered day and night")
    return ok("is set")
