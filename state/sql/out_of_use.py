"""Whether CordCall is out of use, as stored."""

from typing import Final

from state.records import Switch
from state.sql.database import Database
from state.sql.known import Known
from state.sql.rows import Rows

_SWITCH: Final = Rows(Switch)
_KEPT: Final = f"SELECT {_SWITCH.columns} FROM out_of_use"


class OutOfUse:
    """Whether an owner took CordCall out of use, and what people were told of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = Known(database.memory, "out_of_use", self._read, whole=True)

    def kept(self) -> Switch:
        return self._known.get("")

    def keep(self, switch: Switch) -> None:
        self._database.execute(
            f"INSERT INTO out_of_use (id, {_SWITCH.columns}) VALUES (1, {_SWITCH.marks}) "
            "ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, told = excluded.told",
            _SWITCH.write(switch),
        )

    def _read(self, _: str) -> Switch:
        return _SWITCH.first(self._database.execute(_KEPT)) or Switch()
