"""Which bots run, and where a chat reaches us by request."""

import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from config.ground import Ground
from responders.api.serving import make_app
from responders.bots.running import SLACK_PATH, bot_routes, start_bots
from responders.delivery.channels import slack


def with_slack(ground: Ground, options: slack.Options) -> Ground:
    plugins = {**ground.settings.plugins, "slack": options}
    return replace(ground, settings=ground.settings.model_copy(update={"plugins": plugins}))


def test_nothing_runs_where_nothing_is_configured(ground: Ground) -> None:
    assert start_bots(ground, threading.Event()) == []
    assert bot_routes(ground) == []


def test_a_webhook_alone_hears_nothing(ground: Ground) -> None:
    hook = SecretStr("https://hooks.slack.com/services/T1/B1/a-secret")
    wired = with_slack(ground, slack.Options(webhook_url=hook))
    assert start_bots(wired, threading.Event()) == []
    assert bot_routes(wired) == []


def test_signed_requests_are_taken_where_the_console_is_served(ground: Ground) -> None:
    options = slack.Options(
        bot_token=SecretStr("xoxb-1"), signing_secret=SecretStr("a-secret"), channel_id="C1"
    )
    with TestClient(make_app(with_slack(ground, options))) as client:
        assert client.post(SLACK_PATH, content="payload=x").status_code == 401
    with TestClient(make_app(ground)) as client:
        assert client.post(SLACK_PATH, content="payload=x").status_code == 405


def test_the_service_loads_no_chat_library_before_a_bot_is_configured() -> None:
    code = (
        "import sys, responders.bots.running, responders.delivery.channels.slack; "
        "print({'discord', 'slack_bolt', 'slack_sdk'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "set()\n"


def test_line_and_requests_load_side_by_side() -> None:
    """They did not: each thread waited for the other's half of the library, and both broke."""
    code = """
import sys, threading
from pydantic import SecretStr
from responders.bots import running
from responders.delivery.channels import slack
sys.setswitchinterval(1e-6)  # threads take turns so often that they certainly meet
options = slack.Options(bot_token=SecretStr('xoxb-1'), signing_secret=SecretStr('s'))
made = []
door = running.SlackDoor(None, options)
loads = [lambda: made.append(running._runner(None, options)), lambda: made.append(door.requests())]
threads = [threading.Thread(target=load) for load in loads * 2]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(made))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == "4\n"


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_secret_of_slacks_is_none(ground: Ground, empty: str) -> None:
    options = slack.Options(bot_token=SecretStr("xoxb-1"), signing_secret=SecretStr(empty))
    settings = ground.settings.model_copy(update={"plugins": {"slack": options}})
    assert bot_routes(replace(ground, settings=settings)) == []
