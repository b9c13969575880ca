"""Very many mentions resolved at once, on the engine for bulk work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import repeat

import numpy as np
import pyarrow as pa

from haihe.boards.registry.bulk import best, blocked, disputed, pairs_of
from haihe.boards.registry.clusters import divided
from haihe.boards.registry.columns import COLUMNS, columns_of, firsts_of, level_of
from haihe.boards.registry.levels import CONDITIONS, WEIGHT_DIGITS, reasons_of, settings_of
from haihe.boards.registry.lexicon import Lexicon
from haihe.boards.registry.resolution import (
    Grouped,
    Mention,
    answered,
    called,
    distinct_of,
    eased,
    with_placeless,
)
from haihe.boards.registry.rivals import rivals_of
from haihe.boards.registry.weights import DIGITS, Match, Weights, log_odds
from haihe.store.bulk import Engine, engine, table_of


def resolved_in_bulk(
    mentions: Sequence[Mention], lexicon: Lexicon, worth: Weights, known: Sequence[Mention] = ()
) -> Grouped:
    """What `resolution.resolved` answers, for as many mentions as there are.

    Only names that share a code, how their brand sounds or all their words are compared.
    """

    def grouped(placed: Sequence[Mention]) -> Grouped:
        return _grouped(placed, lexicon, worth, known)

    return with_placeless(mentions, known, lexicon, worth, grouped)


def _grouped(
    mentions: Sequence[Mention], lexicon: Lexicon, worth: Weights, known: Sequence[Mention]
) -> Grouped:
    distinct, of = distinct_of(mentions, known)
    names = _names(distinct, lexicon)
    with engine() as started:
        groups, matches, rivals = _decided(started, names, worth, distinct)
    return answered(distinct, of[: len(mentions)], groups, matches, rivals)


def _names(distinct: Sequence[Mention], lexicon: Lexicon) -> pa.Table:
    """The mentions as columns, and after them the former names that they state."""
    work = partial(columns_of, lexicon)
    names = table_of(work, distinct, COLUMNS)
    stated = [(at, name) for at, found in enumerate(names["former"].to_pylist()) for name in found]
    every = [*distinct, *(Mention(name, distinct[at].region) for at, name in stated)]
    names = pa.concat_tables((names, table_of(work, every[len(distinct) :], COLUMNS)))
    former = [*repeat(None, len(distinct)), *(at for at, _ in stated)]
    numbers = {"unique_id": range(len(every)), "former_of": former, **firsts_of(every)}
    for column, found in numbers.items():
        names = names.append_column(column, pa.array(found, pa.int64()))
    return names.drop_columns(["former"])


def _decided(
    started: Engine, names: pa.Table, worth: Weights, distinct: Sequence[Mention]
) -> tuple[list[int], dict[int, Match], dict[int, tuple[str, ...]]]:
    """The group of each name, what the best pair of each says that is not alone in it, and rivals."""
    settings = settings_of(worth)
    known = started.kept("names", names)
    predicted, parts = started.linked(blocked(known), settings, worth.threshold, level_of)
    pairs = pairs_of(predicted)
    groups = np.empty(len(names), np.int64)
    found = started.run(parts)
    groups[found["node_id"]] = found["cluster_id"]
    least = log_odds(worth.threshold)
    doubtful = started.run(disputed(pairs, parts, least))
    told = zip(doubtful["first"].to_pylist(), doubtful["second"].to_pylist(), strict=True)
    odds = eased(distinct, dict(zip(told, doubtful["odds"].to_pylist(), strict=True)), least)
    for number, group in divided(odds, least).items():
        groups[number] = group
    final = started.kept("final", pa.table({"name": np.arange(len(names)), "group": groups}))
    reasons = reasons_of(worth)
    matches = {
        number: Match(round(odds, DIGITS), _reasons(weights, reasons))
        for number, odds, *weights in zip(*started.run(best(pairs, final)).to_pydict().values(), strict=True)
    }
    numbers: dict[int, int] = {}
    numbered = [numbers.setdefault(group, len(numbers)) for group in groups.tolist()]
    return numbered, matches, rivals_of(*called(distinct), odds)


def _reasons(weights: Sequence[float], reasons: Mapping[tuple[str, float], str]) -> tuple[str, ...]:
    keys = (
        (comparer, round(weight, WEIGHT_DIGITS)) for comparer, weight in zip(CONDITIONS, weights, strict=True)
    )
    return tuple(reasons[key] for key in keys if key in reasons)
