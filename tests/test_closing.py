"""The closing lines of a test run, in one process and in others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

@pytest.mark.parametrize("n", range(3))
def test_browser(n):
    pytest.skip("Chromium is not installed")

@pytest.mark.skip(reason="Java is not installed")
def test_spark(): ...

def test_shared(shared): ...

def test_passes(): ...

def test_fails(): assert 0
"""


@pytest.mark.parametrize("processes", [[], ["-n", "1"]], ids=["here", "apart"])
def test_each_reason_to_skip_is_counted(tmp_path: Path, processes: list[str]) -> None:
    (tmp_path / "conftest.py").write_bytes(Path(__file__).with_name("conftest.py").read_bytes())
    (tmp_path / "test_some.py").write_text(TESTS)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "no:asyncio", *processes, str(tmp_path)],
        env=os.environ | {"HAIHE_SHARED": str(tmp_path / "nowhere")},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = result.stdout.splitlines()
    assert set(lines[-4:-1]) == {
        "skipped 3: Chromium is not installed",
        "skipped 1: Java is not installed",
        "skipped 1: the shared test data are not here; HAIHE_SHARED names their folder",
    }, result.stdout
    assert lines[-4].startswith("skipped 3")
    assert "1 failed, 1 passed, 5 skipped" in lines[-1]


def test_nothing_is_said_without_a_skip(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_bytes(Path(__file__).with_name("conftest.py").read_bytes())
    (tmp_path / "test_some.py").write_text("def test_passes(): ...")
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "no:asyncio", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "skipped" not in result.stdout
