"""What an office's own template may name between {{ }} and {% %}; the check that it names nothing else."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import ChainableUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from haihe.boards.office.composition import SECTIONS
from haihe.boards.office.footnotes import word
from haihe.boards.office.matters import LIGHTS
from haihe.boards.office.records import Reason
from haihe.kit.errors import N_, Invalid

TEMPLATE_BYTES_MAX = 4 * 1024 * 1024
_UNPACKED_BYTES_MAX = 64 * 1024 * 1024
_UNKNOWN_SHOWN = 8

Shape = Mapping[str, Any] | list[Any] | None
"""What a placeholder holds: names, a list of one shape, or with None text."""

_TABLE: Shape = {"title": None, "columns": [None], "rows": [[None]]}
_SECTION: Shape = {"name": None, "heading": None, "level": None, "sentences": [None], "table": _TABLE}
SHAPE: Mapping[str, Shape] = {
    **dict.fromkeys(("title", "plan", "period", "kind", "stamp", "issuer", "number", "issued_on", "as_of")),
    "headline": None,
    "figures": dict.fromkeys(("items", "reported", "confirmed", "late", *LIGHTS)),
    "sections": [_SECTION],
    "part": dict.fromkeys(SECTIONS, _SECTION),
}
"""Every placeholder of a template; `{{p section.table }}`, alone in its paragraph, is the whole table."""

_LOOP: Shape = dict.fromkeys(("index", "index0", "first", "last", "length"))
_FILTERS = {"default", "first", "join", "last", "length", "upper"}
_PLAIN = (nodes.TemplateData, nodes.Const)
_STEPS = (
    nodes.Template, nodes.Output, nodes.If, nodes.Filter, nodes.And, nodes.Or, nodes.Not, nodes.Compare,
    nodes.Operand, nodes.CondExpr,
)  # fmt: skip
_TEXTS = ("author", "comments", "identifier", "language", "subject", "title")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a template: its name, what Jinja is to read of it, and its paragraphs as text."""

    label: str
    source: str
    paragraphs: tuple[str, ...]


def environment() -> SandboxedEnvironment:
    """What renders templates: nothing but what they are given can be reached, and text stays text."""
    return SandboxedEnvironment(autoescape=True, undefined=ChainableUndefined)


def checked_template(content: bytes, name: str) -> bytes:
    """A template that can be rendered.

    Raises Invalid for what is no docx, has macros or is too large, and for placeholders that are not known,
    each named with where it stands.
    """
    _check_package(content, name)
    try:
        parts = [*_parts(content)]
    except (KeyError, ValueError, OSError, etree.XMLSyntaxError) as error:
        raise _damaged(name) from error
    unknown: list[str] = []
    for part in parts:
        try:
            tree = environment().parse(part.source)
        except TemplateSyntaxError as error:
            raise Invalid(
                N_("{name} cannot be used as a template: {reason} ({part})."),
                advice=N_("Close every {{% … %}} of a template and look at docs/boards/office.md, Briefs."),
                name=name,
                reason=error.message,
                part=part.label,
            ) from error
        unknown += [f"{path} ({_where(part, path)})" for path in dict.fromkeys(_unknown(tree, SHAPE))]
    if unknown:
        raise Invalid(
            N_("{name} has placeholders that are not known: {places}."),
            advice=N_("The placeholders of templates are listed in docs/boards/office.md, Briefs."),
            name=name,
            places="; ".join(unknown[:_UNKNOWN_SHOWN]),
        )
    return content


def _check_package(content: bytes, name: str) -> None:
    if len(content) > TEMPLATE_BYTES_MAX:
        raise Invalid(
            N_("{name} has {size} bytes; a template may have {limit}."),
            advice=N_("Leave large pictures out of it."),
            name=name,
            size=len(content),
            limit=TEMPLATE_BYTES_MAX,
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged(name) from error
    names = {part.filename for part in parts}
    macros = any("vbaproject" in part.lower() for part in names)
    if (
        macros
        or "word/document.xml" not in names
        or sum(part.file_size for part in parts) > _UNPACKED_BYTES_MAX
    ):
        raise _damaged(name)


def _damaged(name: str) -> Invalid:
    return Invalid(
        N_("{name} is no Word document that can be a template: damaged, of another kind, or with macros."),
        advice=N_("Save it as a plain Word document (.docx)."),
        name=name,
    )


def _parts(content: bytes) -> Iterator[_Part]:
    paper = DocxTemplate(BytesIO(content))
    paper.init_docx()
    yield _part("body", paper, paper.docx.element.body)
    for label, uri in (("header", paper.HEADER_URI), ("footer", paper.FOOTER_URI)):
        for _, part in paper.get_headers_footers(uri):
            yield _part(label, paper, etree.fromstring(part.blob))
    for part in paper.docx.part.package.iter_parts():
        if part.partname == "/word/footnotes.xml":
            yield _part("footnotes", paper, etree.fromstring(part.blob))
    for text in _TEXTS:
        words = str(getattr(paper.docx.core_properties, text) or "")
        yield _Part(f"properties: {text}", words, (words,))


def _part(label: str, paper: Any, element: Any) -> _Part:
    source = paper.patch_xml(etree.tostring(element, encoding="unicode"))
    texts = ("".join(text.text or "" for text in one.iter(word("t"))) for one in element.iter(word("p")))
    return _Part(label, source, tuple(texts))


def _where(part: _Part, path: str) -> str:
    """The part, and the first paragraph in it that names a placeholder."""
    found = (number for number, words in enumerate(part.paragraphs, 1) if path in words)
    number = next(found, None)
    return part.label if number is None else f"{part.label}, {number}: {part.paragraphs[number - 1].strip()}"


def _unknown(node: nodes.Node, scope: Mapping[str, Shape]) -> Iterator[str]:
    """The paths and tags of a template that nothing stands for."""
    if isinstance(node, nodes.For):
        yield from _unknown_in_loop(node, scope)
    elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        if _shape(node, scope) is _MISSING:
            yield _path(node)
    elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        yield f"|{node.name}"
    elif isinstance(node, _STEPS):
        for child in node.iter_child_nodes():
            yield from _unknown(child, scope)
    elif not isinstance(node, _PLAIN):
        yield type(node).__name__.lower()


def _unknown_in_loop(node: nodes.For, scope: Mapping[str, Shape]) -> Iterator[str]:
    over = _shape(node.iter, scope)
    if not isinstance(over, list) or not isinstance(node.target, nodes.Name) or node.recursive or node.test:
        yield _path(node.iter)
        return
    inside = {**scope, node.target.name: over[0], "loop": _LOOP}
    for child in (*node.body, *node.else_):
        yield from _unknown(child, inside)


_MISSING = Reason("")


def _shape(node: nodes.Node, scope: Mapping[str, Shape]) -> Any:
    if isinstance(node, nodes.Name):
        return scope.get(node.name, _MISSING)
    key: object = None
    if isinstance(node, nodes.Getattr):
        key = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        key = node.arg.value
    above = _shape(node.node, scope) if isinstance(node, nodes.Getattr | nodes.Getitem) else _MISSING
    if isinstance(above, list) and isinstance(key, int):
        return above[0]
    return above.get(key, _MISSING) if isinstance(above, dict) else _MISSING


def _path(node: nodes.Node) -> str:
    """A placeholder as it is written."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_path(node.node)}[…]"
    return type(node).__name__.lower()
