"""The parts of a document that is an archive of XML: Office Open XML (ECMA-376), OFD (GB/T 33190)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import NamedTuple

from lxml import etree

Parts = Mapping[str, bytes]
"""The XML files of an archive by their paths, without a slash in front."""

_STRICT = b"http://purl.oclc.org/ooxml/"
_USUAL = {
    b"wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}


class Related(NamedTuple):
    """A part that another one names: by which id, as what (the last word of its type), and where it is."""

    key: str
    kind: str
    path: str


def parsed(part: bytes) -> etree._Element:
    """The root of a part, with the names of the strict variant as the usual ones.

    Raises ValueError for a document type definition, which neither standard allows (ECMA-376-2, 6.2.5).
    """
    if _STRICT in part:
        for strict, usual in _USUAL.items():
            part = part.replace(_STRICT + strict, usual)
    safe = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return _plain(etree.fromstring(part, safe))


def elements(part: bytes, *names: str) -> Iterator[etree._Element]:
    """The elements of a large part that have one of the names, each when it is whole; raises as `parsed`."""
    tags = [f"{{*}}{name}" for name in names]
    for _, element in etree.iterparse(BytesIO(part), tag=tags, resolve_entities=False, remove_comments=True):
        _plain(element)
        yield element
        element.clear()


def _plain(element: etree._Element) -> etree._Element:
    if element.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a part has a document type definition")
    return element


def name_of(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def related(parts: Parts, path: str = "") -> list[Related]:
    """What the part at a path names, or with no path the whole archive."""
    folder, _, file = path.rpartition("/")
    links = parts.get(f"{folder}/_rels/{file}.rels".lstrip("/"))
    if links is None:
        return []
    found = []
    for link in parsed(links):
        kind = link.get("Type", "").rpartition("/")[2]
        if link.get("TargetMode") != "External":
            found.append(Related(link.get("Id", ""), kind, resolved(folder, link.get("Target", ""))))
    return found


def resolved(folder: str, target: str) -> str:
    """The path of a target that a part in a folder names.

    >>> resolved("word", "../custom/a.xml"), resolved("word", "/xl/b.xml"), resolved("", "word/c.xml")
    ('custom/a.xml', 'xl/b.xml', 'word/c.xml')
    """
    steps: list[str] = []
    for step in (target if target.startswith("/") else f"{folder}/{target}").split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)


def part_of(parts: Parts, links: list[Related], kind: str) -> etree._Element | None:
    """The root of the part that is linked as a kind, None where there is none."""
    path = next((link.path for link in links if link.kind == kind), "")
    return parsed(parts[path]) if path in parts else None
