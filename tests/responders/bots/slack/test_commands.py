"""What the pasted manifest promises is what the bot does."""

import json
from pathlib import Path
from typing import Any

from responders.bots.slack.commands import COMMANDS
from responders.bots.slack.hearing import REPORT
from responders.delivery.slack_rights import NEEDED, lacking

MANIFEST: dict[str, Any] = json.loads(
    (Path(__file__).parents[4] / "docs" / "slack-app.json").read_text(encoding="utf-8")
)


def test_the_manifest_names_every_command_and_the_menu() -> None:
    features = MANIFEST["features"]
    told = {each["command"].lstrip("/") for each in features["slash_commands"]}
    assert told == set(COMMANDS)
    assert [each["callback_id"] for each in features["shortcuts"]] == [REPORT]


def test_the_manifest_asks_for_the_scopes_that_doctor_looks_for_and_no_other() -> None:
    asked = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert lacking(",".join(asked)) == []
    assert set(asked) == {scope for each in NEEDED for scope in each}


def test_the_manifest_keeps_slacks_lengths() -> None:
    features = MANIFEST["features"]
    assert len(MANIFEST["display_information"]["name"]) <= 35
    assert len(MANIFEST["display_information"]["description"]) <= 140
    for each in features["slash_commands"]:
        assert len(each["description"]) <= 2000
        assert len(each["command"]) <= 32
    assert all(len(each["name"]) <= 24 for each in features["shortcuts"])
