"""The main part of a page of the web is read whole, and nothing of what stands around it."""

from __future__ import annotations

import pytest

from haihe.boards.reader.web import text_of

LONG = "坚持统筹谋划、分步实施，推动交通、生态、产业三个领域率先突破。" * 9
MENU = "<ul>" + "".join(f"<li><a href='/{at}'>栏目第{at}个</a></li>" for at in range(9)) + "</ul>"
PLAN = f"""<h1>关于印发《行动方案》的通知</h1><p>各区人民政府，市政府各委、办、局：</p>
<h2>一、总体要求</h2><p>以新发展理念为指导，推进协同发展，<br/>形成新格局。</p>
<ol start="3"><li>加快建设综合交通网络</li><li>推进产业协同创新，完善体制机制</li></ol>
<table><tr><th rowspan="2">序号</th><th colspan="2">任务</th></tr><tr><td>甲|乙</td><td>丙<br>丁</td></tr>
<tr><td>1</td><td></td><td>戊</td></tr></table><p style="display: none">藏</p>
<p>{LONG}</p><p>特此通知。</p>"""
EXPECTED = f"""关于印发《行动方案》的通知
各区人民政府，市政府各委、办、局：
一、总体要求
以新发展理念为指导，推进协同发展，
形成新格局。
3. 加快建设综合交通网络
4. 推进产业协同创新，完善体制机制

| 序号 | 任务 ||
| ^^ | 甲\\|乙 | 丙\u2028丁 |
| 1 |  | 戊 |

{LONG}
特此通知。
"""


def page(body: str, head: str = "<title>关于印发《行动方案》的通知_市政府</title>") -> str:
    script = "<script>var a = '脚本'</script>"
    return (
        f"<html><head>{head}</head><body><div class='nav'>{MENU}</div><div id='zoom'>{body}</div>{script}"
        f"<div class='footer'>版权所有 <a href='/'>联系我们</a></div></body></html>"
    )


def test_headings_lists_and_tables_of_the_article_stand_and_menus_do_not() -> None:
    assert text_of(page(PLAN).encode()) == EXPECTED


def test_a_page_laid_out_in_tables_is_read_as_text() -> None:
    laid = f"<table><tr><td>{MENU}</td><td>{PLAN}</td></tr><tr><td></td><td></td></tr></table>"
    text = text_of(page(laid).encode())
    assert "一、总体要求\n" in text
    assert "| 1 |  | 戊 |" in text


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<meta name='ArticleTitle' content='甲'><title>乙</title>", "甲"),
        ("<title>关于推进协同的意见-市人民政府</title>", "关于推进协同的意见"),
        ("<title>短_站</title>", "短_站"),
    ],
)
def test_the_title_is_the_first_line(head: str, title: str) -> None:
    body = "<p>一季度，天津落地项目七十四个，总投资五百亿元。</p>"
    assert text_of(page(body, head).encode()).splitlines()[0] == title


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", "gb2312"),
        ("gb18030", "gb2312"),
        ("gb18030", ""),
        ("utf-16", ""),
        ("big5", "big5"),
        ("utf-8", "no-such-encoding"),
    ],
)
def test_a_page_says_the_same_in_every_encoding(encoding: str, said: str) -> None:
    head = f'<meta charset="{said}">' if said else ""
    body = "<p>天津市人民政府公告，自今日起施行，有效期至明年。</p>" * 2
    assert "市人民政府公告" in text_of(page(body, head).replace("个</a>", "</a>").encode(encoding, "ignore"))


def test_a_page_of_nothing_but_menus_is_read_as_it_is() -> None:
    assert "通知公告" in text_of(
        b"\xef\xbb\xbf" + f"<html><body>{MENU}<p>通知公告</p></body></html>".encode()
    )
