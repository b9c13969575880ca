"""What the reader takes in: files, each as its canonical text, and the names of places."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache, lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import PureWindowsPath
from threading import RLock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zipfile import ZipFile

from haihe.boards.accounts import OPERATOR
from haihe.boards.reader import magic, ofd, pagination, pdf, web, word, workbook
from haihe.boards.reader.columns import Piece, lines_of
from haihe.boards.reader.places import Gazetteer, gazetteer_of
from haihe.boards.registry import Part
from haihe.boards.registry import actions as registry
from haihe.kit.errors import N_, HaiheError, Invalid, Unavailable
from haihe.kit.limits import NAME_CHARACTERS_MAX, TABLE_ROWS_MAX, TEXT_BYTES_MAX, UPLOAD_BYTES_MAX
from haihe.kit.text import decoded
from haihe.store.conversion import converted
from haihe.store.opening import Store

if TYPE_CHECKING:
    import numpy as np
    from rapidocr import RapidOCR

_Unit = tuple[str, str, str, str | None]
_LEVELS = {"province", "city", "county"}
_URL_CHARACTERS_MAX = 2_000
_REGION = "jingjinji"

ENDINGS = tuple(magic.ENDINGS)

_UNPACKED_BYTES_MAX = 8 * TEXT_BYTES_MAX
_ENTRIES_MAX = 10_000
_PICTURE_PAGES_MAX = 40
_ONE_AT_A_TIME = RLock()
"""Held while PDFium reads, which is not made for threads, or while pictures are recognised."""


def text_of(content: bytes, name: str) -> str:
    """The canonical text of a file; of a UTF-8 text it is the file's own, byte order mark kept.

    Of every other form it is made here, once: paragraphs and the rows of tables (`pipes.row_line`) as lines.
    What a file is, its content tells before its name. Raises Invalid for an empty, damaged, locked, over-long
    or undecodable file or one of another form, naming it, and Unavailable where what opens it is missing.
    """
    name = name_of(name)
    if len(content) > UPLOAD_BYTES_MAX:
        raise Invalid(
            N_("{name} has {size} bytes; a file may have {limit}."),
            advice=N_("Split it into smaller files and read each."),
            name=name,
            size=len(content),
            limit=UPLOAD_BYTES_MAX,
        )
    form = _form(content, name) if content else "text"
    return decoded(content if form == "text" else _words(form, content, name).encode(), name)


def is_picture(content: bytes, name: str) -> bool:
    """Whether the characters of a file must be recognised first, which takes long; raises as `text_of`."""
    return _form(content, name_of(name)) == "picture"


def _form(content: bytes, name: str) -> magic.Form:
    """What a file is; raises Invalid for what is not read."""
    ending = _ending(name)
    with _sound(name):
        archive = magic.is_archive(content)
        found = magic.form_in(_paths(content, name)) if archive else magic.form_of(content)
    promised = magic.ENDINGS.get(ending) if ending else "text"
    if found:
        return found
    if promised and not archive:
        if promised not in {"text", "web"}:
            raise _damaged(name)
        return promised
    raise Invalid(
        N_("{name} is of the format {form}; what is read is {endings}."),
        advice=N_("Save it in one of these formats; of an archive read the files in it."),
        name=name,
        form="zip" if archive else ending,
        endings=", ".join(ENDINGS),
    )


def _ending(name: str) -> str:
    return PureWindowsPath(name).suffix.lower()


def _words(form: magic.Form, content: bytes, name: str) -> str:
    """The canonical text of a file that is no plain text."""
    if form == "office":
        ending = magic.office_ending(content, _ending(name))
        target = magic.target_of(ending)
        return _words(magic.ENDINGS[target], converted(content, name, ending, target), name)
    if form == "pdf":
        return _pdf(content, name)
    if form == "picture":
        return _picture(content, name)
    with _sound(name):
        if form == "web":
            return web.text_of(content)
        parts = _parts(content, name)
        if form == "ofd":
            return pagination.text_of(ofd.pages_of(parts))
        return word.text_of(parts) if form == "word" else workbook.text_of(parts)


@contextmanager
def _sound(name: str) -> Iterator[None]:
    """Whatever a library raises of a broken file becomes a refusal that names it."""
    try:
        yield
    except HaiheError:
        raise
    except magic.Locked as error:
        raise Invalid(
            N_("{name} is protected by a password."),
            advice=N_("Open it with its password, save it without one and read that file."),
            name=name,
        ) from error
    except Exception as error:
        raise _damaged(name) from error


def _damaged(name: str) -> Invalid:
    return Invalid(
        N_("{name} is damaged, or it is not what its ending says."),
        advice=N_("Open it with the program it was made with, save it again and read that file."),
        name=name,
    )


def _paths(content: bytes, name: str) -> list[str]:
    with _archive(content, name) as archive:
        return [entry.filename.replace("\\", "/").lstrip("/") for entry in archive.infolist()]


def _parts(content: bytes, name: str) -> dict[str, bytes]:
    """The XML files of an archive, each read no further than it says it is long."""
    parts = {}
    with _archive(content, name) as archive:
        for entry in archive.infolist():
            path = entry.filename.replace("\\", "/").lstrip("/")
            if path.lower().endswith((".xml", ".rels")):
                with archive.open(entry) as file:
                    parts[path] = file.read(entry.file_size + 1)
    return parts


@contextmanager
def _archive(content: bytes, name: str) -> Iterator[ZipFile]:
    """An archive whose entries are neither too many nor too large, nor locked."""
    with ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        size = sum(entry.file_size for entry in entries)
        if len(entries) > _ENTRIES_MAX or size > _UNPACKED_BYTES_MAX:
            raise Invalid(
                N_("{name} unpacks to {count} files of {size} bytes; it may have {entries} of {limit}."),
                advice=N_("Take out its pictures or split it, save it again and read that file."),
                name=name,
                count=len(entries),
                size=size,
                entries=_ENTRIES_MAX,
                limit=_UNPACKED_BYTES_MAX,
            )
        if any(entry.flag_bits & 1 for entry in entries):
            raise magic.Locked("an encrypted entry")
        yield archive


def _pdf(content: bytes, name: str) -> str:
    """The text of a PDF; pages that are pictures are recognised, or refused unless they are its covers."""
    with _sound(name), _ONE_AT_A_TIME:
        found = pdf.pages_of(content)
    pictures = {number for number, page in enumerate(found) if page.is_picture}
    if len(pictures) < len(found) and not _can_see():
        pictures -= {0, len(found) - 1}
    if len(pictures) > _PICTURE_PAGES_MAX:
        raise Invalid(
            N_("{name} has {count} pages that are pictures; {limit} are recognised at a time."),
            advice=N_("Split it into smaller files and read each."),
            name=name,
            count=len(pictures),
            limit=_PICTURE_PAGES_MAX,
        )
    for number in sorted(pictures):
        with _sound(name), _ONE_AT_A_TIME:
            found[number] = _seen(pdf.image_of(content, number), name)
    return pagination.text_of(found)


def _picture(content: bytes, name: str) -> str:
    """The text of a picture."""
    with _sound(name), _ONE_AT_A_TIME:
        count = magic.picture_count(content)
        if count == 1:
            return pagination.text_of([_seen(content, name)])
    raise Invalid(
        N_("{name} holds {count} pictures; one is read."),
        advice=N_("Save it as a PDF and read that file."),
        name=name,
        count=count,
    )


def _seen(picture: bytes | np.ndarray, name: str) -> pagination.Page:
    """A picture as a page of the lines that are recognised in it."""
    if not _can_see():
        raise Unavailable(
            N_("{name} has pages that are pictures, and nothing is installed here to read them."),
            advice=N_('Install the recognition of characters with: pip install "haihe[ocr]"'),
            name=name,
        )
    found: Any = _eye()(picture)
    if found.boxes is None or found.txts is None or found.img is None:
        return pagination.Page([], 0, 0)
    pieces = (
        Piece(words, *map(float, box.min(axis=0)), *map(float, box.max(axis=0)))
        for words, box in zip(found.txts, found.boxes, strict=True)
    )
    return pagination.Page(lines_of(pieces), 0, found.img.shape[0])


def _can_see() -> bool:
    return find_spec("rapidocr") is not None


@cache
def _eye() -> RapidOCR:
    from rapidocr import RapidOCR  # noqa: PLC0415  an extra, whose runtime takes a second to import

    return RapidOCR(params={"Global.log_level": "error"})


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
    known = registry.shipped_places(None if loaded else _REGION)
    units = {place.adcode: (place.adcode, place.name, str(place.level), place.parent) for place in known}
    units |= {unit[0]: unit for unit in loaded}
    return gazetteer_of(unit for unit in units.values() if unit[2] in _LEVELS)
