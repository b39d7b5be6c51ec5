"""The look-ups: search and inline cards over the whole library, and their start-up cost."""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bot.logic.library import library
from bot.lookup.drugs.drug_names import find, names
from bot.lookup.inline_cards import inline_cards
from bot.lookup.search.entries import entries
from bot.lookup.search.search import Index, index
from tests.bench.table import Figure, median_ms, print_table, seconds

ROOT = Path(__file__).parents[2]
MOST_MS = 5.0
MOST_GROWTH = 0.1
STARTS = 11
TYPED = (
    "dex before mri", "sins", "denosumab on HD", "hameodialysis heparin", "how soon mri",
    "calciphylaxsis", "zometa creatinine limit", "radiotherapy schedule short prognosis",
    "paralysis 24 hours surgery", "gado", "qwertz asdf", "steroid",
)  # fmt: skip
WITH = "from bot.__main__ import main; main()"
WITHOUT = f"import sys; sys.modules.update({{'bot.lookup': None, 'rapidfuzz': None}}); {WITH}"


def measure() -> None:
    """Print the table of the look-ups."""
    built = seconds(lambda: Index(tuple(entries("stepwise").values())), 1)[0] * 1000
    asked = [*TYPED, *(passage.title for passage in library().values())]
    called = [name.shown for name in names()]
    figures = [
        _median(
            "search", [t for q in asked for t in seconds(lambda q=q: index("nice").search(q), 5)]
        ),
        _median(
            "inline cards",
            [t for q in asked for t in seconds(lambda q=q: inline_cards(q, "nice"), 5)],
        ),
        _median(
            "a drug by name", [t for n in called for t in seconds(lambda n=n: find(f"{n}x"), 1)]
        ),
        Figure(
            f"index of {len(entries('nice'))} entries, built once", f"{built:.0f} ms", "-", True
        ),
        _start(),
    ]
    print_table("lookup", figures)


def _median(what: str, took: list[float]) -> Figure:
    median = median_ms(took)
    slowest = max(took) * 1000
    measured = f"{median:.2f} ms (slowest {slowest:.1f})"
    return Figure(f"{what}, median", measured, f"< {MOST_MS:.0f} ms", median < MOST_MS)


def _start() -> Figure:
    """Compare start-ups of the terminal with and without the look-ups."""
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
        pairs = [(_first_line(name, WITH), _first_line(name, WITHOUT)) for _ in range(STARTS)]
    own, bare = (statistics.median(took) for took in zip(*pairs, strict=True))
    return Figure(
        "cordcall chat to its first line / without look-ups",
        f"{own:.3f} / {bare:.3f} s = {own - bare:+.3f} s",
        f"< +{MOST_GROWTH} s",
        own - bare < MOST_GROWTH,
    )


def _first_line(folder: str, program: str) -> float:
    began = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program, "chat"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline()
        took = perf_counter() - began
        process.stdin.close()
        process.stdout.read()
    return took


if __name__ == "__main__":
    measure()
