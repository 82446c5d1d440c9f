"""The fan-out: the real Apprise against a mail server and web hooks on loopback."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr, ValidationError

from config.clock import FixedClock
from config.errors import PermanentError, TransientError
from config.logs import masked
from config.settings import load_settings
from responders.delivery.answer_links import read_link
from responders.delivery.channels import apprise
from responders.delivery.channels.base import InDoubt, Message
from responders.delivery.opening import destinations, ways_of
from tests.places.mail import MailPlace
from tests.places.web import Asked, Reply, Web

NOW = datetime(2026, 5, 12, 12, tzinfo=UTC)
KEY = b"k" * 32
CONSOLE = "https://gs.example/console"
PAYLOAD = {"title": "New, major: it hangs. GS-1.", "body": "12 posts", "level": "failure"}


@pytest.fixture
def mail() -> Iterator[MailPlace]:
    with MailPlace() as place:
        yield place


class Hook:
    """A web hook that answers as it is told."""

    def __init__(self) -> None:
        self.status = 200

    def __call__(self, asked: Asked) -> Reply:
        return Reply(self.status)


def options(*urls: str) -> apprise.Options:
    return apprise.Options(urls=tuple(map(SecretStr, urls)))


def channel(found: apprise.Options, deadline_s: float = 20) -> apprise.Fan:
    environ = {"GROUNDSWELL__HTTP__DEADLINE_S": str(deadline_s)}
    ways = ways_of(load_settings(None, environ=environ))
    ways = replace(ways, key=KEY, console_url=CONSOLE, clock=FixedClock(NOW))
    return apprise.build(found, ways=ways)


def to(found: apprise.Options, place: int = 0, **values: object) -> Message:
    name = apprise.destinations(found)[place]
    base = Message("k", "It hangs.\nsecond line", PAYLOAD, destination=name, issue_id=1)
    return replace(base, **values)  # type: ignore[arg-type]


def mail_url(mail: MailPlace) -> str:
    return f"mailto://127.0.0.1:{mail.port}?from=gs@example.org&to=ruth@example.org"


def test_a_mail_arrives_with_its_title_its_text_and_the_link_to_answer(mail: MailPlace) -> None:
    found = options(mail_url(mail))
    receipt = channel(found).send(to(found))
    (letter,) = mail.letters
    assert letter["Subject"] == "New, major: it hangs. GS-1."
    assert mail.to == [["ruth@example.org"]]
    assert letter.get_content_type() == "text/plain"
    body = letter.get_content()
    assert body.splitlines()[0] == "12 posts"
    link = body.rpartition(f"{CONSOLE}/answer/")[2].strip()
    answered = read_link(KEY, link, now=NOW)
    assert answered is not None
    assert (answered.issue_id, answered.destination) == (1, apprise.destination(found))
    assert read_link(KEY, link, now=NOW + timedelta(days=1)) is None
    assert receipt.at.tzinfo is not None


def test_line_ends_in_a_title_make_no_header(mail: MailPlace) -> None:
    found = options(mail_url(mail))
    title = "Größer\r\nBcc: evil@example.com\r\n\r\nboo\x00\x1b[31m"
    channel(found).send(to(found, payload={"title": title, "body": "Straße, 北京, naïve"}))
    (letter,) = mail.letters
    assert letter["Bcc"] is None
    assert mail.to == [["ruth@example.org"]]
    assert letter["Subject"].startswith("Größer Bcc: address boo")
    assert "Straße, 北京, naïve" in letter.get_content()


def test_a_post_of_ten_thousand_characters_is_cut(mail: MailPlace) -> None:
    found = options(mail_url(mail))
    channel(found).send(to(found, text="a ü " * 2500, payload={}))
    (letter,) = mail.letters
    assert len(letter["Subject"]) <= 200
    assert len(letter.get_content()) < 3500
    assert all(len(line) <= 998 for line in mail.raw[0].splitlines())


def test_a_refused_mail_is_told_without_the_password(mail: MailPlace) -> None:
    mail.answer = "554 no"
    found = options(mail_url(mail).replace("127.0.0.1", "hush-hush-1@127.0.0.1"))
    with pytest.raises(InDoubt) as caught:
        channel(found).send(to(found))
    assert "hush-hush-1" not in str(caught.value)
    assert mail.letters == []


def test_a_hook_gets_our_words_and_nothing_that_pings() -> None:
    with Web(Hook()) as web:
        found = options(web.url("/room7").replace("http:", "json:"))
        text = "*Hi* @everyone <@&12> <!channel> [x](https://e.example) #room\n# /ban evil.example"
        channel(found).send(to(found, payload={"title": text, "body": text}))
        sent = json.loads(web.log[0].body)
    for part in (sent["title"], sent["message"].partition("Acknowledge")[0]):
        assert not set(part) & set("@<>[]*#_`~|\\&{}")
        assert "evil.example" not in part
        assert "/ban" not in part


@pytest.mark.parametrize("markup", ["text", "markdown", "html"])
def test_ntfy_gets_title_and_text_in_every_mode(markup: str) -> None:
    with Web(Hook()) as web:
        found = options(
            f"{web.url('/topic').replace('http:', 'ntfy:')}?format={markup}&optional=yes"
        )
        channel(found).send(to(found))
        sent = json.loads(web.log[0].body)
    assert (sent["topic"], sent["title"]) == ("topic", "New, major: it hangs. GS-1.")
    assert "12 posts" in sent["message"].replace("&nbsp;", " ")
    link = sent["message"].rpartition("/answer/")[2]
    assert read_link(KEY, link, now=NOW) is not None  # in no mode was it escaped


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, InDoubt), (302, InDoubt), (429, TransientError), (403, PermanentError)],
)
def test_what_a_service_answers_says_whether_to_try_again(
    status: int, error: type[Exception]
) -> None:
    hook = Hook()
    hook.status = status
    with Web(hook) as web:
        # Whatever the address asks for: the outbox alone tries again, and no failure is optional.
        url = web.url("/x").replace("http:", "json:") + "?retry=4&wait=0&optional=yes"
        found = options(url)
        with pytest.raises(error):
            channel(found).send(to(found))
        assert len(web.log) == 1


def test_a_service_that_never_answers_ends_with_the_deadline() -> None:
    def hang(connection: socket.socket) -> None:
        web.stopping.wait(30)

    with Web(lambda asked: hang) as web:
        found = options(web.url("/x").replace("http:", "json:") + "?rto=60")
        with pytest.raises(InDoubt, match="within 2 s"):
            channel(found, deadline_s=2).send(to(found))


def test_an_address_that_apprise_does_not_know_is_a_mistake_to_mend() -> None:
    found = options("nosuchthing://a/b")
    with pytest.raises(PermanentError, match="does not understand"):
        channel(found).send(to(found))


def test_a_message_for_an_address_that_is_gone_fails() -> None:
    found = options("json://127.0.0.1/x")
    with pytest.raises(PermanentError, match="no longer"):
        channel(found).send(Message("k", "x", destination="apprise:json:00000000"))


def test_each_address_is_a_destination_of_its_own_without_its_secrets() -> None:
    found = options(
        "json://user:hush-hush-1@h.example/x",
        "ruth=mailtos://gs:hush-hush-2@example.org?to=ruth@example.org",
        "json://user:another-one@h.example/x",
        "json://user:hush-hush-1@h.example/x",
    )
    names = apprise.destinations(found)
    assert len(names) == 3
    assert names[1] == "apprise:ruth"
    assert names[2] == f"{names[0]}:2"
    again = options("json://user:rotated-pw@h.example/x")
    assert apprise.destinations(again) == names[:1]  # a new password is the same place
    settings = load_settings(None, environ={}).model_copy(update={"plugins": {"apprise": found}})
    assert {one.name for one in destinations(settings)} >= set(names)


def test_no_address_means_no_destination() -> None:
    assert apprise.destination(apprise.Options()) is None


def test_the_secrets_of_an_address_are_masked_everywhere() -> None:
    channel(
        options(
            "pagerduty://1234567890abcdef1234567890abcdef@9876543210fedcba9876543210fedcba",
            "json://user:p%40ss-word@h.example/alerts/Zm9vYmFyMTIzNDU2?token=sesame-open",
        )
    )
    said = (
        "at 1234567890abcdef1234567890abcdef p%40ss-word p@ss-word sesame-open Zm9vYmFyMTIzNDU2 "
        "9876543210fedcba9876543210fedcba alerts"
    )
    assert masked(said) == "at ••• ••• ••• ••• ••• ••• alerts"


def test_a_mistaken_address_is_told_without_repeating_it() -> None:
    with pytest.raises(ValidationError) as caught:
        options("json://h.example/x", "hush-hush://")
    assert "place 2" in str(caught.value)


def test_addresses_come_one_a_line_from_a_file_with_secrets() -> None:
    found = apprise.Options.model_validate({"urls": "json://a/b\nruth=ntfy://c\n"})
    assert apprise.destinations(found)[1] == "apprise:ruth"


@pytest.mark.parametrize("password", ["hun[ter", "hun[t]er", "hunter\u2100"])
def test_an_address_that_cannot_be_read_is_refused_without_its_password(password: str) -> None:
    with pytest.raises(ValidationError, match="at place 1 that cannot be read") as caught:
        apprise.Options(urls=(SecretStr(f"ruth=mailtos://ruth:{password}@example.org"),))
    assert "hun" not in str(caught.value)
