"""Replies at WordPress: what the site takes, holds back, refuses, and shows to strangers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from config.errors import PermanentError, TransientError
from responders.delivery.channels.base import InDoubt, Message, Standing
from responders.delivery.channels.wordpress import HELD, KNOWN, WordPress
from tests.places.public import PublicPlace, public_place
from tests.places.wordpress import Blog

TEXT = 'Thanks -- we know that it\'s "hanging"... <b>5 & 6</b>.\n\nNext word: https://p.example/'


@pytest.fixture
def place() -> Iterator[PublicPlace]:
    with public_place("wordpress") as made:
        yield made


@pytest.fixture
def blog(place: PublicPlace) -> Blog:
    assert isinstance(place.place, Blog)
    return place.place


@pytest.fixture
def way(place: PublicPlace) -> WordPress:
    made = place.channel()
    assert isinstance(made, WordPress)
    return made


def test_a_reply_stands_below_the_comment_and_is_known_again_in_its_dress(
    place: PublicPlace, blog: Blog, way: WordPress
) -> None:
    sent = way.send(place.message(TEXT))
    row = blog.comments[-1]
    assert (row.under, row.answers, sent.remote_id) == (1, 3, f"comment-{row.id}")
    assert "&lt;b&gt;5 &amp; 6" in row.html
    assert "&#8220;hanging&#8221;" in row.html
    found = way.find(place.message(TEXT))
    assert found is not None
    assert found.remote_id == sent.remote_id
    assert way.find(place.message(TEXT, post="post-1")) is None
    assert way.find(place.message(TEXT + " More.")) is None


def test_what_moderators_hold_back_is_told_so_and_not_sent_again(
    place: PublicPlace, blog: Blog, way: WordPress
) -> None:
    blog.moderated = True
    sent = way.send(place.message(TEXT))
    assert (sent.remote_id, sent.url, sent.note) == (None, None, HELD)
    found = way.find(place.message(TEXT))
    assert found is not None
    assert found.note == HELD
    blog.comments = [replace(row, held=False) for row in blog.comments]
    assert (way.find(place.message(TEXT)) or sent).url


def test_a_comment_that_the_site_has_already_is_looked_for(
    place: PublicPlace, blog: Blog, way: WordPress
) -> None:
    blog.takes_again = False
    way.send(place.message(TEXT))
    with pytest.raises(InDoubt, match="already"):
        way.send(place.message(TEXT))
    blog.role = "subscriber"  # who may not ask for what is held back
    blog.comments = [replace(row, held=bool(row.user)) for row in blog.comments]
    again = way.send(place.message(TEXT))
    assert (again.url, again.note) == (None, KNOWN)


def test_an_account_with_few_rights_finds_its_own_among_all(
    place: PublicPlace, blog: Blog, way: WordPress
) -> None:
    blog.role = "subscriber"
    sent = way.send(place.message(TEXT))
    found = way.find(place.message(TEXT))
    assert found is not None
    assert found.remote_id == sent.remote_id
    changed = {"remote_id": sent.remote_id, "url": sent.url}
    for act in (way.edit, way.remove):
        with pytest.raises(PermanentError, match="needs to be an editor"):
            act(place.message("Other.", **changed))


def test_a_flood_limit_is_waited_for(place: PublicPlace, blog: Blog, way: WordPress) -> None:
    blog.floods = 1
    with pytest.raises(TransientError) as caught:
        way.send(place.message(TEXT))
    assert caught.value.retry_after_s == 15
    assert way.send(place.message(TEXT)).url


@pytest.mark.parametrize(
    ("said", "target", "why"),
    [
        ({"comments_closed": True}, {}, "comments are closed"),
        ({}, {"thread": "post-99"}, "article is not there"),
        ({}, {"post": "comment-99"}, "taken away"),
        ({}, {"thread": "topic 7"}, "names no article"),
        ({}, {"credential": "none"}, "application password"),
        ({"password": "another one"}, {}, "application password"),
    ],
)
def test_what_the_site_refuses_is_said_with_its_reason(
    place: PublicPlace, blog: Blog, way: WordPress, *,
    said: dict[str, Any], target: dict[str, Any], why: str,
) -> None:  # fmt: skip
    for name, value in said.items():
        setattr(blog, name, value)
    with pytest.raises(PermanentError, match=why):
        way.send(place.message(TEXT, **target))
    assert place.times(TEXT) == 0


def test_a_comment_in_the_trash_is_not_answered(
    place: PublicPlace, blog: Blog, way: WordPress
) -> None:
    blog.comments = [replace(row, status="trash") for row in blog.comments]
    with pytest.raises(PermanentError, match="taken away"):
        way.send(place.message(TEXT))


@pytest.mark.parametrize(
    ("changed", "visible"),
    [
        ({}, True),
        ({"held": True}, False),
        ({"status": "spam"}, False),
        ({"status": "trash"}, False),
    ],
)
def test_strangers_are_asked_what_they_see(
    place: PublicPlace, blog: Blog, way: WordPress, changed: dict[str, Any], visible: bool
) -> None:
    sent = way.send(place.message(TEXT))
    blog.comments[-1] = replace(blog.comments[-1], **changed)
    assert way.visible(place.message(TEXT), sent).visible is visible


def test_an_interface_for_members_says_nothing_of_strangers(
    place: PublicPlace, blog: Blog, way: WordPress
) -> None:
    sent = way.send(place.message(TEXT))
    blog.closed = True
    assert way.visible(place.message(TEXT), sent).visible is None


def test_what_moderators_took_away_is_gone(place: PublicPlace, blog: Blog, way: WordPress) -> None:
    sent = way.send(place.message(TEXT))
    change = place.message("Other.", remote_id=sent.remote_id)
    blog.comments = [row for row in blog.comments if not row.user]
    assert way.standing(change) is Standing.GONE
    assert way.visible(place.message(TEXT), sent).visible is False


@pytest.mark.parametrize("said", [{"plain": True}, {"moved": "/rest/"}, {"before": b"<b>Hi</b>\n"}])
def test_wherever_the_interface_stands_it_is_found(
    place: PublicPlace, blog: Blog, said: dict[str, Any]
) -> None:
    for name, value in said.items():
        setattr(blog, name, value)
    way = place.channel()
    message: Message = place.message(TEXT)
    assert way.send(message).remote_id
    assert way.find(message) is not None
