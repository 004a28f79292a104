"""The requests that stand as examples in the codes are refused for their reason."""

from __future__ import annotations

import pytest

from app.training.requests import Refused, prepare
from graphcore import CODES, Code

REQUESTS = [code for code in CODES.values() if code.example.kind == "request"]


@pytest.mark.parametrize("code", REQUESTS, ids=lambda code: code.id)
def test_a_request_is_refused_with_the_code(code: Code) -> None:
    answer = prepare(code.example.text.encode())
    assert isinstance(answer, Refused)
    assert {problem["code"] for problem in answer.diagnostics} == {code.id}
