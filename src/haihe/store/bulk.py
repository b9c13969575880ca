"""What is scanned, not edited: Ibis expressions and Splink models, on DuckDB in the process or on Spark."""

from __future__ import annotations

import os
import re
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import ibis

from haihe.kit.errors import N_, Invalid, Unavailable

if TYPE_CHECKING:  # both take long to import, and not every command needs them
    import pyarrow as pa
    from ibis.backends.sql import SQLBackend
    from ibis.expr.types import Table
    from pyspark.sql import DataFrame, SparkSession
    from splink.internals.database_api import DatabaseAPI

Compare = Callable[[str, str], str]
"""What a model asks of two strings that no condition in SQL tells, by the function's own name."""

Columns = Mapping[str, Sequence[Any]]

_SPARK = re.compile(r"local(\[[0-9*]+\])?|(spark|k8s)://\S+|yarn")
_PART = 10_000
_SHUFFLE_PARTITIONS = 8


class Engine(ABC):
    """Where bulk work is done: tables of one name each, expressions over them, and the links within one."""

    backend: SQLBackend

    @abstractmethod
    def kept(self, name: str, rows: pa.Table | Table) -> Table:
        """The rows as a table of the engine, worked out once."""

    @abstractmethod
    def splink(self, compare: Compare) -> DatabaseAPI[Any]:
        """Splink's door to the engine, which learns to compare."""

    def run(self, expression: Table) -> pa.Table:
        """The rows of an expression."""
        return self.backend.to_pyarrow(expression)

    def linked(
        self, names: Table, settings: Mapping[str, Any], least: float, compare: Compare
    ) -> tuple[Table, Table]:
        """The pairs that a model of Splink predicts, and the parts that those of probability `least` join.

        Columns: `unique_id_l`, `unique_id_r`, `match_weight` in bits and more as the settings say;
        `node_id`, `cluster_id`.
        """
        from splink import Linker  # noqa: PLC0415
        from splink.clustering import cluster_pairwise_predictions_at_threshold  # noqa: PLC0415

        door = self.splink(compare)
        self.kept("compared", names)
        self.kept("nodes", names.select(node_id=settings["unique_id_column_name"]))
        linker = Linker(door.register("compared"), dict(settings), log_level="ERROR")
        predicted = linker.inference.predict()
        parts = cluster_pairwise_predictions_at_threshold(
            "nodes",
            predicted,
            door,
            "node_id",
            "unique_id_l",
            "unique_id_r",
            threshold_match_probability=least,
        )
        return self.backend.table(predicted.physical_name), self.backend.table(parts.physical_name)


class _InProcess(Engine):
    """DuckDB in this process."""

    def __init__(self) -> None:
        self.backend = ibis.duckdb.connect()

    def kept(self, name: str, rows: pa.Table | Table) -> Table:
        connection = self.backend.con
        if isinstance(rows, ibis.Table):
            connection.execute(f'CREATE TABLE "{name}" AS {self.backend.compile(rows)}')
        else:
            connection.register("given", rows)
            connection.execute(f'CREATE TABLE "{name}" AS FROM given')
            connection.unregister("given")
        return self.backend.table(name)

    def splink(self, compare: Compare) -> DatabaseAPI[Any]:
        from splink import DuckDBAPI  # noqa: PLC0415

        connection = self.backend.con
        connection.execute("CREATE MACRO arrays_overlap(a, b) AS list_has_any(a, b)")
        connection.create_function(compare.__name__, compare, ["VARCHAR", "VARCHAR"], "VARCHAR")
        return DuckDBAPI(connection)


