"""Real footnotes in a docx: marks in its text become references to notes at the foot of their pages.

python-docx has no footnotes, so the parts of the package are written here (ECMA-376-1:2016, 17.11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_DOCUMENT, _NOTES = "word/document.xml", "word/footnotes.xml"
_RELATIONS, _TYPES = "word/_rels/document.xml.rels", "[Content_Types].xml"
_SETTINGS = "word/settings.xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MARK = re.compile("\ue000([0-9]+)\ue001")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ue000\ue001\ufffe\uffff]")
_STYLE = f"""<w:style xmlns:w="{_W}" w:type="paragraph" w:styleId="FootnoteText">
<w:name w:val="footnote text"/><w:basedOn w:val="Normal"/><w:pPr><w:snapToGrid w:val="0"/>
<w:spacing w:before="0" w:after="0" w:line="220" w:lineRule="exact"/>
<w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="left"/></w:pPr>
<w:rPr><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr></w:style>"""
"""How notes look, in 小五 and outside of the grid of the text, where a template does not say so itself."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SEPARATORS = "".join(
    f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
    for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
)
_EMPTY = f'<w:footnotes xmlns:w="{_W}">{_SEPARATORS}</w:footnotes>'.encode()


_AFTER_VERTICAL = {f"{{{_W}}}{name}" for name in ("rtl", "cs", "em", "lang", "eastAsianLayout", "specVanish")}
"""What follows vertAlign among the properties of a run (ECMA-376-1:2016, 17.3.2.28)."""


def mark(number: int) -> str:
    """What stands in a text for the note of a number."""
    return f"\ue000{number}\ue001"


def fit(words: str) -> str:
    r"""Words as XML and marks can hold them: characters that they cannot are left out.

    >>> fit("a\x00b" + mark(3))
    'ab3'
    """
    return _UNFIT.sub("", words)


def word(name: str) -> str:
    """The qualified name of an element or attribute of WordprocessingML."""
    return f"{{{_W}}}{name}"


def with_footnotes(content: bytes, notes: Sequence[str]) -> bytes:
    """A docx whose marks are footnotes, numbered in the order read; equal input gives equal bytes.

    Marks in headers and footers, where no footnote can stand, are left out.
    """
    with ZipFile(BytesIO(content)) as package:
        parts = {name: package.read(name) for name in sorted(package.namelist())}
    document = etree.fromstring(parts[_DOCUMENT])
    held = etree.fromstring(parts.get(_NOTES, _EMPTY))
    number = max((int(note.get(word("id"), 0)) for note in held), default=0)
    for run in [*document.iter(word("r"))]:
        for place, made in _split(run):
            number += 1
            made.set(word("id"), f"{number}")
            held.append(_note(number, notes[place]))
    parts[_DOCUMENT], parts[_NOTES] = _bytes(document), _bytes(held)
    _style(parts)
    for name, part in parts.items():
        if re.fullmatch(r"word/(header|footer)\d*\.xml", name):
            parts[name] = _MARK.sub("", part.decode()).encode()
    _relate(parts)
    _declare(parts)
    return _sealed(parts)


