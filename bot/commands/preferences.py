"""`/settings`: the reader's role and time zone. Neither changes what the rules say."""

from dataclasses import replace
from typing import Final

from bot.flows.button_rows import TICK, in_one_row
from bot.guidance.fixed_zones import place_instead
from bot.guidance.sections import FIRST_FOR
from bot.screens.notices import words
from bot.screens.pages import LONGEST_OF_TWO, in_words, page_of, split_page
from bot.screens.screen import Button, Screen, in_rows, text
from bot.screens.time_zones import BY_REGION, city, name_of
from bot.turn import Turn

NONE: Final = "none"
HOSPITAL: Final = "hospital"
LONGEST_GIVEN: Final = 40


def settings(turn: Turn, rest: str) -> None:
    """Show the choices made, or choose: "role nurse", "zone Europe/Amsterdam"."""
    which, _, given = rest.partition(" ")
    match which.casefold():
        case "":
            turn.screens.append(draw_settings(turn))
        case "role":
            _choose_role(turn, given.strip())
        case "zone":
            _choose_zone(turn, given.strip())
        case _:
            turn.say(words("reader")["no_such_setting"])


def draw_settings(turn: Turn) -> Screen:
    """Show the role, the zone and the policy, with buttons for what can be changed."""
    said, reader = words("reader"), turn.reader
    hospital, policy = str(turn.setting.engine.zone), turn.setting.engine.policy
    first = "; ".join(words("sections")[name] for name in FIRST_FOR.get(reader.role or "", ()))
    role = words("roles").get(reader.role or "")
    lines = (
        said["role"].format(role=role, first=first) if role else said["no_role"],
        said["zone" if reader.zone else "no_zone"].format(zone=reader.zone, hospital=hospital),
    )
    folded = (said["same_for_all"], said["policy"].format(policy=policy), said["how"])
    buttons = [
        _button(label, f"role {name}", chosen=name == reader.role)
        for name, label in words("roles").items()
    ]
    rows = [*in_words(buttons, LONGEST_OF_TWO - len(TICK))]
    rows.append((_button("No role", f"role {NONE}"), _button("Time zone", "zone")))
    blocks = (text(*lines), text(*folded, look="fold"))
    return Screen("info", "Settings", blocks, tuple(rows))


def _choose_role(turn: Turn, given: str) -> None:
    names = {
        typed.casefold(): role for role, label in words("roles").items() for typed in (role, label)
    }
    if given.casefold() not in (NONE, *names):
        turn.say(words("reader")["no_such_role"].format(allowed=", ".join(words("roles"))))
        return
    turn.choose(replace(turn.reader, role=names.get(given.casefold())))
    turn.screens.append(draw_settings(turn))


def _choose_zone(turn: Turn, given: str) -> None:
    named, number = split_page(given)
    region = next((each for each in BY_REGION if each.casefold() == named.casefold()), None)
    zone = None if given.casefold() == HOSPITAL else name_of(given[:LONGEST_GIVEN])
    place = place_instead(zone) if zone else None
    if not given:
        turn.screens.append(_draw_regions())
    elif region:
        turn.screens.append(_draw_cities(region, number, turn.reader.zone))
    elif place:
        turn.say(words("reader")["fixed_zone"].format(zone=zone, place=place))
    elif zone or given.casefold() == HOSPITAL:
        turn.choose(replace(turn.reader, zone=zone))
        turn.screens.append(draw_settings(turn))
    else:
        turn.say(words("reader")["no_such_zone"])


def _draw_regions() -> Screen:
    buttons = [_button(region, f"zone {region}") for region in BY_REGION]
    rows = [*in_rows(buttons, in_one_row([len(region) for region in BY_REGION]))]
    rows.append((_button("The hospital's", f"zone {HOSPITAL}"), _BACK))
    return Screen("info", "Settings", (text(words("reader")["regions"]),), tuple(rows))


def _draw_cities(region: str, number: int, chosen: str | None) -> Screen:
    page = page_of(BY_REGION[region], number, beside=1)
    buttons = [_button(city(zone), f"zone {zone}", chosen=zone == chosen) for zone in page.shown]
    last = (*page.turn(f"settings zone {region}"), _BACK)
    width = in_one_row([len(TICK) + len(city(zone)) for zone in BY_REGION[region]])
    rows = (*in_rows(buttons, width), last)
    return Screen("info", "Settings", (text(words("reader")["cities"]),), rows)


def _button(label: str, sets: str, *, chosen: bool = False) -> Button:
    ticked = f"{TICK}{label}" if chosen else label
    return Button(ticked, f"settings {sets}", typed=f"/settings {sets}")


_BACK: Final = Button("Back to settings", "settings", typed="/settings")
