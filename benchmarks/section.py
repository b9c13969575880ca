"""What every benchmark shares: rounds taken in turn, and its own section of docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turn(
    ours: Callable[[], object], peer: Callable[[], object], rounds: int
) -> tuple[float, float, float]:
    """Median seconds of ours and of the peer, run in turn, and the median of the rounds' peer ÷ ours."""
    pairs = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    return (
        median(mine for mine, _ in pairs),
        median(theirs for _, theirs in pairs),
        median(theirs / mine for mine, theirs in pairs),
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def versions(*packages: str) -> str:
    """The machine and the versions behind the absolute figures."""
    found = ", ".join(f"{package} {version(package)}" for package in packages)
    cores = f"{os.cpu_count()} cores ({platform.machine()})"
    return f"Measured on {cores} with Python {platform.python_version()}, {found}."


def write(title: str, body: str) -> None:
    """Print a section and put it into the page, in the place of the one with the same title."""
    section = f"## {title}\n\n{body.strip()}\n"
    print(section)
    page = PAGE.read_text(encoding="utf-8")
    older = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if older.search(page):
        page = older.sub(lambda _: f"{section}\n", page)
    else:
        page = f"{page.rstrip()}\n\n{section}"
    PAGE.write_text(f"{page.rstrip()}\n", encoding="utf-8")
