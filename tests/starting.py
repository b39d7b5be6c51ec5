"""What a start does in parts, all at once."""

from bot.service.redrawing import redraw_part
from bot.service.service import Service
from bot.service.taking_over import take_over_part
from state.records import FIRST_PLACE, Place


def redraw_all(service: Service) -> None:
    """Redraw every open card."""
    with service.store.turn() as store:
        store.redraws.keep(FIRST_PLACE)
        while store.redraws.place():
            assert redraw_part(service).failed == ()


def take_over_all(service: Service) -> None:
    """Reassess every open case that was assessed otherwise."""
    place: Place | None = FIRST_PLACE
    with service.store.turn():
        while place:
            part = take_over_part(service, place)
            assert part.failed == ()
            place = part.place
