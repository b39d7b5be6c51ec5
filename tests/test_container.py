"""The container file: what it copies and runs exists, and it runs as nobody in particular."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from bot.__main__ import app
from bot.service.service import Service
from bot.settings import ALLOWED, read_settings
from tests.adapters.telegram.conftest import server
from tests.adapters.telegram.test_health import running
from tests.botapi import BotApi

__all__ = ["server"]
ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "operations.md").read_text("utf-8")
TEXT = (ROOT / "Containerfile").read_text("utf-8")
KNOWN = (
    "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK",
    "ENTRYPOINT", "CMD",
)  # fmt: skip


def instructions() -> list[tuple[str, str]]:
    """Split the file into its instructions, as a builder does."""
    lines = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined)]


def given(word: str) -> list[str]:
    return [rest for each, rest in instructions() if each == word]


def copied() -> list[tuple[list[str], str]]:
    """Return what is copied from the folder of the build, and to where."""
    words = [rest.split() for rest in given("COPY") if not rest.startswith("--from=")]
    return [(each[:-1], each[-1]) for each in words]


def environment() -> dict[str, str]:
    return dict(each.split("=", 1) for rest in given("ENV") for each in rest.split())


def health_code() -> str:
    (check,) = given("HEALTHCHECK")
    python, option, code = json.loads(check.partition("CMD ")[2])
    assert (python, option) == ("python", "-c")
    return str(code)


def test_every_instruction_is_known_and_everything_copied_exists() -> None:
    assert {word for word, _ in instructions()} == set(KNOWN)
    for sources, _ in copied():
        for source in sources:
            assert (ROOT / source).exists(), source
    assert ".env" not in TEXT and "COPY . " not in TEXT


def test_the_base_is_a_plain_name_and_no_other_host_is_named() -> None:
    images = [rest.split()[0] for rest in given("FROM")]
    assert set(images) == {"python:3.11-slim"}
    assert not re.search(r"https?://|index-url|\.(org|com|io|net)\b", TEXT)


def test_it_runs_as_a_user_who_may_write_only_to_the_volume() -> None:
    (user,), (volume,) = given("USER"), given("VOLUME")
    assert int(user) > 0 and f"--uid {user} " in TEXT
    database = PurePosixPath(environment()["CORDCALL_DATABASE"])
    assert database.parent == PurePosixPath(volume) == PurePosixPath(given("WORKDIR")[-1])
    assert f"install -d -m 700 -o cordcall -g cordcall {volume}" in TEXT


def test_its_settings_are_allowed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = {name: value for name, value in environment().items() if name.startswith("CORDCALL_")}
    monkeypatch.chdir(tmp_path)
    for name, value in ours.items():
        assert name in ALLOWED
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.health_listen == "127.0.0.1:9110"


def test_what_it_starts_is_a_command_of_ours() -> None:
    (entry,), (default,) = given("ENTRYPOINT"), given("CMD")
    assert json.loads(entry) == ["cordcall"]
    names = {each.callback.__name__ for each in app().registered_commands if each.callback}
    assert set(json.loads(default)) <= names


async def test_its_health_check_tells_a_healthy_bot_from_none(
    server: BotApi, service: Service, unused_tcp_port: int
) -> None:
    code = health_code().replace("9110", str(unused_tcp_port))
    assert code != health_code()

    async def status() -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stderr=asyncio.subprocess.DEVNULL
        )
        return await asyncio.wait_for(process.wait(), 20)

    assert await status() == 1
    async with running(server, service, unused_tcp_port):
        assert await status() == 0


@pytest.mark.slow
def test_what_it_installs_is_the_whole_program(tmp_path: Path) -> None:
    """Install from nothing but what is copied, with the options of the file."""
    source, target = tmp_path / "src", tmp_path / "target"
    for names, into in copied():
        for name in names:
            place = source / into / (name if into.endswith("/") else "")
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place)
            else:
                shutil.copy(ROOT / name, place)
    line = next(each for each in given("RUN") if each.endswith(" ."))
    options = line.split()[2:-1]
    install = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), "."]
    subprocess.run(install, cwd=source, check=True, capture_output=True, timeout=300)
    run = [sys.executable, "-m", "bot", "assess"]
    done = subprocess.run(
        run, cwd=tmp_path, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(target)},
        input='{"cord_signs": ["gait"]}', capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert '"level":"emergency"' in done.stdout
    ours = {p.relative_to(ROOT) for room in ("bot", "state") for p in (ROOT / room).rglob("*")}
    kept = {each for each in ours if each.suffix in (".py", ".toml", ".typed")}
    assert {each for each in kept if not (target / each).is_file()} == set()


def test_the_guide_runs_it_read_only_without_rights_and_with_its_volume() -> None:
    section = GUIDE.partition("\n## In a container\n")[2].partition("\n## ")[0]
    run = next(line for line in section.splitlines() if "podman run" in line)
    for option in (
        "--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--ulimit core=0",
        f":{given('VOLUME')[0]}", "TELEGRAM_BOT_TOKEN_FILE=/run/secrets/token",
        f"uid={given('USER')[0]}", "--init",
    ):  # fmt: skip
        assert option in run, option
    assert "podman build" in section
