"""The light of what stands above promises by points (Single Market Scoreboard)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from haihe.boards.ledger.records import Light, LightState
from haihe.kit.errors import N_


@dataclass(frozen=True, slots=True)
class Points:
    """Points for each light, how many are summed, and from and up to where the sum is green and red."""

    lights: Mapping[str, int]
    of: int
    green: int
    red: int


def points_light(counts: Mapping[str, int], rule: Points) -> Light | None:
    """The light of promises by how many show each light; None where no light earns points.

    Score = of · Σ points · count / Σ count over the lights that are known.

    >>> rule = Points({"on_track": 100, "behind": 75, "overdue": 50}, of=5, green=400, red=300)
    >>> points_light({"on_track": 3, "behind": 1, "overdue": 1}, rule).facts["score"]
    425.0
    """
    known = {light: count for light, count in counts.items() if light in rule.lights and count}
    count = sum(known.values())
    if not count:
        return None
    score = rule.of * sum(rule.lights[light] * each for light, each in known.items()) / count
    state: LightState = "on_track" if score >= rule.green else "overdue" if score <= rule.red else "behind"
    facts = {"score": score, "most": rule.of * max(rule.lights.values()), "count": count}
    return Light(
        state,
        N_("Its {count} promises with a light score {score:.0f} of {most}; {green} is green, {red} red."),
        facts | {"green": rule.green, "red": rule.red},
    )
