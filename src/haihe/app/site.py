"""The pages of every board on one site."""

from __future__ import annotations

import secrets
from pathlib import Path

from fastapi import FastAPI
from nicegui import ui

from haihe.app import home, search
from haihe.app.api import create_api
from haihe.boards.accounts import audit_page, marking_page, signon_page
from haihe.boards.accounts import page as accounts
from haihe.boards.ledger import (
    baseline_page,
    calendar_page,
    correction_page,
    desk_page,
    forecast_page,
    link_page,
    period_page,
    saved_page,
    scorecard_page,
    supervision_page,
    timeline_page,
    unit_page,
    watch_page,
)
from haihe.boards.ledger import page as ledger
from haihe.boards.office import (
    brief_page,
    channel_page,
    chase_page,
    code_page,
    mapping_page,
    meeting_page,
    mention_page,
    post_page,
    request_page,
    sign_page,
)
from haihe.boards.office import page as office
from haihe.boards.reader import page as reader
from haihe.boards.registry import network_page
from haihe.boards.registry import page as registry
from haihe.kit.errors import N_, NotFound
from haihe.ui import doors, frame, slots, tr

_PAGES = (
    home,
    *(ledger, period_page, correction_page, forecast_page, timeline_page, calendar_page, scorecard_page),
    *(unit_page, desk_page, supervision_page, baseline_page, saved_page, watch_page, link_page),
    *(office, chase_page, channel_page, sign_page, post_page, code_page, meeting_page, request_page),
    *(brief_page, mapping_page, mention_page),
    reader,
    *(registry, network_page),
    *(accounts, signon_page, audit_page, marking_page),
    search,
)


def create_site(folder: Path) -> FastAPI:
    """The whole application; `folder` keeps the secret that signs page state."""
    app = create_api()
    doors.mount(app)
    slots.empty()
    for page in _PAGES:
        page.mount()
    ui.run_with(
        app,
        root=_missing,
        title="海河 Haihe",
        language="zh-CN",
        tailwind=False,
        unocss=None,
        storage_secret=_secret(folder),
        show_welcome_message=False,
    )
    return app


def _missing() -> None:
    """Every address that no page has."""
    with frame(tr(N_("No such page"))):
        raise NotFound(
            N_("There is no page at this address."),
            advice=N_("Check the address, or look for the page by the box above."),
        )


def _secret(folder: Path) -> str:
    path = folder / "site-secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), "utf-8")
    return path.read_text("utf-8")
