"""What an operator allows at a place, and the rule that follows: may we answer here, now, them?

Pure. A declared policy stands in the product's file: ``[product.policy]`` for all its places, and
``[product.policy.places."NAME"]`` for what is different at one. The verdict says why, and until
when or what to do, so that the draft, the refusal and the list of threads say the same.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from config.setting_forms import Written
from responders.delivery.quiet import Quiet, quiet_hours
from responders.voice.leave.withholding import Lane

DAY: Final = timedelta(days=1)
NO_BOT_HOSTS: Final = frozenset(
    {
        "stackoverflow.com",
        "stackexchange.com",
        "serverfault.com",
        "superuser.com",
        "askubuntu.com",
        "mathoverflow.net",
        "news.ycombinator.com",
        "lobste.rs",
    }
)
"""Places whose rules, or habit, forbid what a machine prepared; ``no_bots = false`` lifts it.

Source: https://stackoverflow.com/help/gen-ai-policy,
https://news.ycombinator.com/newsguidelines.html
"""
BOTS: Final = frozenset({"automoderator", "discobot", "system", "dependabot", "github-actions"})
BOT_ENDS: Final = ("[bot]", "-bot", "_bot")


def _one_line(words: str) -> str:
    if not words.isprintable():
        raise ValueError("one line of printable characters, please")
    return words.strip()


Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Name = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_one_line)]


class PlacePolicy(Written):
    """What is allowed at one place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allowed: bool = True
    """Whether anything of ours may be posted there at all."""
    why: Line = ""
    """Why not; shown beside every thread that stays without an answer."""
    disclosure: Line = ""
    """A line that the place wants under every text of ours, such as who we work for."""
    replies_per_thread_per_day: int = Field(default=0, ge=0, le=1000)
    """Within 24 hours; 0: no limit."""
    replies_per_day: int = Field(default=0, ge=0, le=100_000)
    """At the whole place within 24 hours; 0: no limit."""
    no_bots: bool | None = None
    """Only texts that a person wrote, posted by hand; unset, it is so at the places we know."""
    quiet_hours: str = ""
    """Such as ``22:00-07:00``: what is approved in them leaves after them."""
    time_zone: str = "UTC"
    min_age_minutes: float = Field(default=0.0, ge=0, le=10_080)
    """So old a post must be: a person's own answer, or another user's, comes first."""
    never_answer: tuple[Name, ...] = Field(default=(), max_length=1000)
    """Names of authors who never get an answer."""

    @model_validator(mode="after")
    def _quiet_hours_are_hours(self) -> "PlacePolicy":
        if self.quiet_hours:
            quiet_hours(self.quiet_hours, self.time_zone)
        return self

    @property
    def quiet(self) -> Quiet | None:
        """The quiet hours, if there are any."""
        return quiet_hours(self.quiet_hours, self.time_zone) if self.quiet_hours else None

    def keeps_bots_out(self, host: str) -> bool:
        """Tell whether only what people write is welcome at a place with this host."""
        if self.no_bots is not None:
            return self.no_bots
        return any(host == known or host.endswith(f".{known}") for known in NO_BOT_HOSTS)

    def in_words(self, host: str = "") -> str:
        """Return the policy as one line of a list."""
        if not self.allowed:
            return f"no replies{f': {self.why}' if self.why else ''}"
        told = ["no bots: people write by hand"] if self.keeps_bots_out(host) else []
        if self.quiet_hours:
            told.append(f"quiet {self.quiet_hours} {self.time_zone}")
        if self.replies_per_thread_per_day:
            told.append(f"{self.replies_per_thread_per_day} a thread and day")
        if self.replies_per_day:
            told.append(f"{self.replies_per_day} a day")
        if self.min_age_minutes:
            told.append(f"after {self.min_age_minutes:g} min")
        if self.never_answer:
            told.append(f"never answers {len(self.never_answer)}")
        return ", ".join([*told, *(["discloses"] if self.disclosure else [])]) or "replies allowed"


class DeclaredPolicy(PlacePolicy):
    """``[product.policy]``: for all places of a product, and what is different at some."""

    person: Name | None = None
    """Who is asked where a person must answer; unset: whoever is on call."""
    persons: dict[Lane, Name] = Field(default={})
    """The same by lane."""
    places: dict[Name, dict[str, Any]] = Field(default={})
    """By the name of the source; what is not said there is as for the product."""

    def at(self, place: str) -> PlacePolicy:
        """Return what holds at a place."""
        own = {key: value for key, value in self.places.get(place, {}).items() if value is not None}
        common = self.model_dump(include=set(PlacePolicy.model_fields))
        return PlacePolicy.model_validate(common | own)

    def asked(self, lane: Lane) -> str:
        """Return the name of the person to ask; empty: whoever is on call."""
        return self.persons.get(lane) or self.person or ""


class Answer(StrEnum):
    """What a verdict comes to."""

    YES = "yes"
    WAIT = "wait"
    BY_HAND = "by hand"
    """Only with a text that a person wrote."""
    NEVER = "never"


