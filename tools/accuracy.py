"""Write what a score measured into the accuracy that pages show.

haihe read TEXTS --score LABELS --json | .venv/bin/python tools/accuracy.py

With - it is printed instead.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ACCURACY = Path(__file__).parents[1] / "src/haihe/boards/reader/params/accuracy.yaml"
HEAD = """\
# How well each kind is found on the labelled documents, as tools/accuracy.py wrote it: F1, 95 % interval.
# The rules were written with these documents in view, so unseen ones will do less well; where nothing was
# wrong, the interval is a point.
"""


def accuracy_of(score: dict[str, Any]) -> str:
    """The file for a score as `haihe read --score --json` prints it; of assignments their tuple counts."""
    method = f"exact spans, pooled; 95 % intervals from {score['resamples']} draws of {score['resampled']}"
    lines = [
        f"method: {method}",
        f"documents: {score['documents']}",
        f"measured_on: {datetime.now(UTC).date()}",
        "f1:",
    ]
    for kind, one in score["kinds"].items():
        rate = (one["parts"]["tuple"] if one["parts"] else one["exact"])["f1"]
        if rate["value"] is not None:
            shares = f"f1: {rate['value']:.3f}, low: {rate['low']:.3f}, high: {rate['high']:.3f}"
            lines.append(f"  {kind}: {{{shares}}}")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    said = accuracy_of(json.load(sys.stdin))
    if "-" in sys.argv:
        sys.stdout.write(said)
    else:
        ACCURACY.write_text(said, encoding="utf-8")
