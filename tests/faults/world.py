"""The places around an installation under test; they live in the test's own process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from responders.demo.formats import ForumPost
from tests.faults.scenario import Step
from tests.places.discord_webhook import DiscordPlace
from tests.places.discourse import Forum
from tests.places.faults import Faulty
from tests.places.feeds import FeedPlace
from tests.places.web import Asked, RawReply, Reply, Web

WRITER = "ada"
"""Our account at the forum."""


@dataclass(frozen=True)
class Kept:
    """What stood at the places at some moment because we wrote it."""

    messages: tuple[dict[str, Any], ...] = ()
    replies: tuple[ForumPost, ...] = ()


class World:
    """The places: a blog's comments, a forum, and the on-call channel."""

    def __init__(self) -> None:
        self.blog = FeedPlace(format="atom", shown=100)
        self.forum = Forum(takes_again=True)
        self.discord = DiscordPlace()
        self.faulty = Faulty(self.forum)
        self._fails = False
        self._web = Web(self._answer)

    @property
    def blog_url(self) -> str:
        """The feed's address."""
        return self._web.url("/feed")

    @property
    def forum_url(self) -> str:
        """The forum's address; another path of the same server."""
        return self._web.url("/")

    @property
    def asked(self) -> int:
        """How many requests came to the public places."""
        return len(self._web.log)

    @property
    def replies(self) -> Sequence[ForumPost]:
        """What we wrote at the forum, in order."""
        return self.forum.by(WRITER)

    @property
    def written_elsewhere(self) -> list[Asked]:
        """What was written to the public places and is no reply at the forum."""
        return [asked for asked in self._web.log if _writes(asked) and asked.path != "/posts.json"]

    def show(self, step: Step) -> None:
        """Show what the places hold at a step, our own replies among it."""
        self.blog.items = list(step.blog)
        self.forum.posts = [*step.forum, *self.replies]
        self._fails = step.forum_fails

    def keep(self) -> Kept:
        """Return what we wrote."""
        return Kept(tuple(self.discord.messages), tuple(self.replies))

    def put_back(self, kept: Kept) -> None:
        """Let what we wrote be that again."""
        self.discord.messages = list(kept.messages)
        self.forum.posts = list(kept.replies)

    def _answer(self, asked: Asked) -> Reply | RawReply:
        if asked.path.startswith("/feed"):
            return self.blog(asked)
        return Reply(500) if self._fails else self.faulty(asked)

    def __enter__(self) -> Self:
        self._web.__enter__()
        self.discord.__enter__()
        return self

    def __exit__(self, *stopped: Any) -> None:
        self.discord.__exit__(*stopped)
        self._web.__exit__(*stopped)


def _writes(asked: Asked) -> bool:
    return asked.method != "GET"
