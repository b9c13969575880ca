"""Files of other formats as LibreOffice saves them anew, alone, in a home of its own, without macros."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from haihe.kit.errors import N_, Invalid, Unavailable

_SECONDS_MAX = 120
_ONE_AT_A_TIME = Lock()
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel"><value>3</value></prop>
</item>
</oor:items>
"""


def converted(content: bytes, name: str, ending: str, target: str) -> bytes:
    """A file of the format `ending` (`.wps`) in the format `target` (`.docx`).

    Raises Unavailable where LibreOffice is not installed, Invalid for what it cannot open.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise Unavailable(
            N_("{name} is of a format that LibreOffice opens, and LibreOffice is not installed here."),
            advice=N_("Install it (apt install libreoffice), or save the file as {target}."),
            name=name,
            target=target,
        )
    with TemporaryDirectory(prefix="haihe-") as folder, _ONE_AT_A_TIME:
        place = Path(folder)
        source, result = place / f"document{ending}", place / "out" / f"document{target}"
        source.write_bytes(content)
        settings = place / "profile/user/registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        options = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", target[1:]]
        options += ["--outdir", str(result.parent)]
        profile = f"-env:UserInstallation={(place / 'profile').as_uri()}"
        _run([program, profile, *options, str(source)], place)
        if not result.is_file():
            raise Invalid(
                N_("LibreOffice cannot open {name}: it is damaged, protected by a password or too large."),
                advice=N_("Open it with the program it was made with, save it as {target} and try that."),
                name=name,
                target=target,
            )
        return result.read_bytes()


def _run(command: list[str], home: Path) -> None:
    """Run a program with a home of its own; when it ends or its time is up, nothing of it is left running."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LANG": "C.UTF-8"}
    silence = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=environment, stdin=silence, stdout=silence, stderr=silence, start_new_session=True
    ) as process:
        try:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_MAX)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
