"""The pages in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from haihe.boards.accounts import OPERATOR
from haihe.boards.reader import actions
from haihe.boards.reader.documents import PART_CHARACTERS, Document, Fact, Sought
from haihe.boards.reader.outline import lines_of
from haihe.store.opening import Store

pytestmark = [pytest.mark.browser, pytest.mark.database]

TEXT = (
    "推动京津冀协同发展情况\n\n"
    "2023年一季度，天津市落地项目74个，总投资502亿元，同比增长3.5%。\n"
    "下一步抓好三项工作：一是提升承载力，建好武清区产业园。二是抓好10条产业链。三是完成评估。\n"
)


async def ready(at: Page, path: str) -> None:
    await at.goto(path)
    await at.wait_for_function("window.did_handshake === true")


async def hand_in(at: Page, content: bytes) -> None:
    async with at.expect_file_chooser() as chooser:
        await at.get_by_role("button", name="Choose a file and read it").click()
    file = FilePayload(name="情况.txt", mimeType="text/plain", buffer=content)
    await (await chooser.value).set_files(file)


def read(store: Store, text: str = TEXT) -> Document:
    return actions.read_document(store, OPERATOR, text.encode(), "情况.txt")


def facts(store: Store, document: Document) -> list[Fact]:
    return actions.facts_of(store, OPERATOR, document.id, Sought(limit=10_000)).rows


async def test_eight_thousand_characters_with_four_hundred_facts_are_shown_whole_and_answer(
    desk: Page, store: Store
) -> None:
    said = "第{0}段，2023年{1}月，武清区新增企业{0}家，投资{0}.5亿元。"
    lines = [said.format(n, n % 12 + 1) for n in range(2, 300)]
    document = read(store, "统计情况\n\n" + "\n".join(lines)[:8_000])
    assert document.characters > 8_000
    assert document.facts >= 400
    last = facts(store, document)[-1]
    await ready(desk, f"/document/{document.id}")
    await desk.locator(f"#span-{last.id}").click()
    await expect(desk.locator(f"#fact-{last.id}")).to_be_focused()
    await desk.keyboard.press("a")
    await expect(desk.locator(f"#fact-{last.id}")).to_have_attribute("data-state", "accepted")
    assert await desk.locator(".hai-facts li").count() == len(lines_of(facts(store, document)))
    assert await desk.locator(".hai-reading").inner_text() == actions.text_at(store, OPERATOR, document.id)


async def test_the_keyboard_decides_and_undoes(desk: Page, store: Store) -> None:
    document = read(store)
    first, second, third = facts(store, document)[:3]
    await ready(desk, f"/document/{document.id}")
    await desk.locator(f"#fact-{first.id}").focus()
    await desk.keyboard.press("a")
    await expect(desk.locator(f"#fact-{second.id}")).to_be_focused()
    await desk.keyboard.press("r")
    await expect(desk.locator(f"#fact-{second.id}")).to_have_attribute("data-state", "rejected")
    await expect(desk.locator(f"#fact-{third.id}")).to_be_focused()
    await desk.keyboard.press("ArrowUp")
    await desk.keyboard.press("ArrowUp")
    await desk.keyboard.press("u")
    await expect(desk.locator(f"#fact-{first.id}")).to_have_attribute("data-state", "found")
    await expect(desk.locator(f"#fact-{first.id}")).to_contain_text("to be checked")
    assert [fact.state for fact in facts(store, document)[:3]] == ["found", "rejected", "found"]
    await ready(desk, f"/document/{document.id}")
    assert await desk.locator(f"mark[data-id='{second.id}']").count() == 0


async def select(at: Page, words: str) -> None:
    """Select words of the text as a mouse does."""
    await at.evaluate(
        """(words) => {
          const text = document.querySelector(".hai-reading");
          const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (walk.nextNode()) nodes.push(walk.currentNode);
          const start = nodes.map((node) => node.data).join("").indexOf(words);
          const range = document.createRange();
          let place = 0;
          for (const node of nodes) {
            const end = place + node.data.length;
            if (start >= place && start < end) range.setStart(node, start - place);
            if (start + words.length > place && start + words.length <= end)
              range.setEnd(node, start + words.length - place);
            place = end;
          }
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        words,
    )


