"""A report by a person: words, a link, a chat message; answered at once, a post a moment later."""

from typing import Any

import pytest
from sqlmodel import select

from config.database import reading, transaction
from config.ground import Ground
from listener.intake.handing_in import take_in_due
from listener.tables import HandedIn, Post
from responders.bots.discord.answering import LATER_S
from responders.delivery.opening import client_of
from tests.listener.intake.test_fetching_threads import forum_page
from tests.places.discord_clicks import BOT, STRANGER
from tests.places.discourse import Forum, forum_post
from tests.responders.bots.conftest import QUIET, Office
from tests.responders.incidents import Incident, happen

pytestmark = QUIET

WORDS = "Sync hangs for me too since noon"
NOTED = "Thank you, it is noted."


@pytest.fixture
def issue_id(office: Office) -> int:
    return happen(office.ground, Incident())


def message(number: int, words: str, *, by: str = STRANGER.id, **more: Any) -> dict[str, Any]:
    return {
        "id": str(1263000000000000000 + number), "type": 0, "channel_id": "900000000000000004",
        "content": words, "attachments": [], "embeds": [], "components": [], "mentions": [],
        "author": {"id": by, "username": "someone", "discriminator": "0", "avatar": None},
        "mention_roles": [], "mention_everyone": False, "pinned": False, "tts": False, "flags": 0,
        "timestamp": "2026-05-12T12:00:00+00:00", "edited_timestamp": None, **more,
    }  # fmt: skip


def take_in(ground: Ground) -> int:
    return take_in_due(ground, client_of(ground.settings))


def handed_in(ground: Ground) -> list[Post]:
    with reading(ground.engine) as session:
        found = session.exec(select(Post).order_by(Post.id))  # type: ignore[arg-type]
        return [post for post in found if WORDS in post.text]


def test_a_report_is_answered_at_once_and_a_post_when_the_crawl_comes_by(
    office: Office, issue_id: int
) -> None:
    click = office.place.command("report", text=WORDS)
    assert click.said == NOTED
    assert handed_in(office.ground) == []
    assert take_in(office.ground) == 1
    click.wait(lambda found: len(found.shown) > 1)
    assert click.said == "Thank you, it is noted: 1 post."
    assert len(handed_in(office.ground)) == 1
    assert LATER_S < 1


def test_the_same_words_again_add_nothing_and_the_answer_says_so(
    office: Office, issue_id: int
) -> None:
    clicks = [office.place.command("report", text=WORDS).wait(lambda one: bool(one.shown))]
    take_in(office.ground)
    clicks.append(office.place.command("report", text=WORDS).wait(lambda one: bool(one.shown)))
    take_in(office.ground)
    clicks[1].wait(lambda found: len(found.shown) > 1)
    assert "already" in clicks[1].said
    assert len(handed_in(office.ground)) == 1


def test_an_outsider_reports_nothing(office: Office, issue_id: int) -> None:
    refused = office.place.command("report", text=WORDS, by=STRANGER)
    assert "You may not decide here" in refused.said
    by_menu = office.place.action("Report", message(1, WORDS), by=STRANGER)
    assert "You may not decide here" in by_menu.said
    assert take_in(office.ground) == 0


def test_a_chat_message_is_one_post_by_whoever_wrote_it(office: Office, issue_id: int) -> None:
    for _ in range(2):
        assert office.place.action("Report", message(1, WORDS)).said == NOTED
    assert office.place.action("Report", message(2, f"Me as well! {WORDS}", by="9")).said == NOTED
    assert take_in(office.ground) == 3
    first, second = handed_in(office.ground)
    assert first.url == (
        "https://discord.com/channels/900000000000000003/900000000000000004/1263000000000000001"
    )
    assert first.author is None  # nobody's name is taken over from the chat
    assert first.author_key is not None
    assert first.author_key != second.author_key
    with transaction(office.ground.engine) as session:
        assert {(row.text, row.author, row.url) for row in session.exec(select(HandedIn))} == {
            ("", None, None)
        }


@pytest.mark.parametrize("form", ["{}", "<{}>", " {}\n"])
def test_a_message_that_is_a_link_to_a_thread_brings_in_the_thread(
    office: Office, issue_id: int, form: str
) -> None:
    with forum_page(
        Forum([forum_post(number, f"{WORDS} {number}", topic=7) for number in (1, 2)])
    ) as web:
        words = form.format(web.url("/t/topic-7/7"))
        click = office.place.action("Report", message(6, words))
        assert click.said.endswith("what stands at that link is being read.")
        assert take_in(office.ground) == 1
        click.wait(lambda found: len(found.shown) > 1)
        assert click.said == "Thank you, it is noted: 2 posts."
        again = office.place.command("report", text=words.strip())
        assert again.said.endswith("is being read.")
        assert take_in(office.ground) == 1
        again.wait(lambda found: len(found.shown) > 1)
        assert "already" in again.said
    assert [post.text for post in handed_in(office.ground)] == [f"{WORDS} 1", f"{WORDS} 2"]


def test_what_another_bot_shows_in_an_embed_is_taken(office: Office, issue_id: int) -> None:
    embed = {"type": "rich", "title": "A review, 1 star", "description": WORDS}
    office.place.action("Report", message(3, "", embeds=[embed])).wait(lambda one: bool(one.shown))
    take_in(office.ground)
    assert [post.text for post in handed_in(office.ground)] == [f"A review, 1 star\n{WORDS}"]


def test_our_own_card_is_no_report(office: Office, issue_id: int) -> None:
    assert "That message is ours" in office.place.action("Report", message(4, WORDS, by=BOT)).said
    assert take_in(office.ground) == 0


def test_a_message_without_words_is_none(office: Office, issue_id: int) -> None:
    said = office.place.action("Report", message(5, "")).said
    assert said == "There are no words in it to note."


def test_a_link_that_cannot_be_had_is_told_to_whoever_gave_it(
    office: Office, issue_id: int
) -> None:
    click = office.place.command("report", text="http://169.254.169.254/latest")
    assert click.said.endswith("what stands at that link is being read.")
    take_in(office.ground)
    click.wait(lambda found: len(found.shown) > 1)
    assert "169.254.169.254" in click.said
    assert "noted" not in click.said
