"""Every act that the house notes in the audit chain has its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import get_args

import haihe
from haihe.boards.accounts.acts import ACT_LABELS
from haihe.boards.ledger import records, supervision
from haihe.boards.office import signing

HOUSE = Path(haihe.__file__).parent
MADE = {
    "{kind}_draft": ("accept", "reject"),
    "{wish.deed}_order": get_args(supervision.Deed),
    "sign_{act.deed}": get_args(signing.Deed),
    "{_DEEDS[state]}_fact": ("accept", "reject", "undo"),
}
"""The names that are put together where they are noted, and what stands for their changing part."""


def names_in(node: ast.expr) -> Iterator[str]:
    """The names of acts that an expression can be."""
    match node:
        case ast.Constant(value=str(word)):
            yield word
        case ast.IfExp():
            yield from chain(names_in(node.body), names_in(node.orelse))
        case ast.Tuple():
            yield from names_in(node.elts[0])
        case ast.JoinedStr():
            shape = ast.unparse(node)[2:-1]
            before, _, after = shape.partition("{")
            yield from (f"{before}{word}{after.partition('}')[2]}" for word in MADE[shape])


def acts_in(module: ast.Module) -> Iterator[str]:
    """The acts that a module notes with `session.record`, also through a name or an argument."""
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func).endswith("session.record")):
                continue
            said = call.args[0].value if isinstance(call.args[0], ast.Starred) else call.args[0]
            found = set(names_in(said))
            if isinstance(said, ast.Name):
                arguments = [one.arg for one in function.args.args]
                for node in ast.walk(module):
                    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == said.id:
                        found.update(names_in(node.value))
                    if isinstance(node, ast.Call) and ast.unparse(node.func) == function.name:
                        found.update(names_in(node.args[arguments.index(said.id)]))
            assert found, f"{ast.unparse(call)} notes what this test cannot read"
            yield from found


def test_every_act_of_the_audit_has_words_and_no_words_are_left_over() -> None:
    noted = {name for file in HOUSE.rglob("*.py") for name in acts_in(ast.parse(file.read_text("utf-8")))}
    assert {"accept", "reject"} < set(get_args(records.Decision))
    assert noted == set(ACT_LABELS)


def test_an_act_through_an_argument_is_found() -> None:
    source = """
def put(session, deed): session.record(deed, "x")
def go(session): put(session, "begin" if new else "end")
"""
    assert set(acts_in(ast.parse(source))) == {"begin", "end"}
