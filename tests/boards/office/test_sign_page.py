"""Signing in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import insert

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import actor_of
from haihe.boards.office import post_actions, sign_actions
from haihe.boards.office.sign_actions import Proposal
from haihe.boards.office.signing import Wish
from haihe.boards.registry.tables import ENTITY
from haihe.kit.source import Source
from haihe.store.opening import Store
from haihe.store.search import vector
from haihe.store.session import writing
from haihe.store.sources import keep

pytestmark = [pytest.mark.browser, pytest.mark.database]


def unit_of(store: Store) -> int:
    source = Source("judgement", tier="sample", quote="样例联合办公室")
    with writing(store.engine, actor_of(OPERATOR)) as session:
        keep(session, [source])
        row = {
            "key": "unit:sample",
            "kind": "agency",
            "name": "样例联合办公室",
            "properties": {},
            "sources": {},
            "source_id": source.id,
            "changed_at": session.actor.at,
            "search": vector("样例联合办公室"),
        }
        made = int(session.execute(insert(ENTITY).values(row).returning(ENTITY.c.id)).scalar_one())
        session.record("test", f"entity/{made}")
        session.commit()
    return made


async def seen_by(browser: Browser, site: str, token: str, path: str) -> Page:
    """A page as an account sees it on a phone."""
    context = await browser.new_context(base_url=site, locale="en-GB", viewport={"width": 390, "height": 800})
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    opened = await context.new_page()
    await opened.goto(path)
    await opened.wait_for_function("window.did_handshake === true")
    return opened


async def test_a_head_of_division_returns_and_approves_by_keyboard_and_keeps_the_stamped_scan(
    browser: Browser, site: str, store: Store, signed_in: Callable[[str, Grant], str], tmp_path: Path
) -> None:
    unit, tokens = str(unit_of(store)), {}
    for title, level in (("Desk", "drafter"), ("Head", "division"), ("Deputy", "deputy")):
        tokens[title] = signed_in(title.lower(), Grant("supervisor"))
        post = post_actions.add_post(store, OPERATOR, unit, title, level)
        asker = accounts.asker_of(store, tokens[title])
        post_actions.hand_over(store, OPERATOR, post, asker.account, "appointed")
    desk = accounts.asker_of(store, tokens["Desk"])
    file = "circular.txt", b"first line\nsecond line"
    proposal = Proposal("circular", "A circular", file=file, route="deputy")
    docket = sign_actions.put_up(store, desk, proposal)

    def seen() -> int:
        return sign_actions.docket_at(store, OPERATOR, docket, "en").seen

    sign_actions.act(store, desk, docket, Wish("submit", seen()))
    page = await seen_by(browser, site, tokens["Head"], "/office/sign")
    await expect(page.locator(".hai-answer")).to_contain_text("1 documents wait for you")
    await page.get_by_role("link", name="A circular").click()
    await page.wait_for_function("window.did_handshake === true")
    await expect(page.locator(".hai-answer")).to_contain_text("waits for")
    await page.keyboard.press("r")
    await page.keyboard.type("name the source")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".hai-answer")).to_contain_text("returned it to", timeout=15_000)
    await expect(page.locator("details[data-key]")).to_have_count(0)

    sign_actions.revise(store, desk, docket, seen(), ("circular.txt", b"first line\nsecond line (source)"))
    sign_actions.act(store, desk, docket, Wish("submit", seen()))
    await page.reload()
    await page.wait_for_function("window.did_handshake === true")
    await expect(page.locator("ins")).to_have_text("second line (source)")
    await expect(page.locator("del")).to_have_text("second line")
    await page.keyboard.press("a")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".hai-answer")).to_contain_text("Deputy", timeout=15_000)
    code = sign_actions.docket_at(store, OPERATOR, docket, "en").versions[0].code

    (tmp_path / "stamped.pdf").write_bytes(b"%PDF-1.4 stamped")
    await page.get_by_label("Code under the square").fill(code)
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Keep a stamped scan").click()
    await (await chooser.value).set_files(tmp_path / "stamped.pdf")
    await expect(page.get_by_role("link", name="stamped.pdf")).to_be_visible(timeout=15_000)
    await page.goto(f"/office/code/{code}")
    await expect(page.locator(".hai-answer")).to_contain_text("the current one; it is not signed yet")
    await page.context.close()
