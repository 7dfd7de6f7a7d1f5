"""The OpenAPI document is true: by hand where it must be, and by thousands of requests that schemathesis makes up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from indexer.web import Limits, create_app
from indexer.web.api.operations import operations
from indexer.web.asked import Asked
from indexer.web.security import LOOPBACK

from .conftest import HOSTILE, HOSTILE_PATH

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from indexer.web.api.operations import Operation

OPERATIONS = operations(Limits())
PATH = "/api/openapi.json"
CASES, MANY_CASES = 300, 10_000  # of the whole document
FEW = 10  # of an operation without parameters
PHASES = (Phase.generate, Phase.shrink)


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    response = client.get(PATH)
    assert response.headers["content-type"] == "application/json"
    told: dict[str, Any] = response.json()
    return told


def test_every_operation_is_told(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert set(document["paths"]) == {f"/api/v1/{operation.name}" for operation in OPERATIONS}
    assert {"search", "suggest", "forms", "understand", "document", "paragraph", "status"} <= {
        operation.name for operation in OPERATIONS
    }


def test_every_example_is_answered(client: TestClient, document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        asked = {
            parameter["name"]: parameter["example"]
            for parameter in methods["get"]["parameters"]
            if "example" in parameter and parameter["in"] == "query"
        }
        response = client.get(path, params=asked)
        # Examples are of the corpus of the README, which is not the one here.
        assert response.status_code in {200, 404}, (path, response.text)


def test_what_is_usual_is_what_the_document_says(document: dict[str, Any]) -> None:
    asked = Asked()
    for parameter in document["paths"]["/api/v1/search"]["get"]["parameters"]:
        if "default" in parameter["schema"] and parameter["name"] != "facets":
            assert parameter["schema"]["default"] == getattr(asked, parameter["name"])


def test_nothing_is_described_that_nothing_refers_to(document: dict[str, Any]) -> None:
    text = str(document["paths"]) + str(document["components"])
    for name in document["components"]["schemas"]:
        assert f"#/components/schemas/{name}'" in text, name


REAL: list[tuple[str, dict[str, Any]]] = [
    ("search", {"q": "сталь", "facets": "true"}),
    ("search", {"q": "cnfkm )", "facets": "true", "per_document": "true"}),
    ("search", {"q": "чудовище", "without": ["стать"], "source": [HOSTILE]}),
    ("suggest", {"q": "ст"}),
    ("forms", {"q": "мыла стал* !Мы"}),
    ("understand", {"q": "-стали дата:2023.. ~закалка (", "without": ["стать"], "without_form": ["стали"]}),
    ("document", {"path": "steel.md", "q": "сталь"}),
    ("document", {"path": HOSTILE_PATH}),
    ("paragraph", {"id": "steel.md#¶2", "q": "сталь"}),
    ("status", {}),
    ("problems", {}),
]


@pytest.fixture(scope="module")
def schema(index: Path) -> Any:  # noqa: ANN401 -- of schemathesis, which may not be there
    schemathesis = pytest.importorskip(
        "schemathesis", reason="schemathesis is not installed: pip install 'abzats[browser]'"
    )
    config = schemathesis.config.SchemathesisConfig.from_dict(
        {
            "checks": {
                # Of what the schema allows, a query may still have no word, a date be none, a paragraph not be there,
                # and all together be too long.
                "positive_data_acceptance": {"expected-statuses": [200, 304, 404, 414, 422]},
                "negative_data_rejection": {"expected-statuses": [400, 404, 414, 422]},
            },
        }
    )
    app = create_app(index, hosts=(*LOOPBACK, "testserver"))
    return schemathesis.openapi.from_asgi(PATH, app, config=config)


@pytest.mark.parametrize(("operation", "given"), REAL)
def test_real_replies_are_as_the_document_says(schema: Any, operation: str, given: dict[str, Any]) -> None:  # noqa: ANN401
    case = schema[f"/api/v1/{operation}"]["GET"].Case(query=given)
    assert case.call_and_validate().status_code == 200


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.name))
def test_the_api_is_as_the_document_says(schema: Any, operation: Operation) -> None:  # noqa: ANN401
    try_out(schema, operation, CASES)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.name))
def test_the_api_is_as_the_document_says_at_length(schema: Any, operation: Operation) -> None:  # noqa: ANN401
    try_out(schema, operation, MANY_CASES)


def try_out(schema: Any, operation: Operation, cases: int) -> None:  # noqa: ANN401
    """Make up requests, such as the document allows and such as it does not, and look at what comes of them.

    There are so many cases in all; of an operation without parameters there is little to make up.
    """
    from schemathesis import GenerationMode  # noqa: PLC0415 -- may not be there

    told = schema[operation.path]["GET"]
    asking = sum(bool(other.parameters) for other in OPERATIONS)
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if operation.parameters else [GenerationMode.POSITIVE]
    many = -(-cases // (asking * len(modes))) if operation.parameters else FEW
    for mode in modes:
        tried = 0

        @settings(
            max_examples=many, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=PHASES
        )
        @given(case=told.as_strategy(generation_mode=mode))
        def check(case: Any) -> None:  # noqa: ANN401
            nonlocal tried
            tried += 1
            case.call_and_validate()

        check()
        assert tried >= many
