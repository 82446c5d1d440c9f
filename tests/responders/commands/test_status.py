"""`groundswell status`: the shape that scripts rely on, and words for people."""

import json
from pathlib import Path

import pytest

from config.database import transaction
from config.ground import Ground
from config.tables import Beat
from listener.tables import Product, Source, SourceState
from responders.cli import carry_out
from responders.workspace import CHOICE
from tests.conftest import NOON


@pytest.fixture
def workspace(ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ground:
    monkeypatch.setattr(CHOICE, "config", tmp_path / "groundswell.toml")
    url = ground.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("GROUNDSWELL__DATABASE__URL", url.replace("+psycopg", ""))
    with transaction(ground.engine) as session:
        session.add(Product(name="Kettle", created_at=NOON))
        session.flush()
        session.add(
            Source(
                product_id=1,
                name="forum",
                kind="feed",
                url="https://forum.example",
                state=SourceState.TIMED_OUT,
                reason="no answer within 20 s",
                created_at=NOON,
            )
        )
        session.add(Beat(name="crawl", at=NOON, done=3))
    return ground


@pytest.mark.usefixtures("workspace")
def test_scripts_get_exactly_one_object_of_the_agreed_shape(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert carry_out(["status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["paused"] is False
    assert told["sources"] == {"forum": "timed_out"}
    assert (told["posts"], told["issues_open"], told["drafts_pending"]) == (0, 0, 0)
    assert told["deliveries"] == {"queued": 0, "in_doubt": 0, "failed": 0, "by_hand": 0}
    assert told["beats"]["crawl"]["at"] == "2026-05-12T12:00:00Z"
    assert told["beats"]["crawl"]["error"] is None
    assert any("forum is timed out" in warning for warning in told["warnings"])


@pytest.mark.usefixtures("workspace")
def test_people_get_places_numbers_and_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    assert carry_out(["status"]) == 0
    told = capsys.readouterr().out
    assert "forum" in told
    assert "drafts waiting" in told
    assert "! forum is timed out: no answer within 20 s" in told
