"""The signatures on a version: which of them hold, the sheet that carries them, and what its code means."""

from __future__ import annotations

from dataclasses import dataclass

from haihe.boards.office.circulation import subject_kinds, urgencies
from haihe.boards.office.codes import Code
from haihe.boards.office.posts import Roll
from haihe.boards.office.prints import Mark, Paper, Part
from haihe.boards.office.signing import Act, Docket, Version, local
from haihe.kit.errors import N_
from haihe.kit.words import say

CHANGED = N_(
    "The content has changed since version {version} was put up: no signature holds for what it says now. "
    "A new version is needed."
)


@dataclass(frozen=True, slots=True)
class CodeRow:
    """What a code on paper means: the version, and whether it is the one that is valid."""

    docket: int
    title: str
    version: int
    sha256: str
    genuine: bool
    current: bool
    signed: bool
    verdict: str


def approvals(docket: Docket, version: int) -> dict[int, Act]:
    """The act that holds at each step of a version: its submission, and approvals that no return undid."""
    found: dict[int, Act] = {}
    for act in docket.acts:
        if act.version == version and act.deed in ("submit", "approve"):
            found[act.step] = act
        elif act.version == version:
            kept = 0 if act.to is None else act.to
            found = {step: one for step, one in found.items() if step < kept}
    return found


def is_signed(docket: Docket, version: int) -> bool:
    """Whether a version was signed to the end."""
    return len(approvals(docket, version)) == len(docket.posts)


def code_row(docket: Docket, code: Code, language: str, *, changed: bool) -> CodeRow | None:
    """What a code on paper means; None where its docket has no such version."""
    version = next((one for one in docket.versions if one.number == code.version), None)
    if version is None:
        return None
    genuine, newest = code.means(version.sha256), version == docket.version
    signed = is_signed(docket, version.number)
    facts = {"title": docket.title, "version": version.number, "newest": docket.version.number}
    if not genuine:
        words = N_(
            "The digest on the paper is not that of version {version} of {title}: the paper is not genuine."
        )
    elif not newest:
        words = N_(
            "This is version {version} of {title}, which is out of date: version {newest} replaced it."
        )
    elif changed:
        words = CHANGED
    elif signed:
        words = N_("This is version {version} of {title}, the current one, and it is signed.")
    else:
        words = N_("This is version {version} of {title}, the current one; it is not signed yet.")
    return CodeRow(
        docket=docket.id,
        title=docket.title,
        version=version.number,
        sha256=version.sha256,
        genuine=genuine,
        current=genuine and newest and not changed,
        signed=genuine and signed,
        verdict=say(words, language, **facts),
    )


def sheet_of(docket: Docket, version: Version, roll: Roll, language: str, site: str) -> Paper:
    """The sheet (签批单) of a version: each step with its opinion, post and time, blank where there is none.

    Who signed for another post is marked as acting (代).
    """
    code, given = Code(docket.id, version.number, version.sha256), approvals(docket, version.number)
    rows = []
    for place, (step, post) in enumerate(zip(docket.route.steps, docket.posts, strict=True)):
        act = given.get(place)
        rows.append(
            (
                step.label[language],
                roll.posts[post].words,
                *(_signature(act, roll, language) if act else ("\n\n\n", "")),
            )
        )
    facts = [
        (N_("Title of the document"), docket.title),
        (N_("Kind of document"), subject_kinds()[docket.kind].label[language]),
        (N_("Urgency"), urgencies()[docket.urgency][language]),
        (N_("Needed by"), docket.needed_on.isoformat() if docket.needed_on else "–"),
        (N_("Version"), f"{version.number} · {version.name}"),
        ("SHA-256", version.sha256),
    ]
    columns = (N_("Step of signing"), N_("Post"), N_("Opinion"), N_("Signed by, on"))
    closing = N_("The code {code} opens this version and says whether it is the current one.")
    return Paper(
        title=say(N_("Sheet for signature"), language),
        facts=tuple((say(name, language), said) for name, said in facts),
        parts=(
            Part(
                say(N_("Signatures"), language),
                columns=tuple(say(one, language) for one in columns),
                rows=tuple(rows),
                shares=(3, 5, 6, 4),
            ),
        ),
        closing=say(closing, language, code=code.printed),
        mark=Mark(code.address(site), code.printed),
        language=language,
    )


def _signature(act: Act, roll: Roll, language: str) -> tuple[str, str]:
    opinion = act.note or say(
        N_("submitted for approval") if act.deed == "submit" else N_("agreed"), language
    )
    name = act.name
    if act.acting is not None:
        words = N_("{name}, {post}, acting")
        name = say(words, language, name=act.name, post=roll.posts[act.acting].words)
    return opinion, f"{name}\n{local(act.at):%Y-%m-%d %H:%M}"
