"""What runs with Haihe is neither under the GPL nor under the AGPL, and says what it is under."""

from __future__ import annotations

import re
from email.message import Message
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

STRONG = re.compile(r"(?<![a-z])a?gpl|gnu (affero )?general public|gnu v?\d", re.IGNORECASE)
ALLOWED = {
    "docutils": "public domain and BSD; the GPL covers its Emacs mode alone, which the wheel does not carry",
}


def running() -> set[str]:
    """The installed distributions that Haihe needs at run time, on this platform."""
    found: set[str] = set()
    waiting = [Requirement("haihe")]
    asked: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in asked:
            continue
        asked.add(str(wanted))
        found.add(canonicalize_name(wanted.name))
        for requirement in map(Requirement, distribution(wanted.name).requires or ()):
            extras = ("", *wanted.extras)
            if not requirement.marker or any(
                requirement.marker.evaluate({"extra": extra}) for extra in extras
            ):
                waiting.append(requirement)
    return found


def stated(package: Message) -> str:
    """What a distribution's metadata says of its licence (core metadata 2.4, PEP 639)."""
    if package["License-Expression"]:
        return str(package["License-Expression"])
    classifiers = [line for line in package.get_all("Classifier", []) if line.startswith("License ::")]
    return "; ".join([*classifiers, str(package["License"] or "")[:100]]).strip("; ")


def objection(package: Message) -> str | None:
    """Why a distribution may not run with Haihe; of licences joined by OR one fit is enough."""
    licence = stated(package)
    if not licence or licence == "UNKNOWN":
        return "states no licence"
    choices = licence.split(" OR ") if package["License-Expression"] else [licence]
    return f"is under {licence}" if all(map(STRONG.search, choices)) else None


def test_no_dependency_is_under_gpl_or_agpl() -> None:
    names = running()
    assert {"haihe", "nicegui", "sqlalchemy", "starlette"} <= names
    assert not {"pytest", "mypy"} & names
    objections = {name: objection(distribution(name).metadata) for name in names}
    found = {name: what for name, what in objections.items() if what}
    assert set(found) == set(ALLOWED), found


@pytest.mark.parametrize(
    ("fields", "objects"),
    [
        ({"License-Expression": "MIT"}, False),
        ({"License-Expression": "LGPL-3.0-only"}, False),
        ({"License": "GNU Lesser General Public License v2"}, False),
        ({"License": "UNKNOWN", "Classifier": "License :: OSI Approved :: BSD License"}, False),
        ({"License-Expression": "GPL-3.0-or-later"}, True),
        ({"License-Expression": "MIT OR AGPL-3.0-only"}, False),
        ({"License-Expression": "MIT AND AGPL-3.0-only"}, True),
        ({"License-Expression": "AGPL-3.0-only OR GPL-2.0-only"}, True),
        ({"License": "GPLv2"}, True),
        ({"License": "GNU v3"}, True),
        (
            {
                "License": "MIT",
                "Classifier": "License :: OSI Approved :: GNU Affero General Public License v3",
            },
            True,
        ),
        ({"License": "GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007"}, True),
        ({"License": "UNKNOWN"}, True),
        ({"Classifier": "Topic :: Office/Business"}, True),
    ],
)
def test_a_licence_is_judged_by_what_it_says(fields: dict[str, str], objects: bool) -> None:
    package = Message()
    for name, value in fields.items():
        package[name] = value
    assert bool(objection(package)) == objects
