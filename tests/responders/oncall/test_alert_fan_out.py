"""An alert by Apprise through the outbox: each address by itself, its words and its link."""

from dataclasses import replace

from pydantic import SecretStr

from config.ground import Ground
from responders.delivery.channels import apprise
from responders.delivery.outbox import channels_of, deliver_due
from responders.delivery.tables import DeliveryState
from responders.oncall.alert import alert_due
from tests.places.mail import MailPlace
from tests.responders.incidents import Incident, happen
from tests.responders.oncall.test_alert import deliveries


def test_an_address_that_fails_keeps_no_other_from_its_alert(ground: Ground) -> None:
    with MailPlace() as mail:
        url = f"ruth=mailto://127.0.0.1:{mail.port}?from=gs@example.org&to=ruth@example.org"
        options = apprise.Options(urls=(SecretStr("ann=json://127.0.0.1:1/x"), SecretStr(url)))
        console = ground.settings.console.model_copy(update={"url": "https://gs.example/console"})
        settings = ground.settings.model_copy(
            update={"plugins": {"apprise": options}, "console": console}
        )
        house = replace(ground, settings=settings)
        happen(house, Incident())
        alert_due(house)
        deliver_due(house, channels_of(house))
    states = {row.destination: row.state for row in deliveries(house)}
    assert states["apprise:ann"] is DeliveryState.QUEUED  # tried again later
    assert states["apprise:ruth"] is DeliveryState.SENT
    (letter,) = mail.letters
    assert letter["Subject"].startswith("New, major: app hangs when a note is opened.")
    body = letter.get_content()
    assert "https://gs.example/console/answer/" in body
    assert "The app hangs when I open a note" not in body  # nobody is quoted
