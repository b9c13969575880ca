"""What is scanned, not edited: Ibis expressions over Parquet, run on DuckDB inside the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table


def run(expression: Table) -> pa.Table:
    """The rows of an expression, worked out by an engine of its own."""
    return ibis.duckdb.connect().to_pyarrow(expression)
