"""A reply leaves by itself only where it was allowed and everything for it is set."""

from typing import Any

import pytest
from pydantic import SecretStr

from config.settings import Credential, Settings, load_settings
from listener.sources.github import Options as GithubOptions
from listener.sources.reddit import Options as RedditOptions
from listener.tables import Source
from responders.delivery.reaching import BY_HAND, channel_for, may_change, why_by_hand
from tests.conftest import NOON

SECRET = SecretStr("s")
FULL = {
    "forum": Credential(api_key=SECRET, api_username="fern"),
    "blog": Credential(username="fern", password=SECRET),
    "code": Credential(token=SECRET),
    "bare": Credential(),
}


def settings(**plugins: Any) -> Settings:
    """Return settings with these sections."""
    found = load_settings(None, environ={})
    return found.model_copy(update={"credentials": FULL, "plugins": plugins})


def source(
    kind: str, *, credential: str | None = None, reply: bool = True, url: str = ""
) -> Source:
    """Return a source."""
    return Source(
        product_id=1, name="s", kind=kind, url=url or "https://github.com/fern/sync",
        credential=credential, reply=reply, created_at=NOON,
    )  # fmt: skip


READY = {
    "discourse": (source("discourse", credential="forum"), settings()),
    "wordpress": (source("wordpress", credential="blog"), settings()),
    "github, its own token": (source("github", credential="code"), settings()),
    "github, the token of all": (
        source("github"),
        settings(github=GithubOptions(token=SECRET)),
    ),
    "reddit": (
        source("reddit"),
        settings(
            reddit=RedditOptions(
                client_id="i", client_secret=SECRET, username="fern", password=SECRET
            )
        ),
    ),
}


@pytest.mark.parametrize("name", sorted(READY))
def test_where_all_is_set_a_reply_leaves_by_its_place(name: str) -> None:
    there, known = READY[name]
    assert why_by_hand(there, known) is None
    assert channel_for(there, known) == name.partition(",")[0]


@pytest.mark.parametrize(
    ("there", "why"),
    [
        (source("discourse", credential="forum", reply=False), "reply = true"),
        (source("discourse"), "api_key"),
        (source("discourse", credential="bare"), "api_username"),
        (source("wordpress"), "application password"),
        (source("wordpress", credential="bare"), "application password"),
        (source("github"), "token"),
        (
            source("github", credential="code", url="https://github.com/a/b/discussions"),
            "read only",
        ),
        (source("reddit"), "client_id"),
        (source("feed"), "feed"),
        (source("discord"), "discord"),
        (source("page"), "reply"),
    ],
)
def test_else_a_person_posts_it_and_the_reason_is_known(there: Source, why: str) -> None:
    if there.kind == "page":
        there.reply = False
    assert why in (why_by_hand(there, settings()) or "")
    assert channel_for(there, settings()) == BY_HAND


def test_only_what_strangers_read_at_places_can_be_changed() -> None:
    kinds = ("discourse", "github", "reddit", "wordpress", "page", "manual", "discord", "gone")
    assert [kind for kind in kinds if may_change(kind)] == [*kinds[:4]]
