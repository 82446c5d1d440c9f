"""`groundswell evaluate`: what is named wrongly is told before the model is loaded."""

from typing import Never

import pytest

from responders.commands.hearing import evaluations
from tests.responders.commands.line import Workspace


@pytest.mark.parametrize(
    ("named", "code", "told"),
    [
        ("nowhere", 1, "there is no labelled stream nowhere; it has three files"),
        ("half.jsonl", 1, "there is no labelled stream half.jsonl"),
        (".jsonl", 1, "NAME.gold.jsonl"),
        ("", 2, "it is empty"),
    ],
)
def test_a_stream_that_is_not_there_costs_no_model(
    groundswell: Workspace, monkeypatch: pytest.MonkeyPatch, named: str, code: int, told: str
) -> None:
    def load(*_: object) -> Never:
        raise AssertionError("the model was asked for")

    monkeypatch.setattr(evaluations, "open_embedder", load)
    groundswell.write("half.jsonl", '{"id": "1", "ts": "2026-05-01T00:00:00Z", "text": "x"}\n')
    said = groundswell("evaluate", named)
    assert (said.code, said.out) == (code, "")
    assert told in said.err
