"""What the mutation tool changes, and that no listed equivalent has gone stale."""

import ast
from pathlib import Path

import pytest

from tests.mutations.__main__ import drawn, equivalents, note_flips
from tests.mutations.mutants import mutants_of, note_flips_of
from tests.mutations.tree import CASE_TABLES, EVERYTHING, ROOT, stages


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("low < 7", ["(low <= 7)", "low < 8", "low < (6)"]),
        ("pain == 'none'", ["(pain != 'none')", "pain == 'mutated'"]),
        ("a and not b", ["(a or not b)", "a and (b)"]),
        ("pain in ('none',)", ["(pain not in ('none',))", "pain in ()", "pain in ('mutated',)"]),
        ("high + 1", ["(high - 1)", "high + 2", "high + (0)"]),
        ("x = {'A': 0}", ["x = {}", "x = {'mutated': 0}", "x = {'A': 1}", "x = {'A': (-1)}"]),
        ("x: Final[int] = True", ["x: Final[int] = False"]),
        ("yes if a else no", ["yes if True else no", "yes if False else no"]),
        ("[a for a in b if a]", ["[a for a in b if True]", "[a for a in b if False]"]),
        ("def f() -> bool:\n    'Says.'\n    return a", ["def f() -> bool: 'Says.' return None"]),
    ],
)
def test_each_change(source: str, changed: list[str], tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(source, "utf-8")
    made = [" ".join(each.mutated.split()) for each in mutants_of(module, tmp_path)]
    expression = isinstance(ast.parse(source).body[0], ast.Expr)
    assert made == (["pass", *changed] if expression else changed)


def test_a_note_and_each_part_of_it_are_forced_both_ways(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("fire('M7', dialysis=on_dialysis and not known(last))", "utf-8")
    notes = [each.becomes.split("dialysis=", 1)[1] for each in note_flips_of(module, tmp_path)]
    assert notes == [
        "True)", "False)", "True and not known(last))", "False and not known(last))",
        "on_dialysis and True)", "on_dialysis and False)",
    ]  # fmt: skip


def test_the_line_is_found_behind_letters_of_several_bytes(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("x = '–'\ny = ('–', a < b)", "utf-8")
    comparison = next(each for each in mutants_of(module, tmp_path) if "<=" in each.mutated)
    assert (comparison.line, comparison.was) == (2, "y = ('–', a < b)")
    assert comparison.becomes == "y = ('–', (a <= b))"


def test_a_seed_draws_the_same_mutants_again() -> None:
    first = drawn(["bot/logic"], 1, 5)
    assert first == drawn(["bot/logic"], 1, 5)
    assert first != drawn(["bot/logic"], 2, 5)
    assert len(note_flips()) > 100


def test_the_nearest_tests_are_asked_first() -> None:
    assert stages("bot/logic/sins.py") == (CASE_TABLES, ("tests/logic",), EVERYTHING)
    assert stages("bot/screens/card.py") == (("tests/screens",), EVERYTHING)
    assert stages("bot/logs.py") == (EVERYTHING,)


def test_every_equivalent_is_one_that_the_tool_still_makes_and_is_argued() -> None:
    for each in equivalents():
        path = ROOT / each["file"]
        made = {(m.was, m.becomes) for m in (*mutants_of(path, ROOT), *note_flips_of(path, ROOT))}
        assert (each["was"], each["becomes"]) in made
        assert len(each["because"].split()) >= 5
