"""An alert to Slack stands there once, whatever happens to its answer."""

from collections.abc import Iterator, Sequence

import pytest
from pydantic import SecretStr

from responders.delivery.channels import slack
from responders.delivery.opening import ways_of
from responders.delivery.tables import DeliveryState
from tests.places import slack_faults as faults
from tests.places.slack import JSON, Fault, Slack
from tests.places.slack_people import BOT_TOKEN, CHANNEL
from tests.places.web import Asked, Reply
from tests.responders.delivery.conftest import Day


@pytest.fixture
def place() -> Iterator[Slack]:
    with Slack() as running:
        yield running


def through_slack(day: Day, place: Slack, key: str) -> DeliveryState:
    options = slack.Options(
        bot_token=SecretStr(BOT_TOKEN), channel_id=CHANNEL, api_url=place.api_url
    )
    plugins = {**day.ground.settings.plugins, "slack": options}
    settings = day.ground.settings.model_copy(update={"plugins": plugins})
    channel = slack.build(options, ways=ways_of(settings))
    return day.run_until_quiet({"slack": channel}, key).state


@pytest.mark.parametrize(
    "fault",
    [
        [faults.too_many(3)],
        [faults.fails],
        [faults.fails_after_doing],
        [faults.hangs_up_after_doing],
        [faults.resets_after_doing],
        [faults.says("internal_error", done=True)],
        [faults.fails, faults.fails_after_doing],
    ],
)
def test_an_alert_stands_at_slack_once(day: Day, place: Slack, fault: Sequence[Fault]) -> None:
    key = day.put(channel="slack", to=f"slack:channel:{CHANNEL}")
    place.faults += fault
    assert through_slack(day, place, key) is DeliveryState.SENT
    assert len(place.messages) == 1
    assert day.row(key).remote_id == place.messages[0]["ts"]


def test_an_alert_whose_answer_was_lost_is_not_sent_again_before_we_could_look(
    day: Day, place: Slack
) -> None:
    key = day.put(channel="slack", to=f"slack:channel:{CHANNEL}")
    place.faults.append(faults.fails_after_doing)
    ordinary = place.ordinary
    refused: list[Asked] = []

    def history_fails_twice(asked: Asked) -> Reply:
        if "history" in asked.path and len(refused) < 2:
            refused.append(asked)
            return Reply(503, b"{}", JSON)
        return ordinary(asked)

    place.ordinary = history_fails_twice  # type: ignore[method-assign]
    assert through_slack(day, place, key) is DeliveryState.SENT
    assert (len(refused), len(place.messages)) == (2, 1)
