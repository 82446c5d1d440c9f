"""An alert by a real mail, and the link in it: one press acknowledges, nobody is called any more.

The whole way with nothing replaced: the pass raises the alert, the real Apprise hands it to a mail
server, the link is taken out of the letter and followed in the console.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from classifiers.tables import Severity
from config.clock import FixedClock
from config.ground import Ground
from responders.console.app import make_app
from responders.decisions.acting import Role
from responders.decisions.issues.acknowledge import unacknowledge
from responders.delivery.channels import apprise, terminal
from responders.delivery.outbox import channels_of, deliver_due
from responders.oncall.alert import alert_due
from responders.oncall.ladder.escalating import escalate_due
from tests.conftest import NOON
from tests.places.mail import MailPlace
from tests.responders.console.rooms import BASE, add_person
from tests.responders.decisions.deciding import RUTH, audit
from tests.responders.incidents import Incident, happen

LINK = re.compile(r"https://gs\.example(/console/answer/\S+)")


@dataclass
class House:
    """An installation whose people read mail alone, at a time that the test moves."""

    ground: Ground
    mail: MailPlace
    minute: float = 0.0

    def at(self, minute: float) -> Ground:
        """Let the clock stand so many minutes after noon."""
        return replace(self.ground, clock=FixedClock(NOON + timedelta(minutes=minute)))

    def work(self, minute: float) -> list[str]:
        """Run the passes; return the subjects of what came by mail."""
        before, ground = len(self.mail.letters), self.at(minute)
        alert_due(ground)
        escalate_due(ground)
        deliver_due(ground, channels_of(ground), machine=ground.clock)
        return [str(letter["Subject"]) for letter in self.mail.letters[before:]]

    def link(self, number: int = -1) -> str:
        """Return the link of a letter."""
        found = LINK.search(self.mail.letters[number].get_content())
        assert found is not None
        return found[1]

    def follow(self, link: str, minute: float, *, press: bool) -> str:
        """Open a link, and press its button."""
        with TestClient(
            make_app(self.at(minute)), base_url=BASE, client=("127.0.0.1", 50_000)
        ) as web:
            answer = web.post(link, data={"x": "1"}) if press else web.get(link)
        assert answer.status_code in {200, 410}
        return answer.text


@pytest.fixture
def house(ground: Ground) -> Iterator[House]:
    with MailPlace() as mail:
        base = f"mailto://127.0.0.1:{mail.port}?from=gs@example.org&to="
        urls = (SecretStr(f"ruth={base}ruth@example.org"), SecretStr(f"pager={base}pager@x.org"))
        plugins = {
            **ground.settings.plugins,
            "apprise": apprise.Options(urls=urls), "terminal": terminal.Options(enabled=False),
        }  # fmt: skip
        console = ground.settings.console.model_copy(update={"url": "https://gs.example/console/"})
        settings = ground.settings.model_copy(update={"plugins": plugins, "console": console})
        add_person(ground, "ruth", Role.APPROVER)
        yield House(replace(ground, settings=settings), mail)


def test_the_link_of_a_real_mail_acknowledges_and_ends_the_ladder(house: House) -> None:
    issue = happen(house.ground, Incident(severity=Severity.CRITICAL))
    (alert,) = house.work(0)
    assert alert.startswith("New, critical")
    assert house.mail.to == [["ruth@example.org"]], "a pager gets no alert"
    (page,) = house.work(20)
    assert "nobody has acknowledged it for 20 min" in page
    assert house.mail.to[-1] == ["pager@x.org"]

    assert "You answer as" in house.follow(house.link(0), 21, press=False)
    assert "issue acknowledged" not in dict(audit(house.ground))
    said = house.follow(house.link(0), 22, press=True)
    assert f"GS-{issue} is acknowledged by <bdi>ruth, 12:22 UTC, 12 May</bdi>" in said
    again = house.follow(house.link(1), 23, press=True)
    assert "acknowledged by <bdi>ruth, 12:22" in again, "the pager's link says who was first"
    assert [act for act, _ in audit(house.ground)].count("issue acknowledged") == 1
    assert house.work(50) == []

    unacknowledge(house.at(60), RUTH, issue, "it is back")
    assert len(house.work(80)) == 1, "then people are called again"
    assert "No longer good" in house.follow(house.link(0), 24 * 60 + 1, press=True)
    assert [act for act, _ in audit(house.ground)].count("issue acknowledged") == 1
