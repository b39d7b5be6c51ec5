"""The font has a glyph for every character of every text, and its licence beside it."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from tests.test_architecture import ROOT

FONTS = files("bot.export").joinpath("fonts")
NAMES = "Ärzte Łukasz Şahin Müller-Østergård Čapek Nguyễn Ñuñez Žižek Иванов Παπαδόπουλος"


def texts() -> Iterator[str]:
    for path in sorted((ROOT / "bot").rglob("*.toml")):
        yield from _strings(tomllib.loads(path.read_text("utf-8")))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


@pytest.mark.parametrize("name", ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"])
def test_the_font_has_every_character_of_every_text(name: str) -> None:
    with FONTS.joinpath(name).open("rb") as file:
        has = set(TTFont(file).getBestCmap())
    said = "".join(texts()) + NAMES
    assert len(said) > 100_000
    assert {each for each in said if ord(each) not in has and each.isprintable()} == set()


def test_the_licence_lies_beside_the_fonts() -> None:
    said = FONTS.joinpath("LICENSE").read_text("utf-8")
    assert "Bitstream" in said and "Permission is hereby granted" in said