async def test_a_fact_is_corrected_by_key_with_other_words(desk: Page, store: Store) -> None:
    document = read(store)
    figure = next(fact for fact in facts(store, document) if fact.quote == "502亿元")
    await ready(desk, f"/document/{document.id}")
    await desk.locator(f"#fact-{figure.id}").focus()
    await desk.keyboard.press("c")
    form = desk.locator(".hai-correct form")
    await expect(form.get_by_label("Value")).to_be_focused()
    await expect(form.get_by_label("Value")).to_have_value("502")
    await form.get_by_label("Value").fill("5020")
    await form.get_by_label("Qualifier").fill("约")
    await select(desk, "总投资502亿元")
    await form.get_by_role("button", name="Take the selected words").click()
    await expect(form.locator("q")).to_have_text("总投资502亿元")
    await form.get_by_role("button", name="Save").click()
    row = desk.locator(f"#fact-{figure.id}")
    await expect(row).to_be_focused()
    await expect(row).to_contain_text("✎ corrected")
    await expect(row).to_contain_text("found as: 502亿元 50,200,000,000 CNY")
    await expect(form).to_have_count(0)
    await expect(desk.locator(f"mark[data-id='{figure.id}']")).to_have_text("总投资502亿元")
    await expect(desk.locator(".hai-decided")).to_contain_text(f"1 of {document.facts} decided; 1 corrected")
    after = next(fact for fact in facts(store, document) if fact.id == figure.id)
    assert (after.quote, after.fields["value"], after.fields["qualifier"]) == ("总投资502亿元", 5020, "约")
    await desk.keyboard.press("u")
    await expect(row).to_contain_text("to be checked")


async def test_what_the_reader_missed_is_selected_and_added(desk: Page, store: Store) -> None:
    document = read(store)
    await ready(desk, f"/document/{document.id}")
    await select(desk, "产业链")
    await desk.keyboard.press("n")
    form = desk.locator(".hai-correct form")
    await form.get_by_label("Kind").select_option("industry")
    await expect(form.get_by_label("Full name")).to_have_value("产业链")
    await form.get_by_label("Full name").fill("重点产业链")
    await desk.keyboard.press("Enter")
    row = desk.locator("li[data-state=added]")
    await expect(row).to_be_focused()
    await expect(row).to_contain_text("重点产业链")
    await expect(desk.locator("mark[data-kind=industry]")).to_have_text("产业链")
    await desk.keyboard.press("r")
    await expect(row).to_have_count(0)
    assert all(fact.kind != "industry" for fact in facts(store, document))


async def test_two_who_decide_on_one_fact_hear_of_each_other_and_lose_nothing(
    desk: Page, store: Store
) -> None:
    document = read(store)
    figure = next(fact for fact in facts(store, document) if fact.quote == "74个")
    await ready(desk, f"/document/{document.id}")
    await desk.locator(f"#fact-{figure.id}").focus()
    await desk.keyboard.press("c")
    form = desk.locator(".hai-correct form")
    await form.get_by_label("Value").fill("75")
    actions.decide_fact(store, OPERATOR, figure.id, "rejected")
    await form.get_by_role("button", name="Save").click()
    await expect(desk.locator(".q-notification")).to_contain_text("operator struck out “74个”")
    await expect(desk.locator(f"#fact-{figure.id}")).to_have_attribute("data-state", "rejected")
    await expect(form.get_by_label("Value")).to_have_value("75")
    await form.get_by_role("button", name="Save").click()
    await expect(desk.locator(f"#fact-{figure.id}")).to_have_attribute("data-state", "corrected")


async def test_the_plan_is_a_tree_beside_the_text(desk: Page, store: Store) -> None:
    document = read(store)
    await ready(desk, f"/document/{document.id}")
    await desk.get_by_role("link", name="as a plan").click()
    await expect(desk).to_have_url(f"/document/{document.id}?view=plan")
    await expect(desk.locator(".hai-facts li[data-kind=task]")).to_have_count(3)
    await expect(desk.locator(".hai-facts li[data-kind=figure]")).to_have_count(0)
    await desk.locator(".hai-facts li").first.focus()
    await desk.keyboard.press("a")
    await expect(desk.locator(".hai-decided")).to_contain_text("1 of 3 decided")
    await desk.reload()
    await desk.get_by_role("link", name="decided").click()
    await expect(desk.locator(".hai-facts li")).to_have_count(1)


async def test_a_row_lights_its_words_and_the_words_their_row(desk: Page, store: Store) -> None:
    document = read(store)
    figure = next(fact for fact in facts(store, document) if fact.quote == "502亿元")
    await ready(desk, f"/document/{document.id}")
    await desk.locator(f"#fact-{figure.id} b").click()
    await expect(desk.locator("mark[data-here]")).to_have_text("502亿元")
    await desk.locator("mark", has_text="74个").click()
    await expect(desk.locator("li:focus")).to_contain_text("74个")
    await expect(desk.locator("mark[data-here]")).to_have_text("74个")


