import pytest

from classifiers.tables import Membership
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post
from responders.decisions.acting import NotAllowed, NotFound
from responders.decisions.issues.declare import declare
from responders.oncall.alert import alert_due
from responders.oncall.store import unalerted
from responders.oncall.tables import Alert
from tests.conftest import NOON
from tests.listener.installation import declare as add_product
from tests.listener.installation import rows
from tests.responders.decisions.deciding import RUTH, audit, events, issue, posts_in
from tests.responders.incidents import Incident, Said, happen


def loose_posts(ground: Ground) -> list[int]:
    """Return posts that were judged and belong to no issue."""
    number = happen(ground, Incident(said=[Said(text="It burns my data away.")] * 2))
    posts = posts_in(ground, number)
    with transaction(ground.engine) as session:
        for post in posts:
            row = session.get_one(Membership, post)
            row.issue_id = None
            session.add(row)
    return posts


def test_a_declared_issue_is_tracked_and_alerted_like_any_other(ground: Ground) -> None:
    product = add_product(ground, "Fernsync")

    number = declare(ground, RUTH, title=" Sync is down ")

    row = issue(ground, number)
    assert (row.title, row.titled_by, row.product_id) == ("Sync is down", "Ruth", product)
    assert (row.state, row.alerted_at, row.reason) == ("new", NOON, "declared by Ruth")
    (event,) = events(ground, number)
    assert (event.kind, event.text, event.by) == ("opened", "declared by Ruth", "Ruth")
    assert audit(ground) == [("issue declared", f"GS-{number}")]
    with reading(ground.engine) as session:
        assert list(unalerted(session, product)) == [number]
    assert alert_due(ground) == 1
    assert [alert.issue_id for alert in rows(ground, Alert)] == [number]


def test_posts_that_tell_of_it_join_and_explain_it(ground: Ground) -> None:
    posts = loose_posts(ground)
    number = declare(ground, RUTH, title="Data lost", post_ids=posts)
    row = issue(ground, number)
    assert posts_in(ground, number) == posts
    assert {int(quote["post_id"]) for quote in row.quotes} <= set(posts)
    assert row.quotes
    assert row.title == "Data lost"
    assert row.first_seen_at == min(post.published_at for post in rows(ground, Post))


def test_a_post_of_another_issue_is_split_off_there_instead(ground: Ground) -> None:
    other = happen(ground, Incident())
    (post,) = posts_in(ground, other)
    with pytest.raises(NotAllowed, match=f"groundswell issue split GS-{other} --post {post}"):
        declare(ground, RUTH, title="Data lost", post_ids=[post])
    with pytest.raises(NotFound, match="there is no post 99"):
        declare(ground, RUTH, title="Data lost", post_ids=[99])
    assert audit(ground) == []


def test_with_several_products_it_must_be_said_which(ground: Ground) -> None:
    with pytest.raises(NotAllowed, match="there are: none"):
        declare(ground, RUTH, title="Down")
    add_product(ground, "Fern")
    other = add_product(ground, "Moss")
    with pytest.raises(NotAllowed, match="there are: Fern, Moss"):
        declare(ground, RUTH, title="Down")
    with pytest.raises(NotFound, match="there is no product Bark"):
        declare(ground, RUTH, title="Down", product="Bark")
    assert issue(ground, declare(ground, RUTH, title="Down", product="Moss")).product_id == other
