"""The look-ups in the terminal: everything listed can be typed as shown."""

import re

import pytest

from bot.service.service import Service
from tests.adapters.test_terminal import talk


def after(said: str, line: str) -> str:
    """Return what followed a line, up to the next prompt."""
    return said.partition(f"> {line}\n")[2].partition("\n> ")[0]


def test_sins_is_walked_by_typing_what_is_listed(service: Service) -> None:
    line = "/sins T6"
    for _ in range(5):
        shown = after(talk(service, line, "/quit"), line)
        line = re.findall(r"^  (/sins \S+)", shown, re.MULTILINE)[0]
    shown = after(talk(service, line, "/quit"), line)
    assert line == "/sins T6,mechanical,lytic,subluxation,ge50,bilateral"
    assert "SINS 16 of 18: unstable" in shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("/mri", "  /mri deficit 7 days  Deficit up to 7 days"),
        ("/mri sciatica", "NICE: within 24 h"),
        ("/sins", "such as /sins T11 mechanical lytic normal none"),
        ("/escc", "  /escc 3  3 !"),
        ("/tokuhashi 70 0 1 none", "  /tokuhashi 70,0,1,none,5-points  Breast, Prostate …"),
        ("/asia", "  /asia kps  KPS"),
        ("/calcium 1,98 30", "Adjusted calcium: 2.18 mmol/L"),
        ("/help calcium", "/calcium 1.98 30; [CA ALB] may be left out"),
    ],
)
def test_every_look_up_is_a_command(service: Service, line: str, shown: str) -> None:
    assert shown in after(talk(service, line, "/quit"), line)
