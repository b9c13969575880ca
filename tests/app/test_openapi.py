"""The API under requests that fit its OpenAPI document, and that do not: never an answer of 5xx."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts.actions import add_account, asking
from haihe.boards.ledger import Edit, actions
from haihe.boards.reader import actions as reader
from haihe.store.opening import Store

pytestmark = pytest.mark.database

PATH = "/api/v1/openapi.json"
ADMIN = Asker("admin", (Grant("admin"),), 1)
NUMBERS = 5
"""Numbers in an address are folded into 1 to so many, so that many requests meet something."""
TEXT = "任务如下:\n一是推进工作12项。（责任单位：样例市工信局；完成时限：2027年6月底前）\n二是共建平台。\n"
SEED = 20_230_601
MODES = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
UNSENT = {"/api/v1/accounts/separate": "takes the administrator's role away for good"}


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with a document, a plan drafted from it, and an account."""
    add_account(store, OPERATOR, "admin", "", [Grant("admin")])
    document = reader.read_document(store, OPERATOR, TEXT.encode(), "plan.txt").id
    plan = actions.draft_from(store, OPERATOR, "样例计划", document).plan
    actions.accept(store, OPERATOR, plan)
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("推进协同", "", "aspect"))
    actions.add_node(store, OPERATOR, plan, aspect, Edit("事项", "", "item", lead=("样例市工信局",)))
    return store


def operations(asker: Asker) -> Iterator[Any]:
    """Every operation of the document, with requests from one who asks."""
    app = create_api()
    app.dependency_overrides[asking] = lambda: asker
    for found in schemathesis.openapi.from_asgi(PATH, app).get_all_operations():
        operation = found.ok()
        if operation.path not in UNSENT:
            yield operation


def folded(case: Case) -> Case:
    """A request whose address names what may be there."""
    for name, value in (case.path_parameters or {}).items():
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
            case.path_parameters[name] = abs(value) % NUMBERS + 1
    return case


def tried(operation: Any, mode: GenerationMode, examples: int) -> int:
    """How many requests an operation answered; one that breaks it raises what it broke with."""
    answered = []

    def ask(case: Case) -> None:
        answer = folded(case).call(timeout=600)
        assert answer.status_code < 500, case.as_curl_command()
        answered.append(answer.status_code)

    limits = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with suppress(Unsatisfiable):  # nothing that this operation takes can be wrong
        hypothesis.seed(SEED)(limits(given(operation.as_strategy(generation_mode=mode))(ask)))()
    return len(answered)


@pytest.mark.parametrize(
    ("asker", "examples"),
    [
        pytest.param(ADMIN, 1, id="administrator"),
        pytest.param(ADMIN, 100, marks=pytest.mark.soak, id="administrator-soak"),
        pytest.param(PUBLIC, 25, marks=pytest.mark.soak, id="anonymous-soak"),
    ],
)
def test_no_request_makes_the_server_fail(
    filled: Store, asker: Asker, examples: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Of one example each, the operations take turns to get one that fits and one that does not."""
    caplog.set_level(logging.CRITICAL, "haihe")
    answered = 0
    for place, operation in enumerate(operations(asker)):
        for mode in MODES if examples > 1 else (MODES[place % 2],):
            answered += tried(operation, mode, examples)
    assert answered > 100 * examples


def test_a_door_that_breaks_is_found() -> None:
    app = create_api()

    @app.get("/broken")
    def broken(number: int) -> int:
        return 1 // (number - number)

    with pytest.raises(ZeroDivisionError):
        tried(schemathesis.openapi.from_asgi(PATH, app)["/broken"]["GET"], GenerationMode.POSITIVE, 1)