@dataclass(frozen=True)
class Verdict:
    """Whether we may answer, why not, until when, and what a person can do."""

    answer: Answer
    reason: str = ""
    until: datetime | None = None
    remedy: str = ""


YES: Final = Verdict(Answer.YES)


@dataclass(frozen=True, kw_only=True)
class ThreadFacts:
    """The thread, as far as the rule asks."""

    place: str
    """The source's name."""
    host: str
    locked: bool = False
    gone: bool = False
    in_thread: Sequence[datetime] = ()
    """Our texts of the last day there: when each was sent, or will leave."""
    at_place: Sequence[datetime] = ()


@dataclass(frozen=True, kw_only=True)
class PostFacts:
    """The post and its author, as far as the rule asks."""

    author: str | None = None
    role: str | None = None
    ours: bool = False
    gone: bool = False
    opted_out: bool = False
    published_at: datetime


def may_answer(
    thread: ThreadFacts, post: PostFacts, policy: PlacePolicy, *, now: datetime
) -> Verdict:
    """Return whether this post may get an answer of ours in this thread at this time.

    What holds for ever is told before what passes, and what nobody can change before that. Quiet
    hours are no reason here: they only say when an approved text leaves.
    """
    rules = (
        _of_the_author(post, policy),
        _of_the_thread(thread, post),
        _of_the_place(thread, policy),
        _of_the_time(thread, post, policy, now=now),
    )
    return next((verdict for verdict in rules if verdict is not None), YES)


def _of_the_author(post: PostFacts, policy: PlacePolicy) -> Verdict | None:
    if post.opted_out:
        return Verdict(
            Answer.NEVER,
            "its author asked us not to answer them",
            remedy="nobody may write to them for us: groundswell optout list",
        )
    if post.ours or post.role == "staff":
        return Verdict(Answer.NEVER, "it is our own", remedy="nothing is to be answered")
    if post.role == "bot" or is_bot(post.author):
        return Verdict(Answer.NEVER, "a bot wrote it", remedy="nothing is to be answered")
    if _named(post.author, policy.never_answer):
        return Verdict(
            Answer.NEVER,
            "its author is one whom the policy never answers",
            remedy="take the name out of never_answer: groundswell apply",
        )
    return None


def _of_the_thread(thread: ThreadFacts, post: PostFacts) -> Verdict | None:
    if post.gone or thread.gone:
        return Verdict(Answer.NEVER, "it was deleted", remedy="nothing is to be answered")
    if thread.locked:
        return Verdict(
            Answer.NEVER, "the thread is locked", remedy="nobody can post there; say it on the page"
        )
    return None


def _of_the_place(thread: ThreadFacts, policy: PlacePolicy) -> Verdict | None:
    if not policy.allowed:
        why = f": {policy.why}" if policy.why else ""
        return Verdict(
            Answer.NEVER,
            f"the policy allows no replies at {thread.place}{why}",
            remedy="change the policy: groundswell apply",
        )
    if policy.keeps_bots_out(thread.host):
        return Verdict(
            Answer.BY_HAND,
            f"bots are not welcome at {thread.place}",
            remedy="write a text of your own: groundswell draft add; it is posted by hand",
        )
    return None


def _of_the_time(
    thread: ThreadFacts, post: PostFacts, policy: PlacePolicy, *, now: datetime
) -> Verdict | None:
    old_enough = post.published_at + timedelta(minutes=policy.min_age_minutes)
    if old_enough > now:
        return _wait(f"posts at {thread.place} are answered only when they are older", old_enough)
    for sent, limit, where in (
        (thread.in_thread, policy.replies_per_thread_per_day, "in this thread"),
        (thread.at_place, policy.replies_per_day, f"at {thread.place}"),
    ):
        until = full_until(sent, limit, now=now)
        if until is not None:
            texts = "text of ours is" if limit == 1 else "texts of ours are"
            return _wait(f"{limit} {texts} the most {where} within a day", until)
    return None


def _wait(reason: str, until: datetime) -> Verdict:
    return Verdict(Answer.WAIT, reason, until, "approve it then")


def full_until(sent: Sequence[datetime], limit: int, *, now: datetime) -> datetime | None:
    """Return until when no more may be sent; None where one may be, or there is no limit.

    With a limit of 2 and texts at 10:00 and 11:00 it is 10:00 of the next day.
    """
    lately = sorted(moment for moment in sent if moment > now - DAY)
    return lately[-limit] + DAY if limit and len(lately) >= limit else None


def is_bot(name: str | None) -> bool:
    """Tell whether a name is a machine's."""
    known = (name or "").strip().casefold().removeprefix("@").removeprefix("u/")
    return known in BOTS or known.endswith(BOT_ENDS)


def _named(author: str | None, names: Collection[str]) -> bool:
    known = (author or "").strip().casefold()
    return bool(known) and known in {name.casefold() for name in names}
