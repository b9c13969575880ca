"""`haihe doctor`: what Haihe needs, whether it is there, and what to do where it is not."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis
from sqlalchemy import text

from haihe.boards.office import template
from haihe.kit.errors import N_, HaiheError
from haihe.store import bulk, migrations
from haihe.store.opening import opened
from haihe.store.session import reading
from haihe.store.settings import Settings

FREE_BYTES_MIN = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is as it should be, what was seen, and what to do otherwise."""

    name: str
    sound: bool
    seen: str
    advice: str = ""


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one after the other."""
    yield _disk(settings.home)
    yield from _database(settings)
    yield _engine()
    yield _fonts()
    yield _document_fonts()
    yield _browser()


def _disk(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return Finding(
        N_("disk"),
        free >= FREE_BYTES_MIN,
        f"{free / 1024**3:.1f} GiB · {home}",
        N_("Make room, or point HAIHE_HOME at a larger disk."),
    )


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        with opened(settings, lambda _template, **_facts: None) as store, reading(store.engine) as connection:
            version = str(connection.execute(text("SHOW server_version")).scalar_one())
            advice = N_("Haihe needs PostgreSQL 18; see docs/start.md, A shared database.")
            yield Finding(N_("database"), version.startswith("18"), f"PostgreSQL {version}", advice)
            held = set(connection.execute(text("SELECT extname FROM pg_extension")).scalars())
            trigrams = connection.execute(text("SELECT show_trgm('天津')")).scalar_one()
            yield Finding(
                N_("extensions"),
                held.issuperset(migrations.EXTENSIONS) and bool(trigrams),
                ", ".join(sorted(held)),
                migrations.CREATE_DATABASE,
            )
            revision = migrations.revision_of(connection)
            yield Finding(
                N_("tables"), revision == migrations.newest(), str(revision), N_("Run haihe up once.")
            )
    except HaiheError as error:
        yield Finding(N_("database"), sound=False, seen=str(error), advice=error.advice)


def _engine() -> Finding:
    rows = bulk.run(ibis.memtable({"n": [1, 2]}).aggregate(total=lambda t: t.n.sum()))
    return Finding(N_("engine"), rows.to_pydict() == {"total": [3]}, f"DuckDB · Ibis {ibis.__version__}")


def _fonts() -> Finding:
    advice = N_("Install Chinese fonts, on Debian: apt install fonts-noto-cjk.")
    families = _families(":lang=zh")
    return Finding(N_("fonts"), bool(families), ", ".join(families[:3]), advice)


def _document_fonts() -> Finding:
    """The fonts of official documents, and which stands in for one that is not here."""
    known, seen = set(_families(":")), {}
    for name, others in template.fonts().values():
        seen[name] = next((one for one in (name, *others) if one in known), None)
    words = (name if here == name else f"{name} → {here or '–'}" for name, here in seen.items())
    advice = N_(
        "Briefs name the fonts of GB/T 9704. Install them where briefs are printed, or open ones, on Debian: "
        "apt install fonts-noto-cjk."
    )
    return Finding(N_("document fonts"), None not in seen.values(), ", ".join(words), advice)


def _families(pattern: str) -> list[str]:
    """The families of the fonts of a pattern, none where fontconfig is not installed."""
    if not shutil.which("fc-list"):
        return []
    listed = subprocess.run(["fc-list", pattern, "family"], capture_output=True, text=True, check=False)
    return sorted({name for line in listed.stdout.splitlines() for name in line.split(",")})


def _browser() -> Finding:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    advice = N_("Only the tests need one on this machine; on Debian: apt install chromium.")
    return Finding(N_("browser"), found is not None, found or os.environ.get("BROWSER", "–"), advice)
