from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from haihe.app import cli
from haihe.kit import resources

pytestmark = pytest.mark.database
SAMPLE = resources.definition("packs/sample/pack.yaml")["plan"]["title"]
Start = Callable[[Path], Any]


def postmaster(home: Path) -> Path:
    return home / "postgres/data/postmaster.pid"


def test_a_house_starts_tells_its_password_and_stops_everything(start: Start, home: Path) -> None:
    house = start(home)
    assert len(house.password) >= 12
    family = psutil.Process(house.process.pid).children(recursive=True)
    assert family, "a worker runs beside the site"
    assert postmaster(home).exists()
    assert house.stop() == 0
    assert not postmaster(home).exists()
    assert not any(process.is_running() for process in family)


@pytest.mark.parametrize("runs", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_nothing_accepted_is_lost_when_everything_is_killed(
    start: Start, begun_home: Path, runs: int
) -> None:
    home = begun_home
    house = start(home)
    before, passwords = shown(house), [house.password]
    for number in range(runs):
        text = home / f"{number}.txt"
        text.write_text(
            f"第{number}次工作会议要求：\n一是建设{number}个平台。二是引进{number}家企业。\n", "utf-8"
        )
        read = house.haihe("read", str(text), "--into", f"计划{number}")
        assert read.exit_code == 0, read.stderr
        house.kill()
        house = start(home)
        passwords.append(house.password)
    assert shown(house) == before
    assert len({*passwords}) == runs + 1, "an unused one-time password is made anew"
    plans = house.haihe("plan", "list").stdout
    assert [number for number in range(runs) if f"计划{number}" not in plans] == []
    assert house.haihe("audit", "verify").exit_code == 0


def shown(house: Any) -> str:
    answer = house.haihe("plan", "show", SAMPLE, "--json")
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.count("\n") > 30
    return str(answer.stdout)


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Starts a house that does not come up; what it says."""
    monkeypatch.setattr(sys, "argv", ["haihe", "up"])
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    def begin(home: Path, **settings: str) -> str:
        for name, value in {"HAIHE_HOME": str(home), **settings}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            cli.run()
        assert ended.value.code == 1
        return capsys.readouterr().err

    return begin


def test_a_taken_port_is_said_with_what_to_do(refused: Callable[..., str], home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refused(home, HAIHE_PORT=port)
    assert port in said
    assert "HAIHE_PORT=8081" in said
    assert refused(home, HAIHE_PORT="80a").startswith("HAIHE_PORT is 80a")


def test_nobody_outside_is_answered_before_an_administrator_has_a_password(
    refused: Callable[..., str], begun_home: Path
) -> None:
    said = refused(begun_home, HAIHE_HOST="0.0.0.0", HAIHE_PORT="18099")
    assert "no administrator has set a password" in said
    assert not postmaster(begun_home).exists()


def test_data_of_an_older_postgresql_are_left_alone(refused: Callable[..., str], begun_home: Path) -> None:
    version = begun_home / "postgres/data/PG_VERSION"
    version.write_text("17\n")
    said = refused(begun_home)
    assert "PostgreSQL 17" in said
    assert "restore the last backup" in said
    assert version.read_text() == "17\n"
