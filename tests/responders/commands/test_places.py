"""Where a text would stand and what happens to it next, in words."""

from datetime import timedelta

import pytest

from listener.tables import Thread
from responders.commands.places import Sending, next_step, place_of
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("channel", "url", "words"),
    [
        ("page", None, "on the known-issues page"),
        ("manual", "https://forum.example/t/3/", "at forum.example/t/3"),
        ("manual", "javascript:alert(1)", "in a thread without an address"),
        ("manual", "https://forum.example/\x1b[2J", "in a thread without an address"),
        ("manual", None, "in a thread without an address"),
    ],
)
def test_a_place_is_named_by_its_address(channel: str, url: str | None, words: str) -> None:
    thread = Thread(source_id=1, remote_id="3", url=url)
    draft = Draft(
        key="k", product_id=1, issue_id=1, kind="ack", phase="investigating", channel=channel,
        language="en", text="t", text_sha256="h", created_at=NOON,
    )  # fmt: skip
    assert place_of(draft, thread) == words


@pytest.mark.parametrize(
    ("channel", "later_s", "found", "words"),
    [
        ("page", 0, Sending(paused=True, running=True), "after: groundswell resume"),
        ("page", 30, Sending(paused=False, running=True), "Leaves at 12:00:30 UTC; until then"),
        ("page", 0, Sending(paused=False, running=False), "`groundswell run` sends it"),
        ("page", 0, Sending(paused=False, running=True), "Leaves within seconds"),
        ("manual", 0, Sending(paused=False, running=True), "Now a person posts it"),
        ("manual", 0, Sending(paused=False, running=False), "hands it over; then a person"),
    ],
)
def test_what_is_next_depends_on_what_stands_in_the_way(
    channel: str, later_s: int, found: Sending, words: str
) -> None:
    row = Delivery(
        id=4, key="k", product_id=1, channel=channel, destination="d", kind="ack", text="t",
        state=DeliveryState.QUEUED, next_try_at=NOON + timedelta(seconds=later_s), created_at=NOON,
    )  # fmt: skip
    assert words in next_step(row, 3, found, now=NOON)
