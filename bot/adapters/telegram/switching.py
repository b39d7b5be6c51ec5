"""Tells people when CordCall has gone out of use, or is back, and logs that it did."""

import structlog

from bot.service.out_of_use import announce, is_switch
from bot.service.service import Service

log = structlog.get_logger()


def announce_if_switched(service: Service, act: object) -> list[str]:
    """Tell people what has changed if this may have changed it, as `announce_switch` does."""
    return announce_switch(service) if is_switch(act) else []


def announce_switch(service: Service) -> list[str]:
    """Tell people what has changed, in the current transaction; return the chats told."""
    told = announce(service)
    if told:
        log.warning("in or out of use", out_of_use=bool(service.out_of_use), people_told=len(told))
    return told
