"""What is fixed while CordCall runs: its engine, its number to call, how long it keeps what."""

from dataclasses import dataclass

from bot.conversation.engine import Engine
from state.store import Store


@dataclass(frozen=True, slots=True)
class Setting:
    """What a turn needs from outside; `out_of_use` is the operator's reason, "" if in use."""

    engine: Engine
    call: str
    retention_days: int
    audit_days: int = 365
    out_of_use: str = ""

    def why_out_of_use(self, store: Store) -> str:
        """Return why CordCall must not be used, the operator's reason first; "" if it may be."""
        return self.out_of_use or store.out_of_use.kept().reason
