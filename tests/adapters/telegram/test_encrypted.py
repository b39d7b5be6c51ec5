"""The real program with a key: a case over Telegram survives a kill, and its files hold no word."""

from pathlib import Path

import pytest

from state.key import read_key, write_new_key
from state.sqlite.copies import backup
from tests.adapters.telegram.test_conversation import card_of
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi
from tests.faults.steps import EMERGENCY, PATIENCE
from tests.state.encrypted import codes, log_of, readable

STATUS_REFUSED = 2


@pytest.mark.slow
async def test_a_case_survives_a_kill_and_no_file_can_be_read(tmp_path: Path) -> None:
    for name in ("keys", "data"):
        (tmp_path / name).mkdir()
    file, other = tmp_path / "keys" / "key", tmp_path / "keys" / "other"
    database = tmp_path / "data" / "cordcall.db"
    for each in (file, other):
        write_new_key(each, database)
    key = read_key(file, database)
    async with BotApi() as server:
        ann = server.private_chat(1001, "Ann")
        encrypted = {"CORDCALL_PLAINTEXT": "", "CORDCALL_KEY_FILE": str(file)}
        program = CordCall(server, tmp_path / "data", **encrypted)
        await program.start()
        ann.taps(await card_of(ann), "Gait or balance")
        await ann.sees(EMERGENCY, PATIENCE)
        backup(database, tmp_path / "data" / "copy.db", key=key)
        await program.kill()
        assert log_of(database).stat().st_size > 0
        for each in (database, log_of(database), tmp_path / "data" / "copy.db"):
            assert readable(each) == []
        for wrong in ({"CORDCALL_PLAINTEXT": "accept"}, {"CORDCALL_KEY_FILE": str(other)}):
            stranger = CordCall(server, tmp_path / "data", **{"CORDCALL_PLAINTEXT": "", **wrong})
            await stranger.start()
            assert await stranger.ends(PATIENCE) == STATUS_REFUSED
            assert stranger.refusals()[-1].startswith(f"cordcall: CORDCALL_DATABASE: {database}")
        await program.start()
        ann.types("/help")
        await ann.sees("About CordCall", PATIENCE)
        assert await program.stop() == 0
        assert program.trouble() == []
    assert len(codes(database, key)) == 1
