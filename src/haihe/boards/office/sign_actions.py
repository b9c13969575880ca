"""What a post asks of sign-off: put up, submit, approve, return, withdraw, revise, print, keep the scan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from haihe.boards.accounts import OPERATOR, Asker, may, require, require_part
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import sign_tables as tables
from haihe.boards.office.approvals import CHANGED, CodeRow, code_row, sheet_of
from haihe.boards.office.circulation import checked, route_at, subject_kinds, urgencies
from haihe.boards.office.codes import Code, code_of
from haihe.boards.office.dockets import DocketDetail, DocketRow, Reader, detail_of, docket_row
from haihe.boards.office.posts import Capacity, Roll
from haihe.boards.office.prints import Paper
from haihe.boards.office.signing import (
    Act,
    Docket,
    Scan,
    Signer,
    Version,
    Wish,
    done,
    named_posts,
    to_sign,
)
from haihe.boards.office.subject_intake import checked_file, checked_scan, content_of, lines_of
from haihe.boards.office.subjects import Content, compared
from haihe.kit.errors import N_, Conflict, Invalid, NotFound, Unknown
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

today = ledger.today


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be put up: a file, or a `subject` that is kept elsewhere.

    An empty route is that of the kind; `posts` are numbers in the order of its steps, 0 for the only one.
    """

    kind: str
    title: str = ""
    subject: str = ""
    file: tuple[str, bytes] | None = None
    route: str = ""
    posts: tuple[int, ...] = ()
    urgency: str = "normal"
    needed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Dockets:
    """What is put up for signature: what waits for the reader, and what else they may see."""

    mine: list[DocketRow]
    others: list[DocketRow]


def reader_of(asker: Asker, language: str) -> Reader:
    """Who looks, today."""
    return Reader(asker.account, today(), language)


def dockets(store: Store, asker: Asker, language: str) -> Dockets:
    """What is put up for signature and the asker may see, what waits for them first, by urgency."""
    require_part(asker, "see_unpublished")
    with reading(store.engine) as connection:
        roll = tables.roll_in(connection)
        found = [one for one in tables.dockets_where(connection) if _sees(asker, one, roll)]
    reader = reader_of(asker, language)
    mine = to_sign(found, roll, asker.account, list(urgencies()), reader.on) if asker.account else []
    known = {one.id for one in mine}
    return Dockets(
        [docket_row(one, roll, reader) for one in mine],
        [docket_row(one, roll, reader) for one in found if one.id not in known],
    )


def docket_at(store: Store, asker: Asker, docket: int, language: str) -> DocketDetail:
    """A docket with all that its page shows; raises NotFound, also for one that the asker may not see."""
    found, roll = _seen(store, asker, docket)
    return detail_of(found, roll, reader_of(asker, language), changed=_is_changed(store, found))


def _seen(store: Store, asker: Asker, docket: int) -> tuple[Docket, Roll]:
    require_part(asker, "see_unpublished")
    with reading(store.engine) as connection:
        found, roll = tables.docket_in(connection, docket), tables.roll_in(connection)
    if not _sees(asker, found, roll):
        raise tables.no_docket(docket)
    return found, roll


def _sees(asker: Asker, docket: Docket, roll: Roll) -> bool:
    """Whether somebody may see a docket: by a role for everything or a unit of its posts, or as a signer."""
    units = {0, *(roll.posts[post].unit_id for post in docket.posts)}
    if any(may(asker, "see_unpublished", unit) for unit in units):
        return True
    held = {one.post for one in roll.capacities(asker.account, today())} if asker.account else set()
    return bool(held & set(docket.posts)) or any(act.account == asker.account for act in docket.acts)


def _is_changed(store: Store, docket: Docket) -> bool:
    """Whether what is kept elsewhere no longer says what the newest version says."""
    try:
        now = content_of(store, OPERATOR, docket.kind, docket.subject)
    except (NotFound, Conflict):
        return True
    return now is not None and hashlib.sha256(now.content).hexdigest() != docket.version.sha256


