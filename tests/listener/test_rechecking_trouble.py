"""Asked again for posts, a place refuses, drips or breaks: nobody else pays for it."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from config.database import reading, transaction
from config.ground import Ground
from listener.minding import store_minding
from listener.opening import open_source, rules_for
from listener.pacing import store_pacing
from listener.pacing.metering import Meter
from listener.rechecking import Rechecker
from listener.store import hosts_resting
from listener.tables import Product
from responders.workspace import open_client
from tests.conftest import NOON
from tests.listener.installation import at, crawl, declare, posts, rows, source, watch
from tests.listener.test_crawl_platforms import configured
from tests.places.bluesky import HANDLE, always, bluesky_web, options_for, post, uri
from tests.places.bluesky import refusal as answered
from tests.places.mastodon import MastodonPlace, mastodon_web, refusal, status, status_id
from tests.places.web import Asked, RawReply, Reply

HOUR = timedelta(hours=1)
LATER = NOON + HOUR


@contextmanager
def mastodon(ground: Ground, *numbers: int) -> Iterator[MastodonPlace]:
    """Watch a hashtag that was heard once at noon, and each of its posts."""
    place, web = mastodon_web(*(status(number) for number in numbers))
    with web:
        watch(ground, declare(ground), web.url("/tags/fernsync"), kind="mastodon")
        crawl(ground)
        with transaction(ground.engine) as session:
            store_minding.watch(session, [post.id or 0 for post in posts(ground)], NOON + 9 * HOUR)
        place.asked.clear()
        yield place


def answer_one(place: MastodonPlace, number: int, reply: Reply) -> None:
    """Let the place answer so when it is asked for one post."""

    def answer(asked: Asked) -> Reply | RawReply:
        place.asked.pop()
        told = reply if asked.path.endswith(f"/statuses/{status_id(number)}") else place(asked)
        if told is reply:
            place.asked.append(asked.path)
        place.faults.append(answer)
        return told

    place.faults = [answer]


def statuses(place: MastodonPlace) -> list[str]:
    """Return the ids that were asked for one by one."""
    return [path.rpartition("/")[2] for path in place.asked if "/statuses/" in path]


def test_a_quota_used_up_by_asking_again_rests_its_credential_and_not_the_host(
    ground: Ground,
) -> None:
    with mastodon(ground, 1, 2) as place:
        answer_one(place, 1, refusal(429, "Too many requests"))
        crawl(at(ground, LATER), everything=True)
        with reading(ground.engine) as session:
            assert not hosts_resting(session, now=LATER)
            assert store_pacing.quotas_used_up(session, "", now=LATER)
        asked = len(place.asked)
        crawl(at(ground, LATER), everything=True)
        assert len(place.asked) == asked
    assert source(ground).state == "rate_limited"


def test_a_doubted_deletion_is_asked_for_again_though_nobody_watches_it(ground: Ground) -> None:
    with mastodon(ground, *range(1, 16)) as place:
        place.statuses.clear()
        crawl(at(ground, LATER), everything=True)
        assert {post.gone_at for post in posts(ground)} == {LATER}
        crawl(at(ground, NOON + 48 * HOUR), everything=True)
        assert all(post.erased_at for post in posts(ground))
        place.asked.clear()
        crawl(at(ground, NOON + 96 * HOUR), everything=True)
        assert statuses(place) == []


def test_an_account_that_was_deleted_takes_what_it_wrote_along(ground: Ground) -> None:
    place, web = bluesky_web(post(1), post(2))
    with web:
        here = configured(ground, bluesky=options_for(web))
        watch(here, declare(here), web.url(f"/profile/{HANDLE}"), kind="bluesky")
        crawl(here)
        with transaction(here.engine) as session:
            store_minding.watch(session, [1, 2], NOON + 9 * HOUR)
        place.unknown = {uri(1), uri(2)}
        place.record_fault = always(answered(400, "Could not find repo", "RepoDeactivated"))
        place.standing = answered(400, "It was closed for a while", "RepoDeactivated")
        crawl(at(here, LATER), everything=True)
        assert [one.erased_at for one in posts(here)] == [None, None]
        place.record_fault = always(answered(400, "Could not find repo", "RepoNotFound"))
        place.standing = answered(400, "Could not find repo", "RepoNotFound")
        crawl(at(here, LATER + HOUR), everything=True)
    assert [one.text for one in posts(here)] == ["", ""]
    assert source(here).state == "not_found"


@pytest.mark.parametrize("reply", [refusal(403, "This action is not allowed"), Reply(500)])
def test_one_post_that_is_refused_hides_no_other(ground: Ground, reply: Reply) -> None:
    with mastodon(ground, 1, 2, 3, 4) as place:
        place.delete(4)
        place.edit(1, "other words")
        answer_one(place, 2, reply)
        crawl(at(ground, LATER), everything=True)
        assert sorted(statuses(place)) == sorted(map(status_id, range(1, 5)))
        crawl(at(ground, LATER + HOUR / 2), everything=True)
        assert len(statuses(place)) == 4, "the one refused is left alone for as long as the others"
    assert [post.rechecked_at for post in posts(ground) if post.remote_id] == [LATER] * 3
    assert sum(post.erased_at is not None for post in posts(ground)) == 1


def test_what_was_told_before_a_quota_ends_is_kept(ground: Ground) -> None:
    with mastodon(ground, 1, 2, 3) as place:
        place.delete(1)
        answer_one(place, 2, refusal(429, "Too many requests"))
        crawl(at(ground, LATER), everything=True)
    assert [bool(post.erased_at) for post in posts(ground)] == [True, False, False]
    assert [post.rechecked_at for post in posts(ground)[1:]] == [None, None]


@pytest.mark.parametrize(("left_s", "asked"), [(-1.0, 1), (math.inf, 6)])
def test_asking_again_ends_with_the_look(ground: Ground, left_s: float, asked: int) -> None:
    with mastodon(ground, *range(1, 7)) as place:
        here, blog = at(ground, LATER), source(ground)
        (product,) = rows(ground, Product)
        meter = Meter(open_client(here), credential="", used_up={}, now=here.clock.now)
        Rechecker(
            here,
            blog,
            rules_for(here, product, blog.name, first_fetch=False, stable_ids=True),
            lambda _session, row: row,
            meter,
            ends=time.monotonic() + left_s,
        ).take_turn(open_source(here, meter, blog))
        assert len(statuses(place)) == asked
    assert sum(post.rechecked_at == LATER for post in posts(ground)) == asked
