"""Socket Mode: restarts, lines that break, tokens that are wrong."""

import logging
import threading

import pytest
from pydantic import SecretStr

from responders.bots.running import tend
from tests.places.slack_people import BOT_TOKEN
from tests.responders.bots.slack.conftest import Office
from tests.responders.decisions.deciding import audit


def test_old_buttons_and_forms_work_after_a_restart(office: Office, issue_id: int) -> None:
    opened = office.place.press(f"gs:{issue_id}:mute")
    assert opened.view
    office.end()
    office.start()
    assert office.place.press(f"gs:{issue_id}:ack").said == f"You acknowledged GS-{issue_id}."
    office.form(opened, reason="opened before the restart")
    assert "is muted" in opened.said


@pytest.mark.parametrize("how", ["drop", "ask_to_reconnect", "cut"])
def test_a_line_that_ends_is_opened_anew_and_a_missed_click_is_pressed_again(
    office: Office, issue_id: int, how: str
) -> None:
    socket = office.place.socket
    socket.in_a_gap = how != "ask_to_reconnect"
    getattr(socket, how)()
    if socket.in_a_gap:
        missed = office.place.press(f"gs:{issue_id}:ack")  # Slack tells them that it failed
        assert len(socket.lost) == 1
        assert missed.acks == []
        socket.in_a_gap = False
    socket.wait(lambda: socket.connected == 2)
    assert "issue acknowledged" not in dict(audit(office.ground))
    again = office.place.press(f"gs:{issue_id}:ack")
    assert again.said == f"You acknowledged GS-{issue_id}."


def test_a_click_that_is_told_twice_counts_once(office: Office, issue_id: int) -> None:
    click = office.place.press(f"gs:{issue_id}:ack")
    assert click.said
    envelope = {"envelope_id": click.id, "type": "interactive", "payload": {}}
    body = {
        "type": "block_actions", "user": {"id": click.user, "username": "ruth"},
        "team": {"id": "T0FERN"}, "response_url": office.place._response_url(click),
        "actions": [{"action_id": f"gs:{issue_id}:ack", "type": "button"}],
        "container": {}, "channel": {"id": "C0ONCALL"}, "trigger_id": click.trigger,
    }  # fmt: skip
    office.place.socket.send({**envelope, "payload": body})
    click.wait(lambda one: len(one.acks) == 2)
    assert office.place.press(f"gs:{issue_id}:back").said  # came after it, and was answered
    assert [click.said] == [one["text"] for one in click.shown]
    assert [act for act, _ in audit(office.ground)].count("issue acknowledged") == 1


class Heard(logging.Handler):
    """Keeps the reasons of one event, and tells when it stands in the log."""

    def __init__(self, event: str) -> None:
        super().__init__()
        self.came, self._event, self.reasons = threading.Event(), event, list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == self._event:
            self.reasons.append(str(record.__dict__))
            self.came.set()


@pytest.mark.parametrize("which", ["bot_token", "app_token"])
def test_a_wrong_token_is_told_by_its_name_and_the_bot_waits(closed: Office, which: str) -> None:
    heard, stop = Heard("bot_ended"), threading.Event()
    logging.getLogger("responders.bots.running").addHandler(heard)
    options = closed.options.model_copy(update={which: SecretStr("a-wrong-token-of-a-bot")})
    thread = threading.Thread(target=tend, args=(closed.ground, options, stop))
    thread.start()
    told = heard.came.wait(30)
    stop.set()
    thread.join(30)
    logging.getLogger("responders.bots.running").removeHandler(heard)
    assert told
    assert f"[slack] {which}" in heard.reasons[0]
    assert "a-wrong-token" not in heard.reasons[0]
    assert BOT_TOKEN not in heard.reasons[0]
    assert not thread.is_alive()
