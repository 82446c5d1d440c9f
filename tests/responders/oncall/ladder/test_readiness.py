from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from config.database import reading
from config.ground import Ground
from responders.delivery.channels import apprise, discord
from responders.oncall.ladder.readiness import deaf_ladders, oncall_warnings
from tests.conftest import NOON
from tests.listener.installation import declare
from tests.responders.oncall.ladder.ladders import DECLARED

HOOK = discord.Options(webhook_url=SecretStr("https://discord.com/api/webhooks/12/token-t"))
OFFICE = {**DECLARED["shifts"][0], "from": "09:00", "until": "17:00"}


def warnings(ground: Ground, declared: Any, *, hours: float = 0) -> list[str]:
    declare(ground, "Fernsync", extra={"oncall": declared})
    with reading(ground.engine) as session:
        return oncall_warnings(session, ground.settings, now=NOON + timedelta(hours=hours))


def test_without_a_roster_there_is_nothing_to_tell(ground: Ground) -> None:
    assert warnings(ground, {}) == []


def test_a_heartbeat_that_no_place_can_show_is_told(ground: Ground) -> None:
    oncall = ground.settings.oncall.model_copy(update={"heartbeat_minutes": 5.0})
    beating = ground.settings.model_copy(update={"oncall": oncall, "plugins": {"discord": HOOK}})
    (told,) = warnings(replace(ground, settings=beating), {})
    assert "[oncall] heartbeat_minutes shows nothing" in told
    bot = discord.Options(token=SecretStr("t" * 60), channel_id=1)
    shown = beating.model_copy(update={"plugins": {"discord": bot}})
    with reading(ground.engine) as session:
        assert oncall_warnings(session, shown, now=NOON) == []


def test_that_nobody_is_on_call_now_is_told_with_the_next_time(ground: Ground) -> None:
    (told,) = warnings(ground, {**DECLARED, "shifts": [OFFICE]}, hours=4)
    assert told == (
        "Fernsync: nobody is on call now, until Wed 2026-05-13 09:00 (Europe/Berlin); see "
        "groundswell oncall roster show"
    )


def test_while_somebody_is_on_call_it_is_not(ground: Ground) -> None:
    assert warnings(ground, {**DECLARED, "shifts": [OFFICE]}) == []


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"ladder": {"major": ["5 channel slack"]}}, "the ladder names slack"),
        ({"people": {"ruth": {"pager": "apprise:pager-ruth"}}}, "the pager of ruth is"),
    ],
)
def test_a_place_that_is_not_configured_is_told_with_those_that_are(
    ground: Ground, declared: Any, words: str
) -> None:
    (told,) = warnings(ground, declared)
    assert words in told
    assert told.endswith("there is no such place; configured are: terminal")


def test_a_pager_that_is_configured_is_known(ground: Ground) -> None:
    options = apprise.Options(urls=(SecretStr("pager-ruth=json://127.0.0.1:9/"),))
    plugins = {**ground.settings.plugins, "apprise": options}
    ready = replace(ground, settings=ground.settings.model_copy(update={"plugins": plugins}))
    people = {"ruth": {"pager": "apprise:pager-ruth"}}
    assert warnings(ready, {"people": people}) == []


def test_what_cannot_be_read_is_told(ground: Ground) -> None:
    (told,) = warnings(ground, {"zone": "Berlin"})
    assert "there is no time zone" in told


@pytest.mark.parametrize(
    ("options", "declared", "deaf"),
    [
        ({}, {}, False),
        ({"discord": HOOK}, {}, True),
        ({"discord": HOOK.model_copy(update={"role_id": 9})}, {}, False),
        ({"discord": HOOK}, {"ladder": {"major": ["15 channel"]}}, True),
        ({"discord": HOOK}, dict(DECLARED), False),
    ],
)
def test_a_ladder_that_can_call_nobody_is_told_where_alerts_go_to_a_chat(
    ground: Ground, options: Any, declared: Any, deaf: bool
) -> None:
    settings = ground.settings.model_copy(
        update={"plugins": {**ground.settings.plugins, **options}}
    )
    declare(ground, "Fernsync", extra={"oncall": declared})
    with reading(ground.engine) as session:
        found = deaf_ladders(session, settings, now=NOON)
    assert bool(found) is deaf
    assert ("major" in "".join(found)) is (deaf and not declared)
