"""Platforms with a client library or an API of their own, through the whole pass and the store."""

from dataclasses import replace

from pydantic import BaseModel

from config.ground import Ground
from listener.tables import Gap, SourceState
from tests.listener.installation import crawl, declare, posts, rows, source, watch
from tests.listener.sources.fetching import reddit_options
from tests.places.bluesky import HANDLE, bluesky_web, options_for, post
from tests.places.mastodon import mastodon_web, status
from tests.places.reddit import always, reddit_web, refusal, submission
from tests.places.reddit import posts as submissions


def configured(ground: Ground, **plugins: BaseModel) -> Ground:
    """Return the installation with sections of plug-ins."""
    return replace(ground, settings=ground.settings.model_copy(update={"plugins": plugins}))


def test_250_posts_of_reddit_while_stopped_give_250_though_anchors_were_deleted(
    ground: Ground,
) -> None:
    place, web = reddit_web(*submissions(*range(1, 31)))
    with web:
        ground = configured(ground, reddit=reddit_options(web))
        watch(ground, declare(ground), web.url("/r/fernsync"), kind="reddit")
        crawl(ground)
        place.delete(*(submission(number)["name"] for number in range(20, 31)))
        place.things += submissions(*range(31, 281))
        crawl(ground, everything=True)
        crawl(ground, everything=True)
    titles = [kept.title for kept in posts(ground)]
    assert sorted(titles, key=str) == sorted(f"Post {number}" for number in range(1, 281))
    assert rows(ground, Gap) == []


def test_over_a_thousand_posts_of_reddit_show_a_gap(ground: Ground) -> None:
    place, web = reddit_web(submission(1))
    with web:
        ground = configured(ground, reddit=reddit_options(web))
        watch(ground, declare(ground), web.url("/r/fernsync"), kind="reddit")
        crawl(ground)
        place.things += submissions(*range(2, 1102))
        crawl(ground, everything=True)
    assert len(posts(ground)) == 1001
    (gap,) = rows(ground, Gap)
    assert "1,000" in gap.reason
    assert gap.after_at is not None
    assert gap.before_at is not None


def test_an_edit_on_reddit_is_a_revision(ground: Ground) -> None:
    place, web = reddit_web(submission(1))
    with web:
        ground = configured(ground, reddit=reddit_options(web))
        watch(ground, declare(ground), web.url("/r/fernsync"), kind="reddit")
        crawl(ground)
        place.edit(submission(1)["name"], "It crashes since 4.2.")
        crawl(ground, everything=True)
    (kept,) = posts(ground)
    assert (kept.revision, kept.text) == (2, "It crashes since 4.2.")


def test_a_quota_of_reddit_holds_back_its_other_sources_too(ground: Ground) -> None:
    place, web = reddit_web(submission(1))
    place.faults = [always(refusal(429, "Too Many Requests", retry_after="77"))]
    with web:
        ground = configured(ground, reddit=reddit_options(web))
        product = declare(ground)
        watch(ground, product, web.url("/r/fernsync"), name="posts", kind="reddit")
        watch(ground, product, web.url("/r/fernsync/comments"), name="comments", kind="reddit")
        crawl(ground)
        assert sum(path.startswith("/r/") for path in place.asked) == 1
        crawl(ground, everything=True)
        assert sum(path.startswith("/r/") for path in place.asked) == 1
    assert source(ground, "posts").state is SourceState.RATE_LIMITED


def test_links_and_alternative_texts_are_kept_as_words(ground: Ground) -> None:
    _, here = mastodon_web(status(1, media_attachments=[{"description": "Error E104"}]))
    link = {"uri": "https://a.example/long", "$type": "app.bsky.richtext.facet#link"}
    facet = {"index": {"byteStart": 4, "byteEnd": 13}, "features": [link]}
    _, there = bluesky_web(post(1, "see a.example", facets=[facet]))
    with here, there:
        ground = configured(ground, bluesky=options_for(there))
        product = declare(ground)
        watch(ground, product, here.url("/tags/fernsync"), name="tag", kind="mastodon")
        watch(ground, product, there.url(f"/profile/{HANDLE}"), name="sky", kind="bluesky")
        crawl(ground)
    words = {kept.text for kept in posts(ground)}
    assert "see a.example (https://a.example/long)" in words
    assert any("Error E104" in text for text in words)
