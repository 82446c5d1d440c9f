"""An erasure and a look that write at the same time wait for each other in one order."""

import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text
from sqlmodel import Session, col, update

from config.database import transaction
from config.ground import Ground
from listener.minding.erasing import erase_posts
from listener.tables import Post, Source
from tests.conftest import NOON
from tests.listener.installation import crawl, declare, posts, watch
from tests.places.feeds import feed_item, feed_web

PATIENCE_S = 20.0
"""Far beyond what any of it takes."""


def until_it_waits(session: Session) -> None:
    """Return when somebody waits for what this session holds."""
    given_up_at = time.monotonic() + PATIENCE_S
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not session.connection().execute(waits).scalar_one():
        assert time.monotonic() < given_up_at, "nobody waits"


def test_an_erasure_holds_the_source_before_its_posts_as_a_look_does(ground: Ground) -> None:
    _, web = feed_web(feed_item(1, "It hangs."))
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)

    def erase() -> int:
        with transaction(ground.engine) as session:
            return erase_posts(session, [1], now=NOON)

    with ThreadPoolExecutor(1) as pool:
        with transaction(ground.engine) as look:
            look.get(Source, 1, with_for_update=True)
            erasing = pool.submit(erase)
            if ground.engine.dialect.name == "postgresql":
                until_it_waits(look)
            words = update(Post).where(col(Post.id) == 1).values(text="It hangs still.")
            look.connection().execute(words)
        assert erasing.result(PATIENCE_S) == 1
    assert posts(ground)[0].text == ""
