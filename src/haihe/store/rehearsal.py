"""A restore that is only tried: into a PostgreSQL of its own, which is gone afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from sqlalchemy import NullPool, create_engine

from haihe.kit.errors import N_, Conflict
from haihe.store import migrations
from haihe.store.archive import Manifest
from haihe.store.audit import verify
from haihe.store.backup import restore
from haihe.store.encryption import unsealed
from haihe.store.programs import Report
from haihe.store.server import local_server


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a tried restore brought back, how many lines of the audit chain hold, and how long it took."""

    manifest: Manifest
    audit_lines: int
    duration_s: float


def rehearse(source: Path, secret: bytes | None, report: Report) -> Rehearsal:
    """Restore a backup into a new server in the temporary folder and bring it up to date there.

    Every byte, the rows of every table and the audit chain are proven; the house itself is not touched.
    Raises what `restore` raises, and Conflict where the chain does not hold.
    """
    began = monotonic()
    with TemporaryDirectory(prefix="haihe-rehearsal-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        with (
            unsealed(source, secret, place / "plain") as plain,
            local_server(place / "home", report=report, durable=False) as server,
        ):
            manifest = restore(plain, server.owner_url, place / "files", report)
            migrations.upgrade(server.owner_url, server.url)
            report(N_("Walking the audit chain."))
            with create_engine(server.url, poolclass=NullPool).connect() as connection:
                verdict = verify(connection, None)
    if not verdict.whole:
        raise Conflict(
            N_("The backup was restored, but its audit chain is broken at line {line}."),
            advice=N_("Keep this backup as it is and rehearse an earlier one."),
            line=verdict.broken_at,
        )
    return Rehearsal(manifest, verdict.count, monotonic() - began)