def put_up(store: Store, asker: Asker, proposal: Proposal) -> int:
    """Put a document up for signature as its first version, still to be submitted; returns its number.

    Raises Forbidden for an account that may not sign for the post that drafts, Invalid for a post of another
    level or none where there is a choice.
    """
    signer, content = _signer(asker), _given(store, asker, proposal)
    kind = subject_kinds()[proposal.kind]
    route = route_at(proposal.route or kind.route)
    with writing(store.engine, actor_of(asker)) as session:
        roll = tables.hold_roll(session, to_change=False)
        posts, capacity = named_posts(route, roll, signer, proposal.posts)
        _require(asker, roll, capacity)
        new = Docket(
            id=0,
            kind=kind.name,
            subject=proposal.subject,
            title=_title(proposal.title or content.title),
            route=route,
            posts=posts,
            urgency=checked(proposal.urgency, urgencies()),
            needed_on=proposal.needed_on,
            versions=(),
            acts=(),
        )
        docket = tables.put_docket(session, new)
        act = Act(
            0, "draft", 1, 0, capacity.post, capacity.acting, signer.account, signer.name, session.actor.at
        )
        _put_version(store, session, docket, content, act)
        session.commit()
    return docket


def _given(store: Store, asker: Asker, proposal: Proposal) -> Content:
    """What is to be signed; raises Invalid where a proposal names nothing, or a file that cannot be shown."""
    checked(proposal.kind, subject_kinds())
    if proposal.file is not None:
        checked_file(*proposal.file)
        return Content(proposal.file[0].rpartition(".")[0], *proposal.file)
    found = content_of(store, asker, proposal.kind, proposal.subject)
    if found is None:
        raise Invalid(
            N_("Nothing is given to be signed."),
            advice=N_("Choose a file, or the entry that is to be signed."),
        )
    return found


def _title(title: str) -> str:
    return " ".join(title.split())[:NAME_CHARACTERS_MAX] or "–"


def _signer(asker: Asker) -> Signer:
    require_part(asker, "see_unpublished")
    if asker.account is None:
        raise Unknown(
            N_("Only an account that holds a post signs."),
            advice=N_("Sign in with an account and try again."),
        )
    return Signer(asker.account, asker.name, datetime.now(UTC), today())


def _require(asker: Asker, roll: Roll, capacity: Capacity) -> None:
    """Beside the post, who signs needs a role that answers for the unit of the post that they hold."""
    own = capacity.post if capacity.acting is None else capacity.acting
    require(asker, "report_item", roll.posts[own].unit_id)


def _put_version(store: Store, session: Session, docket: int, content: Content, act: Act) -> None:
    sha256 = store.files.keep(content.content)
    version = Version(act.version, sha256, content.name, session.actor.name, session.actor.at)
    tables.put_version(session, docket, version)
    _put_act(session, docket, act, sha256)


def _put_act(session: Session, docket: int, act: Act, sha256: str) -> None:
    tables.put_act(session, docket, act)
    detail = {
        "version": act.version,
        "sha256": sha256,
        "post": act.post,
        "acting": act.acting,
        "note": act.note,
    }
    session.record(f"sign_{act.deed}", f"docket/{docket}", detail)


def act(store: Store, asker: Asker, docket: int, wish: Wish) -> None:
    """Submit, approve, return or withdraw; nobody else acts on the docket meanwhile.

    Raises as `signing.done` does, and Conflict where the content is no longer what the version says.
    """

    def change(session: Session, held: Docket, made: Act) -> None:
        if made.deed in ("submit", "approve") and _is_changed(store, held):
            raise Conflict(
                CHANGED, advice=N_("Withdraw it and put in a new version."), version=held.version.number
            )
        _put_act(session, docket, made, held.version.sha256)

    if wish.deed == "draft":
        raise Invalid(N_("A new version needs its content."), advice=N_("Put in the new version as a file."))
    _change(store, asker, docket, wish, change)


def revise(store: Store, asker: Asker, docket: int, seen: int, file: tuple[str, bytes] | None = None) -> None:
    """Put in a new version, from a file or as its subject says now; what was signed before no longer counts.

    Raises Conflict where it says the same as the newest version.
    """
    found, _ = _seen(store, asker, docket)
    content = _given(store, asker, Proposal(found.kind, subject=found.subject, file=file))

    def change(session: Session, held: Docket, made: Act) -> None:
        if hashlib.sha256(content.content).hexdigest() == held.version.sha256:
            raise Conflict(
                N_("This is what version {version} says already."),
                advice=N_("Choose the changed file; an unchanged one can be submitted as it is."),
                version=held.version.number,
            )
        number = held.version.number + 1
        _put_version(store, session, docket, content, made.of_version(number))

    _change(store, asker, docket, Wish("draft", seen), change)


