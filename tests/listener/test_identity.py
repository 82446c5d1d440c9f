"""The same post is one post, different posts stay apart, whatever a feed does to its ids."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.identity import canonical_link, content_hash, identify, plain_title, settle

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    remote_id: str = ""
    url: str | None = None
    title: str | None = None
    author_id: str | None = None
    published_at: datetime | None = NOON
    text: str = "it crashes"


class Memory:
    """A store with nothing but keys, as the real one looks them up."""

    def __init__(self, *, stable_ids: bool = False) -> None:
        self.keys: dict[str, int] = {}
        self.contents: list[str] = []
        self.revisions = 0
        self.stable_ids = stable_ids

    def take(self, told: Iterable[Told]) -> None:
        batch = list(told)
        items = identify(batch, [one.text for one in batch], stable_ids=self.stable_ids)
        for settled in settle(items, dict(self.keys)):
            post = settled.post
            if post is None:
                post = len(self.contents)
                self.contents.append(settled.item.content)
                self.keys.update(dict.fromkeys(settled.item.keys, post))
            changed = self.contents[post] != settled.item.content
            self.revisions += changed
            self.contents[post] = settled.item.content
            for key in settled.learnt(changed=changed):
                self.keys.setdefault(key, post)

    @property
    def posts(self) -> int:
        return len(self.contents)


def link(number: int) -> str:
    return f"http://x.org/p/{number}"


THREE = [Told(f"g{n}", link(n), f"Post {n}") for n in (1, 2, 3)]


def without(told: Iterable[Told], *names: str) -> list[Told]:
    empty = {"remote_id": "", "url": None, "published_at": None}
    return [replace(one, **{name: empty[name] for name in names}) for one in told]  # type: ignore[arg-type]  # names are fields


STEADY = {
    "ids and links": THREE,
    "no ids": without(THREE, "remote_id"),
    "neither ids nor links": without(THREE, "remote_id", "url"),
    "no times": without(THREE, "published_at"),
    "one id for all": [replace(one, remote_id="same") for one in THREE],
    "one id and one link for all": [replace(one, remote_id="same", url=link(1)) for one in THREE],
    "one link for all": [replace(one, remote_id="", url=link(1)) for one in THREE],
    "the same words from three people": [
        replace(one, title=None, remote_id="", url=link(1), author_id=f"a{n}")
        for n, one in enumerate(THREE)
    ],
    "the same words with three ids": [replace(one, title=None, url=link(1)) for one in THREE],
}


@pytest.mark.parametrize("told", STEADY.values(), ids=STEADY.keys())
def test_a_feed_read_five_times_in_any_order_gives_its_three_posts(told: list[Told]) -> None:
    memory = Memory()
    for turn in range(5):
        memory.take(told[turn % 3 :] + told[: turn % 3])
    assert (memory.posts, memory.revisions) == (3, 0)


@pytest.mark.parametrize("told", STEADY.values(), ids=STEADY.keys())
def test_posts_that_come_one_after_the_other_are_three_posts(told: list[Told]) -> None:
    memory = Memory()
    for count in (1, 2, 3, 3):
        memory.take(told[:count])
    assert (memory.posts, memory.revisions) == (3, 0)


def test_one_id_for_all_and_one_title_for_all_swallow_nothing() -> None:
    """A board that names each post by its topic, in its id and in its title."""
    told = [
        Told("topic-9", link(n), "Re: Copies everywhere", f"a{n}", NOON + timedelta(minutes=n), "a")
        for n in range(5)
    ]
    memory = Memory()
    for number in range(1, 4):
        memory.take(told[number : number + 2])
    memory.take(told)
    assert (memory.posts, memory.revisions) == (5, 0)


def test_a_status_page_that_says_the_same_under_each_title_loses_none() -> None:
    memory = Memory()
    for day in range(3):
        at = NOON + timedelta(days=day)
        memory.take([Told("", "http://x.org/", f"Notice of day {day}", None, at, "All is well.")])
    assert (memory.posts, memory.revisions) == (3, 0)


def test_the_same_few_words_of_people_without_names_are_posts_of_their_own() -> None:
    memory = Memory()
    for number in range(3):
        at = NOON + timedelta(hours=number)
        memory.take([Told(f"g{number}", "http://x.org/topic", None, None, at, "same here")])
    assert (memory.posts, memory.revisions) == (3, 0)


def test_a_site_that_moves_to_another_host_tells_nothing_new() -> None:
    memory = Memory()
    memory.take(THREE)
    moved = [
        replace(one, remote_id=f"https://y.org/{n}", url=str(one.url).replace("x.org", "y.org"))
        for n, one in enumerate(THREE)
    ]
    memory.take(moved)
    assert (memory.posts, memory.revisions) == (3, 0)


def test_numbered_pages_of_one_address_stay_apart() -> None:
    memory = Memory()
    for number in range(3):
        memory.take([Told("", f"http://x.org/?p={number}", None, "bo", None, "same here")])
    assert memory.posts == 3


def test_two_posts_that_were_taken_for_one_come_apart_when_both_are_told() -> None:
    one = Told("g", link(1), "Crash", None, None, "it crashes when I start it")
    other = replace(one, url=link(2), text="it crashes when I end it")
    memory = Memory()
    for batch in ([one], [other], [one, other], [other, one], [one, other]):
        memory.take(batch)
    assert memory.posts == 2


def test_rotating_ids_do_not_multiply() -> None:
    memory = Memory()
    for turn in range(5):
        memory.take(replace(one, remote_id=f"{turn}-{one.remote_id}") for one in THREE)
    assert (memory.posts, memory.revisions) == (3, 0)
    kept = len(memory.keys)
    memory.take(replace(one, remote_id=f"9-{one.remote_id}") for one in THREE)
    assert len(memory.keys) == kept, "what rotates for ever must not grow the store for ever"


def test_rotating_ids_without_links_do_not_multiply() -> None:
    memory = Memory()
    for turn in range(3):
        memory.take(replace(one, remote_id=f"{turn}-{one.remote_id}", url=None) for one in THREE)
    assert memory.posts == 3


@pytest.mark.parametrize(
    "name", ["utm_source", "sid", "PHPSESSID", "fbclid", "token_we_do_not_know"]
)
def test_rotating_parameters_do_not_multiply(name: str) -> None:
    memory = Memory()
    for turn in range(5):
        memory.take(replace(one, remote_id="", url=f"{one.url}?{name}={turn}") for one in THREE)
    assert memory.posts == 3


EDITS = {
    "title": {"title": "Post 1 (edited: fixed)"},
    "text": {"text": "it crashes, on Android only"},
    "title and text": {"title": "Another", "text": "other words"},
}


@pytest.mark.parametrize("change", EDITS.values(), ids=EDITS.keys())
@pytest.mark.parametrize(
    "told", [THREE[0], without([THREE[0]], "remote_id")[0]], ids=["id", "no id"]
)
def test_an_edited_post_is_a_revision(told: Told, change: dict[str, str]) -> None:
    memory = Memory()
    memory.take([told])
    memory.take([replace(told, **change)])  # type: ignore[arg-type]  # fields of text
    memory.take([replace(told, **change)])  # type: ignore[arg-type]  # fields of text
    assert (memory.posts, memory.revisions) == (1, 1)


def test_an_id_outlives_a_link_that_was_changed_with_the_title() -> None:
    memory = Memory()
    memory.take([THREE[0]])
    memory.take([replace(THREE[0], title="Another", url=link(99))])
    assert (memory.posts, memory.revisions) == (1, 1)


def test_a_stored_post_is_claimed_once_by_the_stronger_key() -> None:
    memory = Memory()
    memory.take([THREE[0]])
    copied = replace(THREE[0], remote_id="copy", published_at=None)
    edited = replace(THREE[0], text="it crashes, on Android only")
    memory.take([copied, edited])
    assert (memory.posts, memory.revisions) == (2, 1)


def test_a_home_page_as_link_does_not_swallow_the_next_post() -> None:
    memory = Memory()
    for day in range(3):
        memory.take(
            [
                Told(
                    "",
                    "http://x.org/",
                    f"Day {day}",
                    None,
                    NOON + timedelta(days=day),
                    f"text {day}",
                )
            ]
        )
    assert memory.posts == 3


def test_a_broken_id_does_not_swallow_the_next_post() -> None:
    memory = Memory()
    for day in range(3):
        memory.take(
            [Told("same", link(day), f"Day {day}", None, NOON + timedelta(days=day), f"text {day}")]
        )
    assert memory.posts == 3


def test_a_comment_count_is_no_news() -> None:
    memory = Memory()
    memory.take([replace(THREE[0], remote_id="", title="Crash (3 comments)")])
    memory.take([replace(THREE[0], remote_id="", title="Crash (12 comments)")])
    assert (memory.posts, memory.revisions) == (1, 0)


@pytest.mark.parametrize(
    "title",
    [
        "Crash (12 comments)",
        "Crash [1 reply]",
        "Crash · 1,204 replies",
        "crash - 3 Antworten",
        "[4 replies] Crash",
        "(12 new) Crash",
        " Crash ",
    ],
)
def test_a_title_is_compared_without_its_count(title: str) -> None:
    assert plain_title(title) == "crash"


def test_a_number_that_counts_nothing_stays_in_the_title() -> None:
    assert plain_title("Crash (12 times)") == "crash (12 times)"


def test_an_item_listed_twice_is_one_post() -> None:
    assert len(identify([THREE[0], THREE[0]], ["a", "a"])) == 1


def test_stable_ids_are_all_that_counts() -> None:
    memory = Memory(stable_ids=True)
    memory.take([Told("1"), Told("2"), Told("3", text="other")])
    memory.take([Told("4"), Told("3", text="edited")])
    assert (memory.posts, memory.revisions) == (4, 1)


LINKS = [
    ("https://www.X.org/a/?utm_source=rss&b=2&a=1#top", "//x.org/a?a=1&b=2"),
    ("http://x.org:80/a", "//x.org/a"),
    ("http://x.org:8080/a", "//x.org:8080/a"),
    ("http://x.org/a#comment-12", "//x.org/a#comment-12"),
    ("http://x.org/a;jsessionid=F00?x=1", "//x.org/a?x=1"),
    ("http://x.org/?p=12", "//x.org?p=12"),
    ("http://[", "http://["),
    ("http://x.org/a?b=\ud83d", "//x.org/a?b=%3F"),
    (None, ""),
]


@pytest.mark.parametrize(("url", "canonical"), LINKS)
def test_links_have_one_spelling(url: str | None, canonical: str) -> None:
    assert canonical_link(url) == canonical


def test_comments_of_one_article_have_different_links() -> None:
    assert canonical_link("http://x.org/a#isso-1") != canonical_link("http://x.org/a#isso-2")


def test_content_is_compared_without_its_spacing() -> None:
    assert content_hash("A", "b  c\n") == content_hash("a ", "b c")
    assert content_hash("ab", "c") != content_hash("a", "bc")


SOME = st.builds(
    Told,
    remote_id=st.sampled_from(["", "1", "2"]),
    url=st.sampled_from([None, link(1), link(2)]),
    title=st.sampled_from([None, "A", "B"]),
    author_id=st.sampled_from([None, "x"]),
    published_at=st.sampled_from([None, NOON]),
    text=st.sampled_from(["", "c", "d"]),
)


@given(st.lists(SOME, max_size=8), st.randoms(use_true_random=False))
def test_reading_the_same_batch_again_brings_nothing_new(told: list[Told], random: object) -> None:
    memory = Memory()
    memory.take(told)
    posts = memory.posts
    memory.take(told)
    assert (memory.posts, memory.revisions) == (posts, 0)


@given(st.lists(SOME, max_size=8))
def test_no_two_items_of_a_batch_share_a_key(told: list[Told]) -> None:
    keys = [key for item in identify(told, [one.text for one in told]) for key in item.keys]
    assert len(keys) == len(set(keys))
