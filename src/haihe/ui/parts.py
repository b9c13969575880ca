"""A long list in parts, one of which the address names by `part`."""

from __future__ import annotations

from markupsafe import Markup

from haihe.kit.errors import N_
from haihe.ui.address import address, chosen
from haihe.ui.language import tr
from haihe.ui.markup import link


def first_of(total: int, size: int) -> int:
    """The index of the first row of the part that the address asks for."""
    asked = next(iter(chosen("part")), "1")
    part = int(asked) if asked.isdecimal() and len(asked) < 10 else 1
    return size * min(max(part - 1, 0), max(total - 1, 0) // size)


def pager(total: int, size: int) -> Markup:
    """Which part of a list is shown, and the way to the parts beside it; empty for a short list."""
    if total <= size:
        return Markup()
    first = first_of(total, size)
    part = first // size + 1
    last = min(first + size, total)
    ways = [tr(N_("{first}–{last} of {total}"), first=first + 1, last=last, total=total)]
    if part > 1:
        ways.append(link(tr(N_("Previous")), address(part=[str(part - 1)])))
    if last < total:
        ways.append(link(tr(N_("Next")), address(part=[str(part + 1)])))
    return Markup(" · ").join(ways)
