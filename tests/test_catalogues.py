"""Every template in the code has one translation, with the same facts, and no translation is left over."""

from __future__ import annotations

import io
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

HOUSE = Path(__file__).parents[1] / "src/haihe"


def templates(folder: Path) -> dict[str, str]:
    """Every template that N_ marks, with the place where it stands first."""
    found: dict[str, str] = {}
    for name, line, message, _, _ in extract_from_dir(folder, [("**.py", "python")], keywords={"N_": None}):
        found.setdefault(str(message), f"{name}:{line}")
    return found


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def findings(marked: dict[str, str], catalogues: dict[str, bytes]) -> list[str]:
    """What is wrong between marked templates (template: place) and catalogues (name: content)."""
    found: list[str] = []
    known: dict[str, tuple[str, str]] = {}
    for name, content in catalogues.items():
        entries = [entry for entry in read_po(io.BytesIO(content), locale="zh") if entry.id]
        if len(entries) != len(re.findall(rb"^msgid ", content, re.MULTILINE)) - 1:
            found.append(f"{name} says something twice, or lacks its header")
        for entry in entries:
            template, words = str(entry.id), str(entry.string)
            first, said = known.setdefault(template, (name, words))
            if said != words:
                found.append(f"{first} and {name} translate {template!r} differently")
            if template not in marked:
                found.append(f"{name} translates {template!r}, which no code says")
            if entry.fuzzy:
                found.append(f"{name} is not sure of {template!r}")
            if words and fields(words) != fields(template):
                found.append(f"{name} has other facts than {template!r}: {words!r}")
    untranslated = {template for template in marked if not known.get(template, ("", ""))[1]}
    return found + [
        f"{marked[template]} says {template!r}, which no catalogue has" for template in untranslated
    ]


def test_every_template_is_translated() -> None:
    marked = templates(HOUSE)
    catalogues = {file.name: file.read_bytes() for file in sorted((HOUSE / "locale/zh").glob("*.po"))}
    assert marked
    found = findings(marked, catalogues)
    assert not found, "\n" + "\n".join(sorted(found))


def po(*entries: tuple[str, str]) -> bytes:
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    return "\n".join([header, *(f'msgid "{said}"\nmsgstr "{words}"\n' for said, words in entries)]).encode()


@pytest.mark.parametrize(
    ("catalogues", "wrong"),
    [
        ({"a.po": po(("{name} is empty.", "{name}是空的。"))}, None),
        ({"a.po": po(("{name} is empty.", "{name}是空的。")), "b.po": po()}, None),
        ({"a.po": po()}, "which no catalogue has"),
        ({"a.po": po(("{name} is empty.", ""))}, "which no catalogue has"),
        ({"a.po": po(("{name} is empty.", "{nane}是空的。"))}, "other facts"),
        ({"a.po": po(("{name} is empty.", "是空的。"))}, "other facts"),
        ({"a.po": po(("{name} is empty.", "{name}是空的。"), ("Gone.", "没有了。"))}, "which no code says"),
        ({"a.po": po(*[("{name} is empty.", "{name}是空的。")] * 2)}, "says something twice"),
        (
            {"a.po": po(("{name} is empty.", "{name}空")), "b.po": po(("{name} is empty.", "空{name}"))},
            "differently",
        ),
        (
            {"a.po": po(("{name} is empty.", "{name}空")).replace(b'msgid "{', b'#, fuzzy\nmsgid "{')},
            "not sure",
        ),
    ],
)
def test_a_broken_catalogue_is_caught(
    tmp_path: Path, catalogues: dict[str, bytes], wrong: str | None
) -> None:
    (tmp_path / "text.py").write_text('raise Invalid(N_("{name} is "\n    "empty."), name=name)')
    found = findings(templates(tmp_path), catalogues)
    assert any(wrong in line for line in found) if wrong else not found, found
