"""`groundswell doctor`: each thing that can be broken is found, with its remedy."""

import json
from pathlib import Path

import pytest

from config.ground import Ground
from responders.cli import carry_out
from responders.commands.doctor import Finding, examine
from responders.workspace import CHOICE, read_settings
from tests.places import slack_people
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL, TOKEN
from tests.places.slack import Slack
from tests.places.slack_people import APP_TOKEN, BOT_TOKEN


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, upgraded_at_once: None) -> Path:
    """A workspace as init makes it, in use by this test."""
    monkeypatch.setattr(CHOICE, "config", None)
    monkeypatch.delenv("GROUNDSWELL_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    assert carry_out(["init"]) == 0
    return tmp_path


def _found(check: str) -> Finding:
    return next(found for found in examine(read_settings) if found.check == check)


def test_a_fresh_workspace_has_nothing_broken(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry_out(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "bad" not in told
    assert "its hash is the pinned one" in told


def test_a_key_that_others_can_read_is_bad(workspace: Path) -> None:
    (workspace / "secret.key").chmod(0o644)
    found = _found("key")
    assert found.level == "bad"
    assert "chmod 600" in found.text


def test_a_missing_key_is_bad(workspace: Path) -> None:
    (workspace / "secret.key").unlink()
    assert _found("key").level == "bad"


def test_an_empty_store_is_bad_and_names_the_upgrade(workspace: Path) -> None:
    (workspace / "groundswell.db").write_bytes(b"")
    found = _found("store")
    assert found.level == "bad"
    assert "groundswell db upgrade" in found.text


def test_a_missing_store_is_bad_and_stays_missing(workspace: Path) -> None:
    (workspace / "groundswell.db").unlink()
    found = _found("store")
    assert (found.level, "groundswell init" in found.text) == ("bad", True)
    assert not (workspace / "groundswell.db").exists()


def test_a_file_that_is_no_store_is_bad(workspace: Path) -> None:
    (workspace / "groundswell.db").write_bytes(b"this is no database" * 100)
    assert _found("store").level == "bad"


def test_mistakes_of_the_settings_are_bad_each_on_its_line(workspace: Path) -> None:
    (workspace / "groundswell.toml").write_text("[console]\nprot = 1\nhosst = 'x'\n")
    bad = [found for found in examine(read_settings) if found.level == "bad"]
    assert [found.check for found in bad] == ["settings", "settings"]


def test_a_model_of_another_name_is_taken_as_the_operators_word(workspace: Path) -> None:
    (workspace / "groundswell.toml").write_text('[detect]\nmodel = "some/model"\n')
    assert "some/model" in _found("model").text


def test_what_is_broken_ends_with_1(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "secret.key").unlink()
    assert carry_out(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {"check", "level", "text"} == set(told[0])


def test_both_databases_are_examined(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(CHOICE, "config", tmp_path / "groundswell.toml")
    found = list(examine(lambda: ground.settings))
    assert {one.check: one.level for one in found}["store"] == "ok"


@pytest.mark.parametrize(
    ("given", "level", "words"),
    [
        ("all", "ok", "may read, write and open threads"),
        ("none", "bad", "give the bot's role there: View Channel, Send Messages"),
        ("wrong token", "bad", r"check [discord] token"),
    ],
)
def test_a_bot_is_asked_for_at_discord_itself(
    workspace: Path, given: str, level: str, words: str
) -> None:
    with Discord() as place:
        place.permissions = "0" if given == "none" else place.permissions
        token = "a-wrong-token-of-a-bot" if given == "wrong token" else TOKEN
        with Path("groundswell.toml").open("a", encoding="utf-8") as file:
            file.write(
                f'\n[discord]\ntoken = "{token}"\nchannel_id = {CHANNEL}\n'
                f'api_url = "{place.api_url}"\n'
            )
        found = _found("Discord")
    assert found.level == level
    assert words in found.text
    assert token not in found.text


@pytest.mark.parametrize(
    ("given", "level", "words"),
    [
        ("all", "ok", "may read and write in its channel and is heard"),
        ("few scopes", "bad", "lacks the scopes commands, channels:history or groups:history"),
        ("not invited", "bad", "invite the bot there"),
        ("wrong token", "bad", "check [slack] bot_token"),
        ("wrong app", "bad", "check [slack] app_token"),
        ("no app", "bad", "nobody hears the buttons"),
    ],
)
def test_a_bot_is_asked_for_at_slack_itself(
    workspace: Path, given: str, level: str, words: str
) -> None:
    with Slack() as place:
        place.scopes = "chat:write" if given == "few scopes" else place.scopes
        place.in_channel = given != "not invited"
        bot = "xoxb-wrong-token" if given == "wrong token" else BOT_TOKEN
        app = "xapp-wrong-token" if given == "wrong app" else APP_TOKEN
        line = "" if given == "no app" else f'app_token = "{app}"\n'
        with Path("groundswell.toml").open("a", encoding="utf-8") as file:
            file.write(
                f'\n[slack]\nbot_token = "{bot}"\n{line}channel_id = "{slack_people.CHANNEL}"\n'
                f'api_url = "{place.api_url}"\n'
            )
        found = _found("Slack")
    assert found.level == level
    assert words in found.text
    assert bot not in found.text


def test_an_address_that_no_service_has_is_named_without_its_secrets(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace / "groundswell.toml"
    urls = [
        "ruth=mailtos://gs:s3cretpassword@mail.example.org?to=ruth@example.org",
        "typo=mailtoo://gs:an0thersecret@mail.example.org",
        "short=pagerduty://k3yofnothing",
    ]
    section = f"[apprise]\nurls = {json.dumps(urls)}\n"
    file.write_text(file.read_text("utf-8") + section, "utf-8")
    assert carry_out(["doctor"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "no service has the address of apprise:typo" in told
    assert "no service has the address of apprise:short" in told
    assert "address of apprise:ruth" not in told
    for secret in ("s3cretpassword", "an0thersecret", "k3yofnothing"):
        assert secret not in told


def test_addresses_that_are_understood_are_fine(workspace: Path) -> None:
    file = workspace / "groundswell.toml"
    section = '[apprise]\nurls = ["ntfys://ntfy.example.org/on-call"]\n'
    file.write_text(file.read_text("utf-8") + section, "utf-8")
    assert _found("Apprise").level == "ok"
