"""Series of figures: by indicator, and the newest that places share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from haihe.boards.registry.answers import Figure


def series_of(figures: Iterable[Figure]) -> Mapping[str, list[Figure]]:
    """Figures by indicator, each in the order given."""
    series: defaultdict[str, list[Figure]] = defaultdict(list)
    for each in figures:
        series[each.indicator].append(each)
    return series


def newest(figures: Sequence[Figure]) -> list[Figure]:
    """The figures of one indicator in the period that most places have, the latest of such periods."""
    by_period: defaultdict[str, list[Figure]] = defaultdict(list)
    for each in figures:
        by_period[each.period].append(each)
    return max((by_period[period] for period in sorted(by_period, reverse=True)), key=len, default=[])
