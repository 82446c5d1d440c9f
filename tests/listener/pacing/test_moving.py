"""A place that moved is followed when it says so twice, and takes no credential along."""

from dataclasses import replace

from config.ground import Ground
from config.settings import Credential
from listener.tables import SourceState
from tests.listener.installation import crawl, declare, posts, source, watch
from tests.places.feeds import FeedPlace, feed_item
from tests.places.web import Asked, RawReply, Reply, Web


def moved(status: int = 301, to: str = "/feed", host: Web | None = None) -> Web:
    """A place whose feed says that it stands elsewhere now."""
    place = FeedPlace([feed_item(1)])

    def answer(asked: Asked) -> Reply | RawReply:
        if asked.path == "/old":
            return Reply(status, headers={"Location": host.url(to) if host else to})
        return place(asked)

    return Web(answer)


def test_an_address_changes_when_it_says_twice_that_it_moved_for_good(ground: Ground) -> None:
    product = declare(ground)
    with moved(308) as web:
        watch(ground, product, web.url("/old"))
        crawl(ground, everything=True)
        assert source(ground).url == web.url("/old")
        crawl(ground, everything=True)
        assert source(ground).url == web.url("/feed")
        assert source(ground).reason.startswith("it moved; its address is now ")
        crawl(ground, everything=True)
    assert (source(ground).state, source(ground).reason) == (SourceState.OK, "")
    assert len(posts(ground)) == 1


def test_a_redirect_of_the_day_moves_nothing(ground: Ground) -> None:
    product = declare(ground)
    with moved(302) as web:
        watch(ground, product, web.url("/old"))
        for _ in range(3):
            crawl(ground, everything=True)
    assert source(ground).url == web.url("/old")


def test_two_redirects_that_disagree_or_are_apart_move_nothing(ground: Ground) -> None:
    product = declare(ground)
    place = FeedPlace([feed_item(1)])
    with Web(place) as web:
        watch(ground, product, web.url("/feed"))
        to = iter(["/feed?1", "/feed?2", None, "/feed?2"])

        def answer(asked: Asked) -> Reply | RawReply:
            target = next(to) if asked.path == "/feed" else None
            return Reply(301, headers={"Location": target}) if target else place(asked)

        web.script = answer
        for _ in range(4):
            crawl(ground, everything=True)
    assert source(ground).url == web.url("/feed")


def test_a_credential_is_never_led_to_another_host(ground: Ground) -> None:
    login = Credential.model_validate({"username": "ann", "password": "secret"})
    settings = ground.settings.model_copy(update={"credentials": {"secret": login}})
    ground = replace(ground, settings=settings)
    product = declare(ground)
    with moved() as elsewhere, moved(host=elsewhere) as web:
        watch(ground, product, web.url("/old"), credential="secret")
        for _ in range(3):
            crawl(ground, everything=True)
    assert all("authorization" not in asked.headers for asked in elsewhere.log)
    found = source(ground)
    assert found.url == web.url("/old")
    assert found.state is SourceState.MOVED
    assert "groundswell source add" in found.reason
