"""The closing lines of a test run, in one process and in others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = "pytester"
Run = Callable[..., list[str]]
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


@pytest.fixture
def ran(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs tests under the conftest of the house; what the run said."""
    monkeypatch.setenv("HAIHE_SHARED", str(pytester.path / "nowhere"))
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text("utf-8"))

    def run(tests: str, *options: str) -> list[str]:
        pytester.makepyfile(tests)
        return pytester.runpytest_inprocess("-c", os.devnull, "-p", "no:asyncio", *options).outlines

    return run


@pytest.mark.parametrize("processes", [[], ["-n", "1"]], ids=["here", "apart"])
def test_each_reason_to_skip_is_counted(ran: Run, processes: list[str]) -> None:
    lines = ran(TESTS, *processes)
    assert set(lines[-4:-1]) == {
        "skipped 3: Chromium is not installed",
        "skipped 1: Java is not installed",
        "skipped 1: the shared test data are not here; HAIHE_SHARED names their folder",
    }, lines
    assert lines[-4].startswith("skipped 3")
    assert "1 failed, 1 passed, 5 skipped" in lines[-1]


def test_nothing_is_said_without_a_skip(ran: Run) -> None:
    lines = ran("def test_passes(): ...")
    assert "1 passed" in lines[-1]
    assert not any("skipped" in line for line in lines)
