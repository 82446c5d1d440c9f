"""Replies on Reddit with the real praw: it asks once, waits for nothing, and nobody is pinged."""

from collections.abc import Iterator
from typing import Any

import pytest

from config.errors import PermanentError, TransientError
from responders.delivery.channels.base import InDoubt, Standing
from responders.delivery.channels.reddit import Reddit
from tests.places.faults import fails_after, lost_after
from tests.places.public import PublicPlace, public_place, writes
from tests.places.reddit import RedditPlace, comment, refusal

TEXT = "Thanks u/ann, we know that it hangs.\nNext word:\n\nhttps://p.example/gs_1"


@pytest.fixture
def place() -> Iterator[PublicPlace]:
    with public_place("reddit") as made:
        yield made


@pytest.fixture
def there(place: PublicPlace) -> RedditPlace:
    assert isinstance(place.place, RedditPlace)
    return place.place


@pytest.fixture
def way(place: PublicPlace) -> Reddit:
    made = place.channel()
    assert isinstance(made, Reddit)
    return made


def test_a_reply_has_the_id_and_the_address_by_which_it_is_heard(
    place: PublicPlace, there: RedditPlace, way: Reddit
) -> None:
    sent = way.send(place.message(TEXT))
    (ours,) = there.ours
    assert (sent.remote_id, sent.url) == (ours["name"], f"{place.url}{ours['permalink']}")
    assert ours["parent_id"] == place.target["post"]
    assert "u/ann" not in ours["body"]
    assert "https://p.example/gs_1" in ours["body"]


def test_a_comment_is_answered_where_it_stands(
    place: PublicPlace, there: RedditPlace, way: Reddit
) -> None:
    there.things.append(comment(7))
    name = there.things[-1]["name"]
    sent = way.send(place.message(TEXT, post=name))
    assert there.ours[0]["parent_id"] == name
    assert way.find(place.message(TEXT)) is None, "the same words under another post"
    found = way.find(place.message(TEXT, post=name))
    assert found is not None
    assert found.remote_id == sent.remote_id


@pytest.mark.parametrize("fault", [lost_after, fails_after])
def test_praw_asks_once_whatever_goes_wrong(
    place: PublicPlace, there: RedditPlace, way: Reddit, fault: Any
) -> None:
    place.faulty.next(fault, writes)
    with pytest.raises(InDoubt):
        way.send(place.message(TEXT))
    assert len(there.ours) == 1
    assert sum(path.startswith("/api/comment") for path in there.asked) == 1


@pytest.mark.parametrize(
    ("sentence", "wait_s"),
    [
        ("Take a break for 9 minutes before trying again.", 540),
        ("Take a break for 40 seconds before trying again.", 40),
        ("Take a break for 300 milliseconds before trying again.", 1),
        ("you are doing that too much.", 600),
    ],
)
def test_reddit_s_own_limit_is_waited_for_by_us_and_not_by_praw(
    place: PublicPlace, there: RedditPlace, way: Reddit, sentence: str, wait_s: float
) -> None:
    there.refusals.append(("RATELIMIT", sentence))
    with pytest.raises(TransientError) as caught:
        way.send(place.message(TEXT))
    assert caught.value.retry_after_s == wait_s
    assert not there.ours


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("THREAD_LOCKED", "locked"),
        ("DELETED_COMMENT", "was deleted"),
        ("TOO_OLD", "too old"),
        ("SOMETHING_NEW", "SOMETHING_NEW"),
    ],
)
def test_what_reddit_refuses_is_said_with_its_reason(
    place: PublicPlace, there: RedditPlace, way: Reddit, word: str, why: str
) -> None:
    there.refusals.append((word, "no"))
    with pytest.raises(PermanentError, match=why):
        way.send(place.message(TEXT))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"locked": True}, "locked"),
        ({"archived": True}, "too old"),
        ({"removed_by_category": "moderator"}, "removed"),
        ({"author": "[deleted]", "selftext": "[deleted]"}, "deleted"),
    ],
)
def test_nothing_is_posted_where_it_could_not_stand(
    place: PublicPlace, there: RedditPlace, way: Reddit, said: dict[str, Any], why: str
) -> None:
    there.things[0].update(said)
    with pytest.raises(PermanentError, match=why):
        way.send(place.message(TEXT))
    assert not there.ours


def test_an_expired_token_is_asked_for_anew_by_the_next_try(
    place: PublicPlace, there: RedditPlace, way: Reddit
) -> None:
    way.find(place.message(TEXT))
    there.forget_tokens()
    with pytest.raises(TransientError):
        way.send(place.message(TEXT))
    assert way.send(place.message(TEXT)).url


def test_a_reply_that_only_we_see_is_told(
    place: PublicPlace, there: RedditPlace, way: Reddit
) -> None:
    message = place.message(TEXT)
    sent = way.send(message)
    assert way.visible(message, sent).visible is True
    there.shadowed.add(str(sent.remote_id))
    assert way.find(message) is not None, "its author still sees it"
    seen = way.visible(message, sent)
    assert (seen.visible, bool(seen.why)) == (False, True)


def test_what_was_deleted_there_is_gone(place: PublicPlace, way: Reddit) -> None:
    sent = way.send(place.message(TEXT))
    change = place.message("Other words.", remote_id=sent.remote_id, url=sent.url)
    way.remove(change)
    assert way.standing(change) is Standing.GONE
    assert way.visible(place.message(TEXT), sent).visible is False
    with pytest.raises(PermanentError, match="not there any more"):
        way.edit(change)


def test_a_text_that_is_too_long_and_a_target_that_is_none_are_refused(
    place: PublicPlace, way: Reddit
) -> None:
    with pytest.raises(PermanentError, match="takes 10000"):
        way.send(place.message("long " * 2_500))
    with pytest.raises(PermanentError, match="names no post"):
        way.send(place.message(TEXT, thread="x", post=None))


def test_a_closed_subreddit_is_said_so(place: PublicPlace, there: RedditPlace, way: Reddit) -> None:
    there.private = True
    with pytest.raises(PermanentError, match="private"):
        way.send(place.message(TEXT))
    there.private = False
    there.faults.append(lambda _asked: refusal(403, "Forbidden"))
    with pytest.raises(PermanentError):
        way.send(place.message(TEXT))
