"""The people who decide here."""

import io
import sys

import pytest
from sqlmodel import select

from config.database import reading
from responders.decisions.people.people import check_password, user_of_token
from responders.decisions.tables import Token
from responders.workspace import close_opened, open_ground
from tests.conftest import NOON
from tests.responders.commands.line import Workspace

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))


def typed(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


def test_nobody_yet_says_how_to_let_somebody_in(at_noon: Workspace) -> None:
    assert "groundswell user add NAME" in at_noon("user", "list").out
    assert at_noon("user", "list", "--json").json == []


def test_a_password_comes_from_standard_input_and_is_shown_nowhere(
    at_noon: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, f"{PASSWORD}\n".encode())
    said = at_noon("user", "add", " ruth ", "--role", "approver", "--password-stdin")
    assert said.err.startswith("ruth is an approver and logs in at the console.")
    listed = at_noon("user", "list", "--json")
    assert listed.json == [
        {"name": "ruth", "role": "approver", "password": True, "discord": None, "slack": None,
         "created_at": "2026-05-12T12:00:00Z"}
    ]  # fmt: skip
    assert at_noon("user", "show", "ruth", "--json").json == listed.json[0]
    assert "argon2" not in listed.out
    ground = open_ground(at_noon.folder / "groundswell.toml")
    assert check_password(ground, "ruth", PASSWORD) is not None
    close_opened()
    typed(monkeypatch, b"another long password")
    assert at_noon("user", "password", "ruth", "--password-stdin").code == 0
    ground = open_ground(at_noon.folder / "groundswell.toml")
    assert check_password(ground, "ruth", PASSWORD) is None
    close_opened()


@pytest.mark.parametrize(
    ("text", "code"), [(b"", 2), (b"\n", 2), (b"short", 1), (b"\xff" * 20, 2), (b"x" * 5000, 1)]
)
def test_a_password_that_is_none_lets_nobody_in(
    at_noon: Workspace, monkeypatch: pytest.MonkeyPatch, text: bytes, code: int
) -> None:
    typed(monkeypatch, text)
    said = at_noon("user", "add", "ruth", "--role", "viewer", "--password-stdin")
    assert (said.code, len(said.err.splitlines())) == (code, 1)
    assert at_noon("user", "list", "--json").json == []


def test_an_account_at_discord_is_linked_and_unlinked(at_noon: Workspace) -> None:
    at_noon("user", "add", "ruth", "--role", "approver")
    number = "123456789012345678"
    assert at_noon("user", "link", "ruth", "--discord", "ruth#1").code == 1
    assert at_noon("user", "link", "ruth", "--discord", number, "--json").json["discord"] == number
    assert "decides as ruth already" in at_noon("user", "link", "ruth", "--discord", number).err
    assert at_noon("user", "unlink", "ruth").code == 0
    assert at_noon("user", "show", "ruth", "--json").json["discord"] is None


def test_an_account_at_slack_is_linked_and_unlinked(at_noon: Workspace) -> None:
    at_noon("user", "add", "ruth", "--role", "approver")
    assert at_noon("user", "link", "ruth").code == 2
    assert "Copy member ID" in at_noon("user", "link", "ruth", "--slack", "@ruth").err
    assert (
        at_noon("user", "link", "ruth", "--slack", "U01RUTH", "--json").json["slack"] == "U01RUTH"
    )
    assert "decides as ruth already" in at_noon("user", "link", "ruth", "--slack", "U01RUTH").err
    assert at_noon("user", "unlink", "ruth").code == 0
    assert at_noon("user", "show", "ruth", "--json").json["slack"] is None


def test_a_role_is_changed_and_a_person_removed(at_noon: Workspace) -> None:
    at_noon("user", "add", "ruth", "--role", "viewer")
    assert "ruth is an admin now" in at_noon("user", "role", "ruth", "admin").err
    assert at_noon("user", "role", "ruth", "admin").code == 1
    assert at_noon("user", "remove", "ruth").code == 0
    assert at_noon("user", "list", "--json").json == []
    assert at_noon("draft", "list", "--json").code == 0
    taken = at_noon("user", "add", "Ruth", "--role", "viewer")
    assert (taken.code, "choose another name" in taken.err) == (1, True)


def test_a_token_is_printed_once_and_alone_on_its_line(at_noon: Workspace) -> None:
    at_noon("user", "add", "ruth", "--role", "viewer")
    said = at_noon("user", "token", "ruth")
    token = said.out.strip()
    assert said.out == f"{token}\n"
    assert token not in said.err
    ground = open_ground(at_noon.folder / "groundswell.toml")
    with reading(ground.engine) as session:
        found = user_of_token(session, token, NOON)
        kept = [row.digest for row in session.exec(select(Token)).all()]
    close_opened()
    assert found is not None
    assert token not in kept


@pytest.mark.parametrize(
    "words", [("role", "x", "admin"), ("remove", "x"), ("token", "x"), ("show", "x")]
)
def test_who_is_not_known_is_answered_with_the_list(
    at_noon: Workspace, words: tuple[str, ...]
) -> None:
    said = at_noon("user", *words)
    assert said.code == 1
    assert said.err == "groundswell: there is no user x; `groundswell user list` shows them\n"


@pytest.mark.parametrize("words", [("add", "x"), ("add", "x", "--role", "king"), ("role", "x")])
def test_half_a_command_is_wrong_usage(at_noon: Workspace, words: tuple[str, ...]) -> None:
    assert at_noon("user", *words).code == 2
