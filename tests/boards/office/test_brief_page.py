"""The pages of briefs in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.async_api import Page, expect

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Share, period_actions
from haihe.boards.office import brief_actions
from haihe.store.opening import Store

pytestmark = [pytest.mark.browser, pytest.mark.database]

PERIOD = f"{brief_actions.today():%Y-%m}"


def template() -> bytes:
    document = Document()
    document.add_paragraph("{{ issuer }}: {{ headline }}")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


async def test_a_brief_is_drafted_looked_at_and_issued(
    desk: Page, store: Store, plan_of: Callable[..., int], tmp_path: Path
) -> None:
    plan = plan_of([Share("样例市科技局", "lead")], [Share("样例市商务局", "lead")])
    await desk.goto(f"/office/briefs?plan={plan}&kind=month&period={PERIOD}")
    await desk.wait_for_function("window.did_handshake === true")
    await expect(desk.locator(".hai-answer")).to_contain_text("is not issued yet")
    await desk.get_by_role("button", name="Make a draft").click()
    await expect(desk.locator(".brief")).to_contain_text("none of their lights is confirmed")
    period_actions.confirm_lights(store, OPERATOR, plan, PERIOD)
    await desk.get_by_role("button", name="Make the draft again").click()
    await expect(desk.locator(".brief")).to_contain_text("have a confirmed light")
    await expect(desk.get_by_text("Changed since the draft before")).to_be_visible()

    (tmp_path / "own.docx").write_bytes(template())
    await desk.get_by_label("In whose name").fill("Sample office")
    async with desk.expect_file_chooser() as chooser:
        await desk.get_by_role("button", name="Choose a Word template").click()
    await (await chooser.value).set_files(tmp_path / "own.docx")
    await expect(desk.get_by_role("button", name="own.docx")).to_be_visible()
    async with desk.expect_download() as download:
        await desk.get_by_role("button", name="The draft as docx").click()
    content = Path(await (await download.value).path()).read_bytes()
    taken = Document(BytesIO(content))
    assert taken.paragraphs[0].text.startswith("Sample office: As of")
    assert taken.sections[0].header.paragraphs[0].text.startswith("Taken from Haihe by 督查 on ")

    await desk.get_by_role("button", name="Issue it").click()
    await desk.wait_for_url("**/office/brief/*")
    await expect(desk.locator(".brief .issuer")).to_have_text("Sample office")
    await expect(desk.get_by_text("in force")).to_be_visible()
    (issued,) = brief_actions.issues(store, OPERATOR, plan)
    assert period_actions.periods_of(store, OPERATOR, plan)[0].brief == issued.sha256
