"""The places around an installation under test; they live in the test's own process."""

from typing import Any, Self

from tests.faults.scenario import Step
from tests.places.discord_webhook import DiscordPlace
from tests.places.discourse import Forum
from tests.places.feeds import FeedPlace
from tests.places.web import Asked, RawReply, Reply, Web


class World:
    """The places: a blog's comments, a forum, and the on-call channel."""

    def __init__(self) -> None:
        self.blog = FeedPlace(format="atom", shown=100)
        self.forum = Forum()
        self.discord = DiscordPlace()
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
    def written(self) -> list[Asked]:
        """What was written to the public places."""
        return [asked for asked in self._web.log if asked.method != "GET"]

    def show(self, step: Step) -> None:
        """Show what the places hold at a step."""
        self.blog.items, self.forum.posts = list(step.blog), list(step.forum)
        self._fails = step.forum_fails

    def _answer(self, asked: Asked) -> Reply | RawReply:
        if asked.path.startswith("/feed"):
            return self.blog(asked)
        return Reply(500) if self._fails else self.forum(asked)

    def __enter__(self) -> Self:
        self._web.__enter__()
        self.discord.__enter__()
        return self

    def __exit__(self, *stopped: Any) -> None:
        self.discord.__exit__(*stopped)
        self._web.__exit__(*stopped)
