from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from config.clock import FixedClock
from config.database import reading
from config.ground import Ground
from config.http_client import HttpKnobs, PoliteClient
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.edit import edit
from responders.decisions.drafts.rechecking import recheck_due
from responders.decisions.pause import pause
from responders.decisions.refusing import NotAllowed
from responders.delivery.tables import DeliveryState
from responders.voice.tables import LinkAnswer, LinkState
from responders.voice.watching import links
from responders.voice.watching.links import LinkWatch
from tests.conftest import NOON
from tests.places.web import Reply, Web
from tests.responders.decisions.deciding import (
    OVERRIDE,
    RUTH,
    TEXT,
    TOM,
    delivery_for,
    draft,
    propose,
)
from tests.responders.incidents import Incident, happen

PAGE = "status.fernsync.example"


class Site:
    """A page on the web that answers as it is told; its name leads to this machine."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.status = {"HEAD": 200, "GET": 200}
        web.script = lambda asked: Reply(self.status[asked.method])

    @property
    def url(self) -> str:
        return f"http://{PAGE}:{self.web.port}/known"

    @property
    def methods(self) -> list[str]:
        return [asked.method for asked in self.web.log]

    def answers(self, status: int) -> None:
        self.status = {"HEAD": status, "GET": status}

    def watch(self, ground: Ground, at: datetime = NOON, *, listed: bool = True) -> LinkWatch:
        knobs = HttpKnobs(
            user_agent="test/1", spacing_s=0.0, deadline_s=2.0,
            allow_hosts=(PAGE,) if listed else (),
        )  # fmt: skip
        client = PoliteClient(knobs, resolver=lambda _host, _port: ["127.0.0.1"])
        return LinkWatch(ground, client, machine=FixedClock(at))


@pytest.fixture
def site() -> Iterator[Site]:
    with Web(lambda asked: Reply()) as web:
        yield Site(web)


@pytest.fixture
def number(ground: Ground, site: Site) -> int:
    text = leading_to(site.url)
    return propose(ground, happen(ground, Incident()), text=text, page_url=site.url)


def leading_to(url: str) -> str:
    return TEXT.replace("http://127.0.0.1:8080/", url)


def rows(ground: Ground) -> list[tuple[str, LinkAnswer]]:
    with reading(ground.engine) as session:
        return [(row.url, row.answer) for row in session.exec(select(LinkState)).all()]


def rules(ground: Ground, number: int) -> set[tuple[str, str]]:
    return {(one["rule"], one["level"]) for one in draft(ground, number).findings}


def test_a_link_that_answers_is_asked_once_briefly(ground: Ground, site: Site, number: int) -> None:
    assert site.watch(ground).ask_due() == 1
    assert rows(ground) == [(site.url, LinkAnswer.ALIVE)]
    assert site.watch(ground).ask_due() == 0
    assert site.methods == ["HEAD"]
    approve(ground, RUTH, number)


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_dead_link_keeps_a_text_here_until_somebody_says_why_it_may_pass(
    ground: Ground, site: Site, number: int, status: int
) -> None:
    site.answers(status)
    assert site.watch(ground).ask_due() == 1
    assert rules(ground, number) >= {("dead-link", "block")}
    with pytest.raises(NotAllowed, match=rf"dead-link.*it answers {status}, 12:00 UTC"):
        approve(ground, RUTH, number)
    approve(ground, RUTH, number, override=OVERRIDE)


def test_a_place_that_answers_only_in_full_is_alive(
    ground: Ground, site: Site, number: int
) -> None:
    site.status = {"HEAD": 405, "GET": 200}
    site.watch(ground).ask_due()
    assert rows(ground) == [(site.url, LinkAnswer.ALIVE)]
    assert site.methods == ["HEAD", "GET"]


@pytest.mark.parametrize("refused", ["status", "address"])
def test_what_asking_could_not_tell_is_said_and_blocks_nothing(
    ground: Ground, site: Site, number: int, refused: str
) -> None:
    site.answers(403)
    site.watch(ground, listed=refused == "status").ask_due()
    assert rows(ground) == [(site.url, LinkAnswer.UNKNOWN)]
    assert ("unsure-link", "warning") in rules(ground, number)
    approve(ground, RUTH, number)
    assert refused == "status" or site.methods == []


def test_an_address_of_this_machine_is_never_asked(ground: Ground, site: Site) -> None:
    propose(ground, happen(ground, Incident()), text=leading_to(site.web.url("/known")))
    assert site.watch(ground).ask_due() == 0
    assert (rows(ground), site.methods) == ([], [])


def test_a_dead_link_is_asked_again_sooner_than_one_that_answered_and_shows_that_it_is_well(
    ground: Ground, site: Site, number: int
) -> None:
    site.answers(503)
    site.watch(ground).ask_due()
    site.answers(200)
    assert site.watch(ground, NOON + timedelta(minutes=1)).ask_due() == 0
    assert site.watch(ground, NOON + timedelta(minutes=3)).ask_due() == 1
    assert ("dead-link", "block") not in rules(ground, number)
    assert site.watch(ground, NOON + timedelta(minutes=10)).ask_due() == 0
    before = len(site.methods)
    site.watch(ground, NOON + timedelta(minutes=20)).ask_due()
    assert len(site.methods) == before + 1


def test_a_link_that_died_after_the_yes_is_found_before_the_text_leaves(
    ground: Ground, site: Site, number: int
) -> None:
    site.watch(ground).ask_due()
    approve(ground, RUTH, number)
    site.answers(404)
    assert site.watch(ground, NOON + timedelta(minutes=5)).ask_before_they_leave() == 0
    assert recheck_due(ground) == 0, "the answer is fresh enough"
    assert site.watch(ground, NOON + timedelta(minutes=16)).ask_before_they_leave() == 1
    assert recheck_due(ground) == 1
    row = delivery_for(ground, number)
    assert (row.state, "dead-link" in row.reason) == (DeliveryState.FAILED, True)


def test_a_link_that_nobody_asked_for_is_asked_before_its_text_leaves(
    ground: Ground, site: Site, number: int
) -> None:
    site.answers(404)
    approve(ground, RUTH, number)
    site.watch(ground).ask_before_they_leave()
    assert recheck_due(ground) == 1


def test_while_sending_is_paused_nothing_is_asked_for_what_leaves(
    ground: Ground, site: Site, number: int
) -> None:
    approve(ground, RUTH, number)
    pause(ground, TOM, "wait")
    assert site.watch(ground).ask_before_they_leave() == 0
    assert site.methods == []


def test_an_edit_in_the_meantime_keeps_its_own_findings(
    ground: Ground, site: Site, number: int
) -> None:
    other = f"http://{PAGE}:{site.web.port}/other"
    edit(ground, RUTH, number, leading_to(other))
    site.answers(404)
    site.watch(ground).ask_due()
    assert rows(ground) == [(other, LinkAnswer.DEAD)]
    found = [one["words"] for one in draft(ground, number).findings if one["rule"] == "dead-link"]
    assert found == [other]


def test_slow_addresses_hold_up_the_pass_for_a_bounded_time(
    ground: Ground, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = leading_to(" ".join(f"{site.url}/{n}" for n in range(9)))
    propose(ground, happen(ground, Incident()), text=text)
    monkeypatch.setattr(links, "PATIENCE_S", -1.0)
    assert site.watch(ground).ask_due() == 0
    assert site.methods == []