async def test_a_number_opens_its_sentence_which_leads_back_to_the_text(desk: Page, store: Store) -> None:
    document = read(store)
    figure = next(fact for fact in facts(store, document) if fact.quote == "502亿元")
    await ready(desk, f"/document/{document.id}")
    await desk.locator(f"#fact-{figure.id} a").click()
    drawer = desk.get_by_role("complementary", name="Source")
    await expect(drawer.locator("blockquote")).to_contain_text("落地项目74个，总投资502亿元，同比增长3.5%。")
    await expect(drawer.locator("blockquote b")).to_have_text("502亿元")
    await ready(desk, f"/source/{figure.source_id}")
    await desk.get_by_role("link", name=document.title).click()
    await expect(desk.locator(f"#span-{figure.id}")).to_be_focused()


async def test_the_facts_of_a_kind_are_shown_at_an_address_of_their_own(desk: Page, store: Store) -> None:
    document = read(store)
    await ready(desk, f"/document/{document.id}")
    await desk.get_by_role("link", name="Place names").click()
    await expect(desk).to_have_url(f"/document/{document.id}?kind=place")
    places = [fact.quote for fact in facts(store, document) if fact.kind == "place"]
    await expect(desk.locator(".hai-facts b")).to_have_text(places)
    await expect(desk.locator(".hai-reading mark")).to_have_text(places)


async def test_a_long_text_is_shown_in_parts_and_a_source_finds_its_part(desk: Page, store: Store) -> None:
    document = read(store, TEXT + "甲" * 2 * PART_CHARACTERS + "\n末尾新增企业31家。\n")
    last = facts(store, document)[-1]
    await ready(desk, f"/source/{last.source_id}")
    await desk.get_by_role("link", name=document.title).click()
    await expect(desk.locator(f"#span-{last.id}")).to_have_text("31家")
    assert len(await desk.locator(".hai-reading").inner_text()) <= PART_CHARACTERS
    await desk.get_by_role("link", name="Previous").click()
    await expect(desk.locator(".hai-facts li")).to_have_count(0)


async def test_a_file_is_handed_in_and_its_document_opens(desk: Page, store: Store) -> None:
    await ready(desk, "/documents")
    await expect(desk.locator(".hai-empty")).to_contain_text("haihe read FILE")
    await desk.get_by_label("Date of the document").fill("2023-06-01")
    async with desk.expect_file_chooser() as chooser:
        await desk.get_by_role("button", name="Choose a file and read it").click()
    await (await chooser.value).set_files(
        {"name": "情况.txt", "mimeType": "text/plain", "buffer": TEXT.encode()}
    )
    await desk.wait_for_url("/document/1")
    await expect(desk.locator("h1")).to_have_text("推动京津冀协同发展情况")
    assert str(actions.document_at(store, OPERATOR, 1).dated) == "2023-06-01"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"\x00\x01" * 99, "is not a text"), (b"%PDF-1.7", "情况.txt")],
)
async def test_a_bad_file_is_explained_and_not_stored(
    desk: Page, store: Store, content: bytes, words: str
) -> None:
    await ready(desk, "/documents")
    await hand_in(desk, content)
    await expect(desk.locator(".q-notification")).to_contain_text(words)
    assert actions.documents(store, OPERATOR).rows == []


async def test_the_public_sees_what_was_published_and_accepted(
    browser: Browser, site: str, store: Store
) -> None:
    document = read(store)
    figure = next(fact for fact in facts(store, document) if fact.quote == "502亿元")
    visitor = await browser.new_page(base_url=site, locale="en-GB")
    answer = await visitor.goto(f"/document/{document.id}")
    assert answer
    assert answer.status == 404
    await expect(visitor.get_by_role("alert")).to_contain_text("that you may see")
    await expect(visitor.get_by_text("502亿元")).to_have_count(0)
    await visitor.goto(f"/source/{figure.source_id}")
    await expect(visitor.locator("blockquote")).to_have_text("502亿元")
    actions.decide_fact(store, OPERATOR, figure.id, "accepted")
    actions.publish_document(store, OPERATOR, document.id)
    await ready(visitor, f"/document/{document.id}")
    await expect(visitor.locator(".hai-reading mark")).to_have_text(["502亿元"])
    await expect(visitor.locator(".hai-facts button")).to_have_count(0)
    await ready(visitor, "/documents")
    await expect(visitor.get_by_role("button", name="Choose a file and read it")).to_have_count(0)
    await ready(visitor, "/search?q=产业链")
    await expect(visitor.locator(".hai-hits")).to_contain_text("抓好10条产业链")
