"""What is fixed while CordCall runs: its engine, its number to call, how long it keeps what."""

from dataclasses import dataclass

from bot.conversation.engine import Engine


@dataclass(frozen=True, slots=True)
class Setting:
    """What a turn needs from outside; `out_of_use` is the operator's reason, "" if in use."""

    engine: Engine
    call: str
    retention_days: int
    audit_days: int = 365
    out_of_use: str = ""
