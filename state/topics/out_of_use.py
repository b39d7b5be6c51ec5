"""The interface of what the store knows of CordCall being out of use."""

from typing import Protocol

from state.records import Switch


class OutOfUse(Protocol):
    """Whether an owner took CordCall out of use, and what people were told of it."""

    def kept(self) -> Switch:
        """Return what is stored; by default it is in use, and nobody was told otherwise."""

    def keep(self, switch: Switch) -> None:
        """Store it."""
