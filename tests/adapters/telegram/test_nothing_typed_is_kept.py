"""What a person types by mistake is in no message, no file of the real program and no log."""

from pathlib import Path

import pytest

from tests.adapters.telegram.test_conversation import card_of
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi
from tests.faults.steps import PATIENCE

TYPED = (
    "/resume 9434765919", "/settings Smythe", "/settings role Smythe", "/settings zone Smythe",
    "/Smythe", "/called Smythe", "/undo Smythe", "/takeover 9434765919", "/ask steroid Smythe",
    "/close Smythe", "/help Smythe", "/Smythe@example_bot 9434765919", "Smythe 9434765919",
)  # fmt: skip
NEVER = ("smythe", "9434765919")


@pytest.mark.slow
async def test_a_name_typed_after_a_command_leaves_no_trace(tmp_path: Path) -> None:
    async with BotApi() as server:
        ann = server.private_chat(1001, "Ann")
        program = CordCall(server, tmp_path, CORDCALL_LOG_LEVEL="DEBUG")
        await program.start()
        await card_of(ann)
        for line in TYPED:
            ann.types(line)
        ann.types("/version")
        await ann.sees("Policy: stepwise", PATIENCE)
        await program.kill()
        said = "".join(str(call.params.values) for call in server.calls)
        kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        names = {file.name for file in tmp_path.iterdir()}
    assert {"cordcall.db", "cordcall.db-wal", "log"} <= names
    assert "nobody on the list" in said and "no such setting" in said
    everything = said.casefold() + kept.decode("utf-8", "replace").casefold()
    assert [each for each in NEVER if each in everything] == []
