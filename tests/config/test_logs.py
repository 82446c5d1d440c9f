"""One event is one line: nothing strangers wrote can forge it, and no secret stands in it."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from config import logs
from config.logs import EventLog, JsonLines, RichHandler, event_log, hide, masked, printable
from config.settings import Settings, load_settings

SECRET = 'p"ss\\wörd\n7'
"""Looks different once JSON has escaped it."""


@pytest.fixture(autouse=True)
def _logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave the process's logging as it was: secrets, handlers and levels."""
    monkeypatch.setattr(logs, "_SECRETS", set())
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    floors = {name: logging.getLogger(name).level for name in ("config", "listener")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in floors.items():
        logging.getLogger(name).setLevel(before)


def settings_of(tmp_path: Path, text: str = "") -> Settings:
    file = tmp_path / "groundswell.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environ={}, plugins={"discord": Webhook})


class Webhook(BaseModel):
    webhook_url: SecretStr | None = None
    others: tuple[SecretStr, ...] = ()


def record(event: str, exc_info: Any = None, **facts: Any) -> logging.LogRecord:
    made = logging.LogRecord("listener.crawl", logging.INFO, "f", 1, event, None, exc_info)
    made.facts = facts
    return made


def json_line(event: str, exc_info: Any = None, **facts: Any) -> str:
    return JsonLines().format(record(event, exc_info, **facts))


def terminal(event: str, exc_info: Any = None, **facts: Any) -> str:
    stream = io.StringIO()
    RichHandler(stream).handle(record(event, exc_info, **facts))
    return stream.getvalue()


def broken(text: str) -> Any:
    """Return the exc_info of an error with that text."""

    def fail() -> None:
        raise RuntimeError(text)

    try:
        fail()
    except RuntimeError:
        return sys.exc_info()


@given(st.text(), st.text())
def test_whatever_the_text_an_event_is_one_line_of_json(event: str, fact: str) -> None:
    line = json_line(event, words=fact)

    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert json.loads(line)["words"] == fact
    line.encode("utf-8")


@given(st.text())
def test_no_text_moves_a_terminal(text: str) -> None:
    shown = terminal("post_stored", words=text, exc_info=broken(text))

    assert [char for char in shown if not char.isprintable() and char != "\n"] == []
    shown.encode("utf-8")


def test_a_terminal_shows_markup_and_emoji_names_as_they_stand() -> None:
    assert "[bold red]:bomb:[/]" in terminal("x", words="[bold red]:bomb:[/]")
    assert "\\x1b[31m" in terminal("x", words="\x1b[31m")


def test_a_text_cannot_begin_a_line_of_its_own() -> None:
    assert terminal("x", words="a\nERROR all is lost").count("\n") == 1


def test_no_fact_takes_the_place_of_the_event() -> None:
    facts = {"level": "fine", "event": "nothing", "at": "never"}
    made = record("look_broke")
    made.facts = facts
    line = json.loads(JsonLines().format(made))

    assert line["event"] == "look_broke"
    assert line["level"] == "info"
    assert line["at"].endswith("Z")


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), {1, 2}, Path("x"), b"\xff", {1: {2}}]
)
def test_a_fact_of_any_kind_becomes_json(value: object) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    json.loads(json_line("x", value=value), parse_constant=refuse)


@pytest.mark.parametrize("show", [json_line, terminal])
def test_a_secret_is_masked_in_facts_in_names_and_in_traces(show: Any) -> None:
    hide([SECRET, "geheim-geheim"])
    url = f"https://x/{SECRET}/geheim-geheim"

    line = show(f"look_broke {SECRET}", url=url, deep={"urls": [url]}, exc_info=broken(url))

    assert "geheim-geheim" not in line
    assert "wörd" not in line
    assert "RuntimeError" in line
    assert logs.MASK in line


def test_a_secret_inside_another_is_masked_whole() -> None:
    hide(["secret-one", "secret-one-and-more"])

    assert masked("secret-one-and-more") == logs.MASK


def test_a_short_secret_hides_no_ordinary_words() -> None:
    hide(["a", "", "post"])

    assert masked("a post") == "a post"


def test_every_secret_of_the_settings_is_hidden(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        '[database]\nurl = "postgresql://u:db%2Dpassword@h/x"\n'
        '[credentials.forum]\napi_key = "api-key-secret"\nusername = "visible-name"\n'
        '[discord]\nwebhook_url = "https://discord.example/hook-secret"\n'
        'others = ["list-secret"]\n',
    )
    stream = io.StringIO()
    logs.set_up_logs(settings, stream=stream, style="json")
    event_log("listener.crawl").info(
        "x",
        a="api-key-secret db-password visible-name",
        b="https://discord.example/hook-secret list-secret",
    )

    line = json.loads(stream.getvalue())
    assert line["a"] == f"{logs.MASK} {logs.MASK} visible-name"
    assert line["b"] == f"{logs.MASK} {logs.MASK}"


def test_a_pipe_gets_json_and_the_level_of_the_settings(tmp_path: Path) -> None:
    stream = io.StringIO()
    logs.set_up_logs(settings_of(tmp_path, '[log]\nlevel = "warning"\n'), stream=stream)
    log = event_log("listener.crawl")

    log.info("source_heard", source="forum")
    log.warning("source_missed", source="forum", state="gone")

    (line,) = stream.getvalue().splitlines()
    assert json.loads(line) | {"at": ""} == {
        "at": "",
        "level": "warning",
        "event": "source_missed",
        "in": "listener.crawl",
        "source": "forum",
        "state": "gone",
    }


def test_an_event_keeps_its_trace(tmp_path: Path) -> None:
    stream = io.StringIO()
    logs.set_up_logs(settings_of(tmp_path), stream=stream)
    log: EventLog = event_log("listener.crawl")

    log.error("look_broke", source="forum", exc_info=broken("boom")[1])

    line = json.loads(stream.getvalue())
    assert "RuntimeError: boom" in line["error"]
    assert line["source"] == "forum"


def test_a_full_disk_never_breaks_who_logs(capsys: pytest.CaptureFixture[str]) -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    RichHandler(Full()).handle(record("post_stored"))

    assert "No space left" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "shown"), [("a\x0cb", "a\\x0cb"), ("\u202e", "\\u202e"), ("Grüße 🎉", "Grüße 🎉")]
)
def test_control_characters_are_shown_as_their_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