def _split(run: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """Put references into a run where its text has marks; each with the number of its mark."""
    if not any(_MARK.search(text.text or "") for text in run.iter(word("t"))):
        return
    manner = run.find(word("rPr"))
    pieces: list[etree._Element] = []

    def begin() -> etree._Element:
        pieces.append(etree.Element(word("r")))
        if manner is not None:
            pieces[-1].append(deepcopy(manner))
        return pieces[-1]

    now = begin()
    for child in [one for one in run if one is not manner]:
        if child.tag != word("t"):
            now.append(child)
            continue
        words, *others = _MARK.split(child.text or "")
        now.append(_text(words))
        for place, after in zip(others[::2], others[1::2], strict=True):
            yield int(place), _reference(begin())
            now = begin()
            now.append(_text(after))
    for piece in pieces:
        if any(one.tag != word("rPr") and (one.tag != word("t") or one.text) for one in piece):
            run.addprevious(piece)
    parent = run.getparent()
    assert parent is not None
    parent.remove(run)


def _text(words: str) -> etree._Element:
    text = etree.Element(word("t"), {_SPACE: "preserve"})
    text.text = words
    return text


def _reference(run: etree._Element) -> etree._Element:
    manner = run.find(word("rPr"))
    if manner is None:
        manner = etree.SubElement(run, word("rPr"))
    for old in manner.findall(word("vertAlign")):
        manner.remove(old)
    after = [place for place, one in enumerate(manner) if one.tag in _AFTER_VERTICAL]
    raised = etree.Element(word("vertAlign"), {word("val"): "superscript"})
    manner.insert(after[0] if after else len(manner), raised)
    return etree.SubElement(run, word("footnoteReference"))


def _note(number: int, words: str) -> etree._Element:
    note = etree.Element(word("footnote"), {word("id"): f"{number}"})
    paragraph = etree.SubElement(note, word("p"))
    manner = etree.SubElement(paragraph, word("pPr"))
    etree.SubElement(manner, word("pStyle"), {word("val"): "FootnoteText"})
    run = etree.SubElement(paragraph, word("r"))
    look = etree.SubElement(run, word("rPr"))
    etree.SubElement(look, word("vertAlign"), {word("val"): "superscript"})
    etree.SubElement(run, word("footnoteRef"))
    etree.SubElement(paragraph, word("r")).append(_text(f" {fit(words)}"))
    return note


def _style(parts: dict[str, bytes]) -> None:
    """Give notes a look, or the one that the template has for them."""
    styles = etree.fromstring(parts["word/styles.xml"])
    names = {_named(style): style.get(word("styleId"), "") for style in styles.iter(word("style"))}
    known = names.get("footnote text")
    if known is None:
        styles.append(etree.fromstring(_STYLE))
        parts["word/styles.xml"] = _bytes(styles)
    elif known != "FootnoteText":
        parts[_NOTES] = parts[_NOTES].replace(b'"FootnoteText"', f'"{known}"'.encode())


def _named(style: etree._Element) -> str:
    name = style.find(word("name"))
    return "" if name is None else name.get(word("val"), "").lower()


def _relate(parts: dict[str, bytes]) -> None:
    """Name the notes among the document's parts, where they are not."""
    relations, types = (etree.fromstring(parts[name]) for name in (_RELATIONS, _TYPES))
    if all(one.get("Type") != _KIND for one in relations):
        facts = {"Id": "haiheNotes", "Type": _KIND, "Target": "footnotes.xml"}
        etree.SubElement(relations, f"{{{_PACKAGE}/relationships}}Relationship", facts)
        facts = {"PartName": f"/{_NOTES}", "ContentType": _TYPE}
        etree.SubElement(types, f"{{{_PACKAGE}/content-types}}Override", facts)
        parts[_RELATIONS], parts[_TYPES] = _bytes(relations), _bytes(types)


def _declare(parts: dict[str, bytes]) -> None:
    """Say in the settings which notes are the separators, where a template does not."""
    settings = etree.fromstring(parts.get(_SETTINGS, b"<none/>"))
    below = settings.find(word("compat"))
    if below is not None and settings.find(word("footnotePr")) is None:
        made = etree.Element(word("footnotePr"))
        for number in (-1, 0):
            etree.SubElement(made, word("footnote"), {word("id"): f"{number}"})
        below.addprevious(made)
        parts[_SETTINGS] = _bytes(settings)


def _bytes(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True, standalone=True)


def _sealed(parts: dict[str, bytes]) -> bytes:
    """A package of parts with nothing in it that another time of day would change."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as package:
        for name in sorted(parts, key=lambda name: (name != _TYPES, name)):
            package.writestr(ZipInfo(name, _EPOCH), parts[name], ZIP_DEFLATED)
    return content.getvalue()