class _OnSpark(Engine):
    """A Spark session, of a cluster or of processes on this machine."""

    def __init__(self, session: SparkSession) -> None:
        self.backend = ibis.pyspark.connect(session)
        self._session = session

    def kept(self, name: str, rows: pa.Table | Table) -> Table:
        described = isinstance(rows, ibis.Table)
        frame = (
            self.backend.raw_sql(self.backend.compile(rows))
            if described
            else self._session.createDataFrame(rows)
        )
        frame.persist().createOrReplaceTempView(name)
        return self.backend.table(name)

    def splink(self, compare: Compare) -> DatabaseAPI[Any]:
        from pyspark.sql.functions import udf  # noqa: PLC0415
        from pyspark.sql.types import StringType  # noqa: PLC0415
        from splink.backends.spark import SparkAPI  # noqa: PLC0415

        class CutShort(SparkAPI):
            """Splink on Spark, each of its tables without the plan that made it.

            A table that is only persisted keeps that plan, the parts are found in rounds that name the one
            before several times, and Spark reads the whole again for every query: it doubles each round.
            """

            def _break_lineage_and_repartition(self, spark_df: DataFrame, *_: str) -> DataFrame:
                return spark_df.localCheckpoint()

        self._session.udf.register(compare.__name__, udf(compare, StringType(), useArrow=True))
        return CutShort(  # type: ignore[no-untyped-call]
            spark_session=self._session, register_udfs_automatically=False
        )


@contextmanager
def engine(master: str | None = None) -> Iterator[Engine]:
    """DuckDB, or the Spark that `master` or else HAIHE_ENGINE names.

    Raises Invalid for a name that is none of Spark's, and Unavailable where Spark or Java is not installed.
    """
    asked = master or os.environ.get("HAIHE_ENGINE")
    started: Engine = _OnSpark(_session(asked)) if asked else _InProcess()
    try:
        yield started
    finally:
        started.backend.disconnect()


def _session(master: str) -> SparkSession:
    if not _SPARK.fullmatch(master):
        raise Invalid(
            N_("HAIHE_ENGINE is {value}, which names no Spark."),
            advice=N_("Set it to the address of a Spark, spark://HOST:PORT or local[2], or unset it."),
            value=master,
        )
    if not find_spec("pyspark"):
        raise Unavailable(
            N_("HAIHE_ENGINE names a Spark, and the extra spark is not installed."),
            advice=N_("Run pip install 'haihe[spark]', or unset HAIHE_ENGINE."),
        )
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise Unavailable(
            N_("HAIHE_ENGINE names a Spark, and Java is not installed."),
            advice=N_(
                "Install Java 17, on Debian: apt install openjdk-17-jre-headless, or unset HAIHE_ENGINE."
            ),
        )
    from pyspark.sql import SparkSession  # noqa: PLC0415

    settings: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings |= {"spark.driver.memory": "4g", "spark.sql.shuffle.partitions": str(_SHUFFLE_PARTITIONS)}
    session = SparkSession.builder.appName("haihe").master(master).config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def run(expression: Table) -> pa.Table:
    """The rows of an expression, worked out by an engine of its own."""
    with engine() as started:
        return started.run(expression)


def table_of(
    work: Callable[[Sequence[Any]], Columns], items: Sequence[Any], types: Mapping[str, str]
) -> pa.Table:
    """What a pure function makes of items, many of them in as many processes as there are cores.

    `types` are those of its columns, as Ibis names them.
    """
    import pyarrow as pa  # noqa: PLC0415

    schema = ibis.schema(types).to_pyarrow()
    if len(items) <= _PART:
        return pa.table(dict(work(items)), schema)
    parts = [items[at : at + _PART] for at in range(0, len(items), _PART)]
    with ProcessPoolExecutor(
        mp_context=get_context("spawn"), initializer=_learn, initargs=(work, schema)
    ) as pool:
        return pa.concat_tables(pool.map(_part, parts))


_learned: list[Any] = []


def _learn(work: Callable[[Sequence[Any]], Columns], schema: pa.Schema) -> None:
    """What a process is told once, so that a large dictionary is not sent with every part."""
    _learned[:] = work, schema


def _part(items: Sequence[Any]) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415

    work, schema = _learned
    return pa.table(dict(work(items)), schema)
