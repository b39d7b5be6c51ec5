"""Single mutations of a module: which node of its syntax tree is replaced by what."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final

Change = tuple[ast.expr | ast.stmt | ast.pattern, str]

COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OTHER_WORD: Final = "'mutated'"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to one module: its source before and after. `path` is relative to the tree."""

    path: str
    source: str
    start: int
    end: int
    replacement: str

    @property
    def mutated(self) -> str:
        return self.source[: self.start] + self.replacement + self.source[self.end :]

    @property
    def line(self) -> int:
        return self.source.count("\n", 0, self.start) + 1

    @property
    def was(self) -> str:
        """Return the lines that change, on one line with single spaces."""
        return self._lines(self.source, self.end)

    @property
    def becomes(self) -> str:
        return self._lines(self.mutated, self.start + len(self.replacement))

    @property
    def diff(self) -> str:
        before, after = self.source.splitlines(), self.mutated.splitlines()
        return "\n".join(list(unified_diff(before, after, lineterm="", n=0))[3:])

    def _lines(self, source: str, end: int) -> str:
        first = source.rfind("\n", 0, self.start) + 1
        last = source.find("\n", end)
        return " ".join(source[first : last if last >= 0 else None].split())


def mutants_of(path: Path, root: Path) -> list[Mutant]:
    """Make every mutant of a module, in the order of its source."""
    return _made(path, root, _changes)


def note_flips_of(path: Path, root: Path) -> list[Mutant]:
    """Force every condition that chooses a sentence of a fired rule to True and to False."""
    return _made(path, root, _note_flips)


def _made(path: Path, root: Path, changes: Any) -> list[Mutant]:
    source = path.read_text("utf-8")
    lines = source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]

    def at(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    made = {
        Mutant(
            path=path.relative_to(root).as_posix(),
            source=source,
            start=at(node.lineno, node.col_offset),
            end=at(node.end_lineno or 0, node.end_col_offset or 0),
            replacement=replacement,
        ): None
        for node, replacement in changes(ast.parse(source))
    }
    return [mutant for mutant in made if mutant.mutated != source]


def _changes(node: ast.AST) -> Iterator[Change]:
    """Return every change in and below a node. Types, decorators and docstrings are left alone."""
    if isinstance(node, ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom):
        return
    if isinstance(node, ast.expr | ast.stmt | ast.pattern):
        yield from _changes_of(node)
    for test in _conditions(node):
        yield from ((test, "True"), (test, "False"))
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns", "decorator_list", "type_params"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _changes(child)


def _changes_of(node: ast.expr | ast.stmt | ast.pattern) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=ops, comparators=others):
            for number, operator in enumerate(ops):
                yield node, _with(node, "ops", number, COMPARISONS[type(operator)]())
            yield from _other_words([node.left, *others])
        case ast.BoolOp(op=operator):
            joined = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield node, f"({ast.unparse(ast.BoolOp(joined, node.values))})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, f"({ast.unparse(operand)})"
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
            inverse = ast.Sub() if isinstance(operator, ast.Add) else ast.Add()
            yield node, f"({ast.unparse(ast.BinOp(left, inverse, right))})"
        case ast.Constant(value=bool(truth)):
            yield node, str(not truth)
        case ast.Constant(value=int(number) | float(number)):
            yield from ((node, repr(number + 1)), (node, f"({number - 1!r})"))
        case ast.Tuple(elts=parts, ctx=ast.Load()) | ast.List(elts=parts, ctx=ast.Load()):
            yield from _fewer(node, "elts", parts)
            yield from _other_words(parts)
        case ast.Set(elts=parts) if len(parts) > 1:
            yield from _fewer(node, "elts", parts)
            yield from _other_words(parts)
        case ast.Dict(keys=keys):
            for number in range(len(keys)):
                fewer = deepcopy(node)
                del fewer.keys[number], fewer.values[number]
                yield node, ast.unparse(fewer)
            yield from _other_words([key for key in keys if key])
        case ast.MatchValue(value=value):
            yield from _other_words([value])
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield node, "return None"
        case ast.Expr(value=value) if not isinstance(value, ast.Constant):
            yield node, "pass"
        case ast.Raise():
            yield node, "pass"


def _conditions(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test):
            yield test
        case ast.comprehension(ifs=tests):
            yield from tests
        case ast.match_case(guard=ast.expr() as guard):
            yield guard


def _other_words(nodes: list[ast.expr]) -> Iterator[Change]:
    """Put another word in place of each string among some expressions."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, OTHER_WORD


def _fewer(node: ast.expr, field: str, parts: list[ast.expr]) -> Iterator[Change]:
    for number in range(len(parts)):
        fewer = deepcopy(node)
        del getattr(fewer, field)[number]
        yield node, ast.unparse(fewer)


def _with(node: ast.expr, field: str, number: int, value: ast.AST) -> str:
    changed = deepcopy(node)
    getattr(changed, field)[number] = value
    return f"({ast.unparse(changed)})"


def _note_flips(tree: ast.AST) -> Iterator[Change]:
    for node in ast.walk(tree):
        for condition in _note_conditions(node):
            parts = condition.values if isinstance(condition, ast.BoolOp) else []
            for test in (condition, *parts):
                yield from ((test, "True"), (test, "False"))


def _note_conditions(node: ast.AST) -> Iterator[ast.expr]:
    """Return the notes of `fire(…)`, and the tests that choose between sentences or fired rules."""
    match node:
        case ast.Call(func=ast.Name("fire" | "Fired"), args=args, keywords=keywords):
            yield from (each.value for each in keywords)
            for arg in args:
                yield from (each.test for each in ast.walk(arg) if isinstance(each, ast.IfExp))
        case ast.If(test=test, body=[ast.Return(value=value)]) if _fires(value):
            yield test
        case ast.IfExp(test=test, body=body) if _fires(body):
            yield test


def _fires(value: ast.expr | None) -> bool:
    match value:
        case ast.Call(func=ast.Name("fire" | "Fired")):
            return True
    return False
