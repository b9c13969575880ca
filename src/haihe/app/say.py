"""Lines on the terminal, in its user's language."""

from __future__ import annotations

import os
from typing import Protocol

from rich.console import Console

from haihe.kit.errors import N_, HaiheError
from haihe.kit.words import explain, say, terminal_language

_console = Console(stderr=True, highlight=False, soft_wrap=True)


class Say(Protocol):
    """Prints one line: a template of the catalogues and its facts."""

    def __call__(self, template: str, /, **facts: object) -> None:
        """Print it."""


def told(template: str, /, **facts: object) -> str:
    """The template in the terminal's language."""
    return say(template, terminal_language(os.environ), **facts)


def line(template: str, /, **facts: object) -> None:
    """Print one line of progress on the error stream, apart from what a command answers."""
    _console.print(told(template, **facts), markup=False)


def complain(error: HaiheError) -> None:
    """Print an error: what and where, then what to do."""
    message, advice = explain(error, terminal_language(os.environ))
    _console.print(message, style="bold red", markup=False)
    _console.print(told(N_("What to do: {advice}"), advice=advice), markup=False)
