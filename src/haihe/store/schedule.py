"""Backups by themselves: one a day, sealed, into a folder or onto a disk that the operator names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from haihe.kit.clock import REGION
from haihe.kit.errors import N_, Invalid, NotFound
from haihe.store.backup import backup
from haihe.store.disk import disk
from haihe.store.encryption import secret_of
from haihe.store.opening import Store

_NAME = re.compile(r"haihe-(\d{8}-\d{6})\.sealed")
_STAMP = "%Y%m%d-%H%M%S"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Where backups go, the file of their key, the hour of the day they are made, and how many are kept."""

    folder: Path
    key: Path
    hour: int = 2
    keep: int = 14


def schedule_of(environment: Mapping[str, str]) -> Schedule | None:
    """The schedule that an environment sets, None where it names no folder.

    Raises Invalid for a folder without a key, and for an hour or a number that is none.
    """
    folder, key = environment.get("HAIHE_BACKUP_FOLDER"), environment.get("HAIHE_BACKUP_KEY")
    if not folder:
        return None
    if not key:
        raise Invalid(
            N_("HAIHE_BACKUP_FOLDER is set, but HAIHE_BACKUP_KEY is not."),
            advice=N_("Set it to the file of a key; make one with: openssl rand -base64 32."),
        )
    hour = _number(environment, "HAIHE_BACKUP_HOUR", 2, range(24))
    keep = _number(environment, "HAIHE_BACKUP_KEEP", 14, range(2, 1000))
    return Schedule(Path(folder).absolute(), Path(key).absolute(), hour, keep)


def backups_in(folder: Path) -> list[Path]:
    """The backups of a folder, the newest first."""
    with disk(folder):
        found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(found, reverse=True)


def newest_in(folder: Path) -> Path:
    """The newest backup of a folder; raises NotFound."""
    found = backups_in(folder) if folder.is_dir() else []
    if not found:
        raise NotFound(
            N_("There is no backup in {folder}."),
            advice=N_("Check that the disk is mounted and that haihe up has run through the night."),
            folder=folder,
        )
    return found[0]


def is_due(schedule: Schedule, now: datetime) -> bool:
    """Whether the hour of today has come and its backup has not been made."""
    here = now.astimezone(REGION)
    hour = datetime.combine(here.date(), time(schedule.hour), REGION)
    made = backups_in(schedule.folder)
    return here >= hour and (not made or taken_at(made[0]) < hour)


def taken_at(backup_file: Path) -> datetime:
    """When a backup was taken, by its name."""
    found = _NAME.fullmatch(backup_file.name)
    assert found, backup_file
    return datetime.strptime(found[1], _STAMP).replace(tzinfo=REGION)


def make_due(store: Store, schedule: Schedule, now: datetime) -> Path | None:
    """Make the backup that is due, and let go the oldest beyond those that are kept; None where none is due.

    Raises what `backup` raises; nothing is let go then.
    """
    with disk(schedule.folder):
        if not schedule.folder.is_dir():
            raise NotFound(
                N_("The folder of backups {folder} is not there."),
                advice=N_("Mount its disk, or make the folder."),
                folder=schedule.folder,
            )
    if not is_due(schedule, now):
        return None
    target = schedule.folder / f"haihe-{now.astimezone(REGION).strftime(_STAMP)}.sealed"
    secret = secret_of(schedule.key)
    backup(store.owner_url, store.files.folder, target, lambda _: None, secret)
    for old in backups_in(schedule.folder)[schedule.keep :]:
        with disk(old):
            old.unlink()
    return target


def _number(environment: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    value = environment.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and int(value) in allowed):
        raise Invalid(
            N_("{name} is {value}; it is a number from {least} to {most}."),
            advice=N_("Set {name} to such a number, or unset it for {default}."),
            name=name,
            value=value,
            least=allowed.start,
            most=allowed.stop - 1,
            default=default,
        )
    return int(value)