def _change(
    store: Store, asker: Asker, docket: int, wish: Wish, change: Callable[[Session, Docket, Act], None]
) -> None:
    signer = _signer(asker)
    with writing(store.engine, actor_of(asker)) as session:
        roll = tables.hold_roll(session, to_change=False)
        held = tables.hold_docket(session, docket)
        if not _sees(asker, held, roll):
            raise tables.no_docket(docket)
        made = done(held, roll, signer, wish)
        _require(asker, roll, Capacity(made.post, made.acting))
        change(session, held, made)
        session.commit()


def file_at(store: Store, asker: Asker, docket: int, version: int) -> tuple[str, bytes]:
    """The name and bytes of a version; raises NotFound."""
    found, _ = _seen(store, asker, docket)
    one = _version(found, version)
    return one.name, store.files.content(one.sha256)


def reading_of(store: Store, asker: Asker, docket: int) -> list[tuple[str, str]]:
    """The newest version line by line, each with whether it is new or gone since the version before."""
    found, _ = _seen(store, asker, docket)
    lines = [lines_of(one.name, store.files.content(one.sha256)) for one in found.versions[-2:]]
    return list(compared(lines[0], lines[-1]))


def _version(docket: Docket, number: int) -> Version:
    for one in docket.versions:
        if one.number == number:
            return one
    raise tables.no_docket(f"{docket.id}-{number}")


def sheet(store: Store, asker: Asker, code: tuple[int, int | None], language: str, site: str) -> Paper:
    """The sheet of a version, by default the newest, whose code leads to an address of the site."""
    found, roll = _seen(store, asker, code[0])
    version = found.version if code[1] is None else _version(found, code[1])
    return sheet_of(found, version, roll, language, site)


def code_at(store: Store, asker: Asker, typed: str, language: str) -> CodeRow:
    """What a code on paper means, typed or scanned; raises Invalid for none and NotFound."""
    code = code_of(typed)
    found, _ = _seen(store, asker, code.docket)
    row = code_row(found, code, language, changed=_is_changed(store, found))
    if row is None:
        raise tables.no_docket(code.printed)
    return row


def keep_scan(store: Store, asker: Asker, typed: str, file: tuple[str, bytes]) -> Code:
    """Keep the scan of a stamped sheet as evidence of the version that its code names; twice is once.

    Raises Conflict where the digest of the code is not that of the version.
    """
    signer, code = _signer(asker), code_of(typed)
    name, content = file
    checked_scan(name, content)
    with writing(store.engine, actor_of(asker)) as session:
        roll = tables.hold_roll(session, to_change=False)
        held = tables.hold_docket(session, code.docket)
        version = _version(held, code.version)
        capacities = [roll.capacity(signer.account, post, signer.on) for post in held.posts]
        capacity = next((one for one in capacities if one), None)
        if capacity is None:
            raise tables.no_docket(code.printed)
        _require(asker, roll, capacity)
        if not code.means(version.sha256):
            raise Conflict(
                N_("The code {code} is not that of version {version}: the paper is of another content."),
                advice=N_("Type the code again as it stands under the square of the scanned sheet."),
                code=code.printed,
                version=version.number,
            )
        sha256 = store.files.keep(content)
        if not any(one.version == version.number and one.sha256 == sha256 for one in held.scans):
            scan = Scan(0, version.number, sha256, name, session.actor.name, session.actor.at)
            tables.put_scan(session, held.id, scan)
            session.record("keep_scan", f"docket/{held.id}", {"version": version.number, "sha256": sha256})
            session.commit()
    return Code(held.id, version.number, version.sha256)


def scan_at(store: Store, asker: Asker, docket: int, scan: int) -> tuple[str, bytes]:
    """The name and bytes of a scan; raises NotFound."""
    found, _ = _seen(store, asker, docket)
    one = next((each for each in found.scans if each.id == scan), None)
    if one is None:
        raise tables.no_docket(f"{docket}-{scan}")
    return one.name, store.files.content(one.sha256)
