"""A board's front door: what it exports is listed, pure and explained."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

BOARDS = Path(__file__).parents[1] / "src/haihe/boards"
DOORS = {"intake", "tables", "actions", "api", "page", "cli"}
FRONTS = sorted(BOARDS.glob("*/__init__.py"))


def findings(front: Path) -> list[str]:
    """What is wrong with one front door (`RUF022` holds the order of `__all__`)."""
    tree = ast.parse(front.read_text(encoding="utf-8"))
    board = front.parent
    found = [] if ast.get_docstring(tree) else ["the board says nothing of itself"]
    listed: list[str] | None = None
    brought: dict[str, tuple[str, str]] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            brought |= {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            listed = ast.literal_eval(node.value)
        elif not isinstance(node, ast.Expr | ast.ImportFrom):
            found.append(f"line {node.lineno} does more than export")
    if listed is None or sorted(listed) != sorted(brought):
        found.append(f"__all__ is {listed}; imported are {sorted(brought)}")
    for name, (module, original) in brought.items():
        stem = module.removeprefix(f"haihe.boards.{board.name}.")
        if stem in DOORS or not (board / f"{stem}.py").exists():
            found.append(f"{name} is not from a pure file of this board but from {module}")
        elif not explained(ast.parse((board / f"{stem}.py").read_text(encoding="utf-8")), original):
            found.append(f"{name} has no docstring in {stem}.py")
    return found


def explained(tree: ast.Module, name: str) -> bool:
    """Whether a class or function has a docstring, and a constant a string beneath it."""
    for node, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            return bool(ast.get_docstring(node))
        if name in {ast.unparse(target) for target in assigned(node)}:
            return isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
    return False


def assigned(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def test_boards_are_found() -> None:
    assert FRONTS


@pytest.mark.parametrize("front", FRONTS, ids=lambda front: front.parent.name)
def test_a_front_door_lists_what_it_exports(front: Path) -> None:
    found = findings(front)
    assert not found, "\n" + "\n".join(found)


RECORDS = '''
KINDS = ("a",)
"""The kinds, in order."""

LOOSE = 1

class Item:
    """An item."""

class Bare: ...
'''
GOOD = '"""B."""\nfrom haihe.boards.b.records import KINDS, Item\n__all__ = ["KINDS", "Item"]\n'


@pytest.mark.parametrize(
    ("front", "wrong"),
    [
        (GOOD, None),
        ('"""B."""\n__all__ = []\n', None),
        (GOOD.replace('"""B."""', ""), "says nothing of itself"),
        (GOOD.replace('["KINDS", "Item"]', '["Item"]'), "__all__ is"),
        (GOOD.replace("__all__", "names"), "__all__ is"),
        (GOOD + "x = 1\n", "does more than export"),
        (GOOD.replace("Item", "Bare"), "Bare has no docstring"),
        (GOOD.replace("KINDS", "LOOSE"), "LOOSE has no docstring"),
        (GOOD.replace("Item", "Gone"), "Gone has no docstring"),
        (GOOD.replace("b.records", "b.tables"), "is not from a pure file"),
        (GOOD.replace("b.records", "a.records"), "is not from a pure file"),
        (GOOD.replace("haihe.boards.b.records", "json"), "is not from a pure file"),
    ],
)
def test_a_front_door_out_of_order_is_caught(tmp_path: Path, front: str, wrong: str | None) -> None:
    board = tmp_path / "b"
    board.mkdir()
    (board / "records.py").write_text(RECORDS)
    (board / "tables.py").write_text(RECORDS)
    (board / "__init__.py").write_text(front)
    found = findings(board / "__init__.py")
    assert any(wrong in line for line in found) if wrong else not found, found
