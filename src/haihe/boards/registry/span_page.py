"""From when until when, in words."""

from __future__ import annotations

from haihe.kit.errors import N_
from haihe.ui.language import tr


def span_words(since: str | None, until: str | None) -> str:
    """From when until when something held; empty where neither is known."""
    if since and since == until:
        return moment_words(since)
    if since and until:
        return tr(N_("from {since} to {until}"), since=moment_words(since), until=moment_words(until))
    if since:
        return tr(N_("since {since}"), since=moment_words(since))
    return tr(N_("until {until}"), until=moment_words(until)) if until else ""


def moment_words(moment: str) -> str:
    """A moment: a day, a month, a year, or the interval in which it lies."""
    first, interval, last = moment.partition("..")
    if not interval:
        return moment
    if first and last:
        return tr(N_("some time in {first}–{last}"), first=first, last=last)
    return tr(N_("{day} or later"), day=first) if first else tr(N_("{day} or earlier"), day=last)
