"""What PostgreSQL reports, in one line that holds no password and nothing of a patient."""

from typing import Final

from bot.database_address import Address

LOCKED: Final = "55P03"
CANCELLED: Final = "57014"
READ_ONLY: Final = "25006"
NO_CONNECTION: Final = "08006"
NOT_COMMITTED: Final = "25P02"
WRONG_VALUE: Final = "22"
AGAINST_A_KEY: Final = "23"
WRONG_STATEMENT: Final = "42"
REFUSED_BY_US: Final = "P0"  # by a function of ours
SAID: Final = {
    LOCKED: "another worker is writing",
    CANCELLED: "it took too long",
    NOT_COMMITTED: "a statement of the turn had failed",
}


class Failed(Exception):
    """A statement failed. The message has no value of a row in it, as PostgreSQL's own may."""

    def __init__(self, state: str, message: str, *, lost: bool = False) -> None:
        super().__init__(SAID.get(state) or _in_one_line(message) or "it failed")
        self.state = state
        self.lost = lost

    def about(self, what: str) -> "Failed":
        """Return the same failure, with what it is about."""
        return Failed(self.state, f"{what}: {self}", lost=self.lost)

    @property
    def is_of_what_was_given(self) -> bool:
        """Return whether the statement or its values were wrong, and the database is not."""
        return self.state[:2] in (
            WRONG_VALUE, AGAINST_A_KEY, WRONG_STATEMENT, REFUSED_BY_US,
        )  # fmt: skip


def _in_one_line(message: str) -> str:
    """Return all lines of a message, such as one for each server that was tried."""
    lines = (" ".join(line.split()) for line in message.splitlines())
    return "; ".join(filter(None, lines))


def why(address: Address, error: Exception, left: str = "nothing was changed") -> str:
    return (
        f"CORDCALL_DATABASE: {address}: {error}; {left}; "
        "allowed: a CordCall database that can be reached and written, on a disk with room"
    )
