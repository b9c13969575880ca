from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Return, Share
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import period_cli
from haihe.kit.errors import Conflict
from haihe.store.opening import Store

pytestmark = pytest.mark.database

SCHEMA = Path(__file__).parents[3] / "docs/formats/office-lock.schema.json"
PERIOD = f"{ledger.today():%Y-%m}"

app = typer.Typer()
app.command("lock")(period_cli.lock)
app.command("other", hidden=True)(lambda: None)


def locked(*options: str) -> dict[str, object]:
    """What the command prints as JSON."""
    ran = CliRunner().invoke(app, ["lock", "样例计划", "--period", PERIOD, "--json", *options])
    assert ran.exit_code == 0, ran.output
    found: dict[str, object] = json.loads(ran.stdout)
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(found)
    return found


def test_a_period_is_locked_with_its_brief_and_takes_no_more_reports(
    store: Store, plan_of: Callable[..., int], tmp_path: Path
) -> None:
    plan = plan_of([Share("样例市科技局", "lead")])
    brief = tmp_path / "简报.docx"
    brief.write_bytes(b"brief")
    assert locked("--brief", str(brief), "--dry-run")["locked_at"] is None
    found = locked("--brief", str(brief))
    assert found["brief_sha256"] == hashlib.sha256(b"brief").hexdigest()
    assert store.files.content(str(found["brief_sha256"])) == b"brief"
    assert locked()["locked_at"] == found["locked_at"]
    (promise,) = ledger.promises_of(store, OPERATOR, plan, ledger.today())
    with pytest.raises(Conflict, match="is closed"):
        ledger.report_on(store, OPERATOR, promise.node.id, Return(PERIOD, ledger.today(), 0.5))
