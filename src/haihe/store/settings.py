"""What an operator can set, all from the environment; docs/start.md describes each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from haihe.kit.errors import N_, Invalid


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process.

    `database_url` and `database_owner_url` name a shared PostgreSQL 18; without them Haihe runs its own
    under `home`.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 8080
    sample: bool = True
    database_url: str | None = None
    database_owner_url: str | None = None


def settings_of(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that an environment gives.

    Raises Invalid for a port that is no port and for one database address without the other.
    """
    port = environment.get("HAIHE_PORT", "8080")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Invalid(
            N_("HAIHE_PORT is {value}; a port is a number from 1 to 65535."),
            advice=N_("Set HAIHE_PORT to a free port, or unset it for 8080."),
            value=port,
        )
    url, owner_url = environment.get("HAIHE_DATABASE_URL"), environment.get("HAIHE_DATABASE_OWNER_URL")
    if bool(url) != bool(owner_url):
        raise Invalid(
            N_("Only one of HAIHE_DATABASE_URL and HAIHE_DATABASE_OWNER_URL is set."),
            advice=N_("Set both, for the role of the app and for the role that owns the tables, or neither."),
        )
    home = environment.get("HAIHE_HOME")
    return Settings(
        home=Path(home).absolute() if home else _home(),
        host=environment.get("HAIHE_HOST", "127.0.0.1"),
        port=int(port),
        sample=environment.get("HAIHE_SAMPLE", "1") != "0",
        database_url=url or None,
        database_owner_url=owner_url or None,
    )


def _home() -> Path:
    """Where data lie unless HAIHE_HOME says otherwise: as root a folder that a system user can enter."""
    return Path("/var/lib/haihe") if os.geteuid() == 0 else Path(platformdirs.user_data_dir("haihe"))
