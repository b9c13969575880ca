"""Each import contract of .importlinter, broken once on purpose in a small copy of the house."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = {
    "app/__init__.py": "",
    "app/site.py": "from haihe.boards.ledger import page, tables",
    "boards/__init__.py": "",
    "boards/accounts/__init__.py": "",
    "boards/accounts/actions.py": "from haihe.store import session",
    "boards/reader/__init__.py": "from haihe.boards.reader.records import Block",
    "boards/reader/records.py": "class Block: ...",
    "boards/reader/tables.py": "from haihe.store import session",
    "boards/ledger/__init__.py": "",
    "boards/ledger/lights.py": "from haihe.kit import text",
    "boards/ledger/tables.py": "from haihe.boards.ledger import lights",
    "boards/ledger/actions.py": "import haihe.boards.ledger.tables\nfrom haihe.boards.reader import Block",
    "boards/ledger/page.py": "from haihe.boards.ledger import actions\nfrom haihe.ui import frame",
    "kit/__init__.py": "",
    "kit/text.py": "",
    "store/__init__.py": "",
    "store/session.py": "from haihe.kit import text",
    "ui/__init__.py": "",
    "ui/frame.py": "from haihe.kit import text",
}
ROOMS, BOARDS = "app over boards", "A board imports lower"


def lint(place: Path, changed: dict[str, str]) -> subprocess.CompletedProcess[str]:
    for name, code in ({"__init__.py": ""} | HOUSE | changed).items():
        file = place / "haihe" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code + "\n")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(
        [*command, "--config", str(ROOT / ".importlinter")],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_house_in_order_passes(tmp_path: Path) -> None:
    result = lint(tmp_path, {})
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("contract", "changed"),
    [
        (ROOMS, {"ui/frame.py": "from haihe.store import session"}),
        (ROOMS, {"ui/frame.py": "from haihe.boards.reader import records"}),
        (ROOMS, {"store/session.py": "from haihe.ui import frame"}),
        (ROOMS, {"store/session.py": "from haihe.boards.ledger import lights"}),
        (ROOMS, {"kit/text.py": "from haihe.store import session"}),
        (ROOMS, {"boards/ledger/page.py": "from haihe.app import site"}),
        (ROOMS, {"cellar/__init__.py": ""}),
        (BOARDS, {"boards/reader/tables.py": "from haihe.boards.ledger import lights"}),
        (BOARDS, {"boards/rail/__init__.py": "", "boards/air/__init__.py": "import haihe.boards.rail"}),
        (BOARDS, {"boards/weather/__init__.py": ""}),
    ],
)
def test_a_broken_contract_is_caught(tmp_path: Path, contract: str, changed: dict[str, str]) -> None:
    result = lint(tmp_path, changed)
    assert result.returncode == 1, result.stdout + result.stderr
    broken = [line for line in result.stdout.splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken), result.stdout
