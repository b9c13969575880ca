"""The page of the audit chain: whether it is whole, and who did what."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from markupsafe import Markup

from haihe.boards.accounts.actions import audit_verdict
from haihe.boards.accounts.acts import ACT_LABELS, ACTOR_LABELS
from haihe.boards.accounts.audit_actions import Line, audit_lines
from haihe.boards.accounts.request_actions import asker_now
from haihe.kit.clock import REGION, day_in_region
from haihe.kit.cursor import Page
from haihe.kit.errors import N_
from haihe.kit.limits import PAGE_ROWS_DEFAULT, QUERY_CHARACTERS_MAX
from haihe.store.audit import Verdict
from haihe.store.opening import the_store
from haihe.store.session import as_json
from haihe.ui import page_at
from haihe.ui.frame import frame
from haihe.ui.language import tr
from haihe.ui.markup import download_links, html, joined, link, write
from haihe.ui.table import Column, plain_table
from haihe.ui.widgets import answer, coverage_line, section


def mount() -> None:
    """Register the page."""
    page_at("/audit")(audit)


async def audit(q: str = "", before: str | None = None) -> None:
    """Whether every line holds, and the lines, the newest first."""
    asker, store = await asker_now(), the_store()
    with frame(tr(N_("Audit"))):
        verdict = await to_thread(audit_verdict, store, asker)
        answer(_said(verdict))
        words = q[:QUERY_CHARACTERS_MAX]
        sought = next((act for act, label in ACT_LABELS.items() if tr(label) == words.strip()), words)
        found = await to_thread(audit_lines, store, asker, sought, before, PAGE_ROWS_DEFAULT)
        files = {
            name: f"/api/v1/audit/lines?{urlencode({'q': sought, 'format': name.lower()})}"
            for name in ("CSV", "xlsx")
        }
        with section(tr(N_("Who did what")), download_links(files)):
            _search(words)
            _lines(found)
            if found.next:
                older = f"/audit?{urlencode({'q': words, 'before': found.next})}"
                write(link(tr(N_("Older lines")), older), "p")
        coverage_line(
            tr(N_("Everything that changed something here, and every sign-in that failed.")),
            as_of=day_in_region(datetime.now(UTC)),
        )


def _said(verdict: Verdict) -> str:
    if verdict.broken_at is not None:
        return tr(N_("The audit chain is broken at line {line}."), line=verdict.broken_at)
    if verdict.cut:
        return tr(N_("The audit chain has {count} lines; its end is missing."), count=verdict.count)
    return tr(N_("The audit chain has {count} lines, and every one of them holds."), count=verdict.count)


def _search(words: str) -> None:
    form = Markup(
        '<form class="hai-form" role="search"><label>{}<input type="search" name="q" value="{}" '
        'maxlength="{}"></label><button class="hai-button">{}</button></form>'
    )
    label = tr(N_("An account, an action such as sign_in, or a subject such as plan/3"))
    write(form.format(label, words, QUERY_CHARACTERS_MAX, tr(N_("Find"))))


def _lines(found: Page[Line]) -> None:
    columns = [
        Column("id", tr(N_("Line")), numeric=True),
        Column("at", tr(N_("Time"))),
        Column("actor", tr(N_("By"))),
        Column("action", tr(N_("Action"))),
        Column("subject", tr(N_("Subject"))),
        Column("detail", tr(N_("Detail"))),
    ]
    rows = [
        {
            "id": one.id,
            "at": one.at.astimezone(REGION).strftime("%Y-%m-%d %H:%M:%S"),
            "actor": one.name or tr(ACTOR_LABELS.get(one.actor, one.actor)),
            "action": html(
                '<span title="{}">{}</span>', one.action, tr(ACT_LABELS.get(one.action, one.action))
            ),
            "subject": one.subject,
            "detail": _detail(one.detail) if one.detail else "",
        }
        for one in found.rows
    ]
    write(plain_table(columns, rows), classes="hai-data")


def _detail(detail: Mapping[str, object]) -> Markup:
    """What a line says in detail, folded."""
    pairs = joined(
        html("<dt>{}</dt><dd>{}</dd>", name, value if isinstance(value, str) else as_json(value))
        for name, value in detail.items()
    )
    return html("<details><summary>{}</summary><dl>{}</dl></details>", tr(N_("Details")), pairs)
