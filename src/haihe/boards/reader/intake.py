"""What the reader takes in: files of plain text, each as its canonical text, and the names of places."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import PureWindowsPath
from urllib.parse import urlsplit

from haihe.boards.accounts import OPERATOR
from haihe.boards.reader.places import Gazetteer, gazetteer_of
from haihe.boards.registry import actions as registry
from haihe.boards.registry import intake as maps
from haihe.boards.registry.answers import Part
from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import NAME_CHARACTERS_MAX, TABLE_ROWS_MAX
from haihe.kit.text import decoded
from haihe.store.opening import Store

_Unit = tuple[str, str, str, str | None]
_LEVELS = {"province", "city", "county"}
_URL_CHARACTERS_MAX = 2_000
_REGION = "jingjinji"
ENDINGS = (".txt", ".md")
_OTHER = {
    b"PK\x03\x04": "Office or zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "Office",
    b"%PDF-": "PDF",
    b"{\\rtf": "RTF",
}


def text_of(content: bytes, name: str) -> str:
    """The canonical text of a plain text file; of a UTF-8 file it is the file's own, byte order mark kept.

    Raises Invalid for another format, and for an empty, binary, over-long or undecodable file, naming it.
    """
    name = name_of(name)
    ending = PureWindowsPath(name).suffix.lower()
    inside = next((form for magic, form in _OTHER.items() if content.startswith(magic)), None)
    if inside or (ending and ending not in ENDINGS):
        raise Invalid(
            N_("{name} is of the format {form}; what is read is plain text: {endings}."),
            advice=N_("Save the document as plain text in UTF-8 and read that file."),
            name=name,
            form=inside or ending,
            endings=", ".join(ENDINGS),
        )
    return decoded(content, name)


def name_of(path: str) -> str:
    """The name of a file without its folders, whichever system wrote it; raises Invalid without a fit one.

    >>> name_of("C:/plans/行动方案.txt")
    '行动方案.txt'
    """
    name = "".join(filter(str.isprintable, PureWindowsPath(path).name)).strip()
    if not 0 < len(name) <= NAME_CHARACTERS_MAX:
        raise Invalid(
            N_("The name of the file has {count} characters; it needs 1 to {limit}."),
            advice=N_("Rename the file and read it again."),
            count=len(name),
            limit=NAME_CHARACTERS_MAX,
        )
    return name


def day_of(written: str | None) -> date | None:
    """A day as a form writes it, None for nothing; raises Invalid for anything else."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Invalid(
            N_("{day} is no date."), advice=N_("Write it as 2023-06-01, or leave it out."), day=written
        ) from error


def check_url(url: str | None) -> None:
    """Raise Invalid unless this is the address of a page on the web, or None."""
    if url is not None and not (_is_web(url) and url.isprintable() and len(url) <= _URL_CHARACTERS_MAX):
        raise Invalid(
            N_("{url} is no address of a page on the web."),
            advice=N_("Give the whole address, beginning with https, or leave it out."),
            url=url[:NAME_CHARACTERS_MAX],
        )


def _is_web(url: str) -> bool:
    try:
        address = urlsplit(url)
    except ValueError:
        return False
    return address.scheme in {"http", "https"} and bool(address.netloc)


def gazetteer(store: Store) -> Gazetteer:
    """The places that a text may name: the registry's, with every province and city of the country.

    Where the registry has none yet, those of the region's pack are taken. The index is kept and built anew
    only when the registry's places have changed.
    """
    loaded = registry.places(store, OPERATOR, part=Part(limit=TABLE_ROWS_MAX)).rows
    return _gazetteer(tuple((place.adcode, place.name, place.level, place.parent) for place in loaded))


@lru_cache(maxsize=2)
def _gazetteer(loaded: tuple[_Unit, ...]) -> Gazetteer:
    known = (*maps.gazetteer(), *(() if loaded else maps.places_of(_REGION)))
    units = {place.adcode: (place.adcode, place.name, str(place.level), place.parent) for place in known}
    units |= {unit[0]: unit for unit in loaded}
    return gazetteer_of(unit for unit in units.values() if unit[2] in _LEVELS)
