"""Who connects: how many shortest paths between others lead through each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def betweenness(joined: NDArray[np.bool_], groups: Sequence[int] | None = None) -> Floats:
    """The share of shortest paths between pairs of others that lead through each node, summed over the pairs.

    `joined` is the n × n adjacency of an undirected graph without loops. With `groups` only pairs of two
    different groups count, and a group below 0 belongs to none: then the most is where the groups meet.
    Brandes 2001, A faster algorithm for betweenness centrality, eq. 4 and theorem 6, for all sources at once;
    Brandes 2008, On variants of shortest-path betweenness centrality, §3.4 on weights of pairs.

    >>> betweenness(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], bool)).tolist()
    [0.0, 1.0, 0.0]
    """
    count = len(joined)
    assert joined.shape == (count, count)
    assert not joined.diagonal().any()
    edges = joined.astype(float)
    paths, distance = np.eye(count), np.where(np.eye(count, dtype=bool), 0, -1)
    front, level = np.eye(count), 0
    while front.any():
        level += 1
        front = np.where(distance < 0, front @ edges, 0.0)
        distance[front > 0] = level
        paths += front
    through = np.zeros((count, count))
    weight = _weights(count, groups)
    for far in range(level, 0, -1):
        share = np.where(distance == far, (weight + through) / np.maximum(paths, 1.0), 0.0)
        through += np.where(distance == far - 1, (share @ edges) * paths, 0.0)
    np.fill_diagonal(through, 0.0)
    result: Floats = through.sum(axis=0) / 2
    return result


def _weights(count: int, groups: Sequence[int] | None) -> Floats:
    """How much each pair counts."""
    if groups is None:
        return np.ones((count, count))
    of = np.asarray(groups)
    apart = (of[:, None] != of[None, :]) & (of >= 0)[:, None] & (of >= 0)[None, :]
    weights: Floats = apart.astype(float)
    return weights
