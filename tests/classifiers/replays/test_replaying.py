"""The posts of the store decided once more: as the live pass decided them, and writing nothing."""

from datetime import timedelta

from classifiers.backtest import decide
from classifiers.calibration import Knobs
from classifiers.detect import Detector
from classifiers.replays.replaying import ReadVectors, digest, stored_history
from classifiers.tables import Emergence, Membership, Vector
from config.database import reading, transaction
from listener.tables import Post
from tests.classifiers.telling import START, Told
from tests.listener.installation import rows
from tests.places.tiny_embedder import TinyEmbedder


def test_the_store_is_decided_as_it_was_live(forum: Told) -> None:
    forum.burst(forum.talk())
    Detector(forum.ground, TinyEmbedder()).detect_due()
    live = rows(forum.ground, Emergence)
    before = rows(forum.ground, Membership), len(rows(forum.ground, Vector))

    with reading(forum.ground.engine) as session:
        arrivals = stored_history(session, forum.product_id)
    replay = decide(
        arrivals, name="store", sha256=digest(arrivals), knobs=Knobs(), embedder=TinyEmbedder(),
        cache=ReadVectors(forum.ground.engine),
    )  # fmt: skip

    found = [one.emergence for one in replay.decisions if one.emergence]
    assert [(one.number, list(map(int, one.members))) for one in found] == [
        (row.number, row.members) for row in live
    ]
    assert live
    assert (rows(forum.ground, Membership), len(rows(forum.ground, Vector))) == before


def test_vectors_that_are_missing_are_made_for_this_run_only(forum: Told) -> None:
    forum.talk(12)
    with reading(forum.ground.engine) as session:
        arrivals = stored_history(session, forum.product_id)
    cache = ReadVectors(forum.ground.engine)
    for _ in range(2):
        decide(arrivals, name="s", sha256="", knobs=Knobs(), embedder=TinyEmbedder(), cache=cache)
    assert rows(forum.ground, Vector) == []


def test_only_what_stands_and_what_was_asked_for_is_decided(forum: Told) -> None:
    forum.talk(20)
    with transaction(forum.ground.engine) as session:
        post = session.get_one(Post, forum.ids[-1])
        post.erased_at, post.text = post.seen_at, ""
        session.add(post)
    with reading(forum.ground.engine) as session:
        everything = stored_history(session, forum.product_id)
        later = stored_history(session, forum.product_id, since=START + timedelta(days=3))
        assert stored_history(session, forum.product_id + 7) == []
    assert len(everything) == 19
    assert 0 < len(later) < 19
    assert digest(later) != digest(everything)


def test_posts_come_in_order_of_arrival(forum: Told) -> None:
    late, early = START + timedelta(hours=9), START + timedelta(hours=1)
    first = forum.post("written late, heard first", late, seen_at=early)
    second = forum.post("written early, heard late", early, seen_at=late)
    with reading(forum.ground.engine) as session:
        arrivals = stored_history(session, forum.product_id)
    assert [one.post_id for one in arrivals] == [str(first), str(second)]
