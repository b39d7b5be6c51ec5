"""A strict Bot API server for tests: it refuses what Telegram refuses and never leaves loopback."""

from .api import TOKEN, BotApi
from .calls import Call
from .chats import Message
from .clock import Clock
from .errors import Refusal
from .faults import Fault
from .groups import Group
from .people import PersonInChat
from .queries import InlineQuery, Tap
from .quota import Counted, GroupQuota

__all__ = [
    "TOKEN",
    "BotApi",
    "Call",
    "Clock",
    "Counted",
    "Fault",
    "Group",
    "GroupQuota",
    "InlineQuery",
    "Message",
    "PersonInChat",
    "Refusal",
    "Tap",
]
