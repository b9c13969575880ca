"""Lines on the terminal, in its user's language."""

from __future__ import annotations

import os
from typing import Protocol

from rich.console import Console

from haihe.kit.errors import N_, HaiheError
from haihe.kit.words import DEFAULT, explain, language_of, say

_console = Console(stderr=True, highlight=False, soft_wrap=True)


class Say(Protocol):
    """Prints one line: a template of the catalogues and its facts."""

    def __call__(self, template: str, /, **facts: object) -> None:
        """Print it."""


def terminal_language() -> str:
    """The language that the locale asks for; the default where it names none (C, POSIX)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(name, "").split(".")[0]
        if wanted:
            return DEFAULT if wanted in ("C", "POSIX") else language_of(wanted)
    return DEFAULT


def told(template: str, /, **facts: object) -> str:
    """The template in the terminal's language."""
    return say(template, terminal_language(), **facts)


def line(template: str, /, **facts: object) -> None:
    """Print one line of progress on the error stream, apart from what a command answers."""
    _console.print(told(template, **facts), markup=False)


def complain(error: HaiheError) -> None:
    """Print an error: what and where, then what to do."""
    message, advice = explain(error, terminal_language())
    _console.print(message, style="bold red", markup=False)
    _console.print(told(N_("What to do: {advice}"), advice=advice), markup=False)
