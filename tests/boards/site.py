"""The whole site on a store that is open elsewhere; run as a program, by the fixture `site`."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from haihe.app.site import create_site
from haihe.store.opening import using


def serve(port: int, home: Path, url: str, owner_url: str) -> None:
    """Serve it until the process ends."""
    with using(home, url, owner_url):
        uvicorn.run(create_site(home / "site"), port=port, log_level="warning")


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
