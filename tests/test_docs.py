"""Nothing that a person can type, set or call is undocumented, and no link leads nowhere."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[1]
SETTING = re.compile(r"HAIHE_[A-Z]+(?:_[A-Z]+)*")
METHODS = {"get", "put", "post", "delete", "patch"}


def pages() -> list[Path]:
    """Every Markdown page of the repository."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def text_of(*files: Path) -> str:
    return "\n\n".join(file.read_text(encoding="utf-8") for file in files)


def headings(markdown: str) -> list[str]:
    """The headings of a page with their marks, code blocks left out."""
    plain = re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#+ .+$", plain, re.MULTILINE)


# Commands


def unexplained(command: Any, path: str) -> list[str]:
    """The commands, arguments and options that a person can use and that have no help."""
    found = [] if command.help else [path]
    found += [f"{path} {one.name}" for one in command.params if not (one.hidden or one.help)]
    for name, inner in getattr(command, "commands", {}).items():
        found += [] if inner.hidden else unexplained(inner, f"{path} {name}")
    return found


def test_every_command_and_option_is_documented() -> None:
    command = typer.main.get_command(importlib.import_module("haihe.app.cli").app)
    assert not unexplained(command, "haihe")


def test_the_page_of_commands_is_as_make_docs_writes_it(tmp_path: Path) -> None:
    page = tmp_path / "commands.md"
    program = str(Path(sys.executable).with_name("typer"))
    command = [program, "haihe.app.cli", "utils", "docs", "--name", "haihe", "--output", str(page)]
    subprocess.run(command, check=True, capture_output=True)
    assert text_of(ROOT / "docs/commands.md") == text_of(page), "run make docs"


def test_a_command_without_help_is_caught() -> None:
    application, plan = typer.Typer(help="Haihe."), typer.Typer(help="Plans.")

    @application.command(help="Read a document.")
    def read(file: Annotated[str, typer.Argument(help="The document.")], into: str = "") -> None: ...

    @plan.command()
    def show() -> None: ...

    application.add_typer(plan, name="plan")
    found = unexplained(typer.main.get_command(application), "haihe")
    assert found == ["haihe read into", "haihe plan show"]


# Settings


def settings_in(code: str) -> set[str]:
    """The names of settings that a module's strings hold."""
    strings = (node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant))
    return {name for string in strings if isinstance(string, str) for name in SETTING.findall(string)}


def test_the_documented_settings_are_those_of_the_code() -> None:
    known = {
        name
        for file in (ROOT / "src").rglob("*.py")
        for name in settings_in(file.read_text(encoding="utf-8"))
    }
    assert "HAIHE_PORT" in known
    described = set(SETTING.findall(text_of(ROOT / "docs/start.md")))
    for_tests = set(SETTING.findall(text_of(ROOT / "Makefile")))
    assert not known - described, "undocumented"
    assert not described - known - for_tests, "documented, but nothing reads them"


def test_a_setting_is_found_wherever_code_names_it() -> None:
    code = 'port = env.get("HAIHE_PORT")\nraise Invalid(f"{x} HAIHE_ENGINE is")  # HAIHE_IGNORED'
    assert settings_in(code) == {"HAIHE_PORT", "HAIHE_ENGINE"}


# HTTP


def incomplete(document: dict[str, Any]) -> list[str]:
    """The operations that lack a summary, a tag, or errors as problem details (RFC 9457)."""
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method not in METHODS:
                continue
            where = f"{method.upper()} {path}"
            found += [f"{where} lacks {part}" for part in ("summary", "tags") if not operation.get(part)]
            errors = {
                code: one
                for code, one in operation["responses"].items()
                if code == "default" or code >= "400"
            }
            shapes = {kind for one in errors.values() for kind in one.get("content", {})}
            if shapes != {"application/problem+json"}:
                found.append(f"{where} answers errors as {sorted(shapes) or 'nothing'}")
    return found


def test_every_operation_of_the_api_is_described() -> None:
    document = importlib.import_module("haihe.app.api").create_api().openapi()
    assert any(path.startswith("/api/v1/") for path in document["paths"])
    found = incomplete(document)
    assert not found, "\n" + "\n".join(found)


def test_an_undescribed_operation_is_caught() -> None:
    problem = {"default": {"description": "", "content": {"application/problem+json": {}}}}
    good = {"summary": "Plans", "tags": ["ledger"], "responses": {"200": {}} | problem}
    wrong = {
        "/a": {"get": good},
        "/b": {"get": good | {"summary": ""}},
        "/c": {"post": {key: value for key, value in good.items() if key != "tags"}},
        "/d": {"put": good | {"responses": {"200": {}}}},
        "/e": {"delete": good | {"responses": problem | {"422": {"content": {"application/json": {}}}}}},
    }
    assert [line.split(" ")[1] for line in incomplete({"paths": wrong})] == ["/b", "/c", "/d", "/e"]


# Boards, formats, languages, links


def test_every_board_has_its_page() -> None:
    boards = {folder.parent.name for folder in (ROOT / "src/haihe/boards").glob("*/__init__.py")}
    written = {page.stem for page in (ROOT / "docs/boards").glob("*.md") if headings(text_of(page))}
    assert boards
    assert boards == written


def test_formats_are_valid_schemas() -> None:
    files = sorted((ROOT / "docs/formats").glob("*.json"))
    assert files
    for file in files:
        schema = json.loads(text_of(file))
        assert schema.get("$schema") == Draft202012Validator.META_SCHEMA["$id"], file.name
        assert schema.get("title"), f"{file.name} has no title"
        Draft202012Validator.check_schema(schema)


def test_the_chinese_readme_is_a_full_translation() -> None:
    english, chinese = (headings(text_of(ROOT / name)) for name in ("README.md", "README.zh-CN.md"))
    assert english
    assert [line.split(" ")[0] for line in chinese] == [line.split(" ")[0] for line in english]


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")


def broken_links(page: Path) -> list[str]:
    """The links of a page to files and headings of the repository that are not there."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in map(slug, headings(text_of(target)))):
            found.append(f"{page.name}: {link}")
    return found


def test_links_lead_somewhere() -> None:
    assert pages()
    assert not [link for page in pages() for link in broken_links(page)]


def test_a_link_that_leads_nowhere_is_caught(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Two words: §1\n[a](page.md#two-words-1) [b](#gone) [c](https://x.y) `[d](x)` [e](gone.md#a)"
    )
    assert broken_links(page) == ["page.md: #gone", "page.md: gone.md#a"]
