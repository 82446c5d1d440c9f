"""A small incident from its first post to the last word, step by step: what is killed on its way.

Step 1: a month of ordinary talk is heard at the first look. Step 2: many people say the same new
thing, somebody edits an old post, and the forum fails. Step 3: the forum is well again, and more
people join. Then a person acts. Step 4: the page is approved; step 5: the first replies, in a forum
and by hand; step 6: the cause is known, and all who were told hear so; step 7: the next word is
nearly due, the person is reminded, and our own replies are heard; step 8: it is over.

Only what the places show changes; a look at the same step always gives the same.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from responders.demo.formats import FeedItem, ForumPost

FIRST_LOOK = datetime(2026, 5, 12, 8, tzinfo=UTC)
TOPICS = (
    "colour theme contrast palette", "calendar invite timezone agenda", "export spreadsheet csv",
    "shortcut keyboard layout", "avatar picture upload crop", "subscription invoice receipt tax",
    "widget homescreen launcher", "translation wording typo", "tutorial video lesson",
    "tag folder archive sorting", "attachment preview thumbnail", "markdown table heading",
)  # fmt: skip
OPENINGS = ("wonder about", "quick note on", "thoughts regarding", "small remark concerning")
CLOSINGS = ("yesterday evening", "on my tablet", "for our team", "since spring", "at work")
COMPLAINTS = (
    "sync fails offline notes vanish", "notes vanish after offline sync fails",
    "offline sync fails again, notes vanish", "my notes vanish when sync fails offline",
    "help, sync fails and notes vanish offline", "sync fails: offline notes vanish for me",
    "notes vanish, sync fails, offline mode", "again sync fails offline, notes vanish here",
    "all notes vanish once offline sync fails", "sync fails offline so notes vanish",
    "why do notes vanish when offline sync fails", "offline: sync fails, then notes vanish",
)  # fmt: skip


NEARLY_DUE_MIN = 150
"""Minutes after the third step: more than three quarters of the promise's time are over."""
LISTENING = ("crawl", "detect", "respond", "deliver")
LEAVING = ("deliver", "posts by hand", "deliver")
"""What is approved leaves, by itself or by hand, and what follows from that is recorded."""


@dataclass(frozen=True)
class Step:
    """What the places show at a time, and what happens then."""

    now: datetime
    blog: tuple[FeedItem, ...]
    forum: tuple[ForumPost, ...]
    forum_fails: bool = False
    parts: tuple[str, ...] = LISTENING
    """Passes, and parts of the person (``person.PARTS``), in their order."""


def _talk(number: int) -> str:
    topic, opening = TOPICS[number % len(TOPICS)], OPENINGS[number % len(OPENINGS)]
    return f"{opening} {topic} {CLOSINGS[number % len(CLOSINGS)]} {number}"


def _comment(number: int, text: str, at: datetime) -> FeedItem:
    return FeedItem(
        id=f"comment-{number}",
        url=f"https://blog.example/news/{number}",
        title=f"Comment {number}",
        author=f"reader {number}",
        published_at=at,
        html=f"<p>{text}</p>",
    )


def _post(number: int, text: str, at: datetime, *, topic: int | None = None) -> ForumPost:
    """Return a post; without a topic it opens its own."""
    return ForumPost(
        id=number,
        topic_id=topic or number,
        topic_slug=f"topic-{topic or number}",
        topic_title=f"Topic {topic or number}",
        post_number=1 if topic is None else number - topic + 1,
        username=f"member{number}",
        created_at=at,
        cooked=f"<p>{text}</p>",
    )


def _steps() -> tuple[Step, ...]:
    month = FIRST_LOOK - timedelta(days=30)
    blog = [_comment(n, _talk(n), month + timedelta(hours=20 * n)) for n in range(30)]
    forum = [_post(n, _talk(n + 30), month + timedelta(hours=8 * n)) for n in range(1, 81)]
    first = Step(FIRST_LOOK, tuple(blog), tuple(forum))

    start = FIRST_LOOK + timedelta(hours=2)
    minutes = [start + timedelta(minutes=4 * n) for n in range(30)]
    edited = replace(blog[3], html="<p>thoughts regarding something else</p>")
    burst = [_comment(100 + n, text, minutes[n]) for n, text in enumerate(COMPLAINTS[:9])]
    blog = [*blog[:3], edited, *blog[4:], *burst]
    second = Step(minutes[9], tuple(blog), tuple(forum), forum_fails=True)

    forum += [
        _post(90 + n, text, minutes[10 + n], topic=90 if n else None)
        for n, text in enumerate(COMPLAINTS[9:])
    ]
    blog = [*blog, _comment(200, _talk(200), minutes[14])]
    third = Step(start + timedelta(hours=2), tuple(blog), tuple(forum))
    return first, second, third, *_closing(third)


def _closing(heard: Step) -> tuple[Step, ...]:
    """Return the steps in which people are told, from the page to the last follow-up."""

    def then(minutes: int, *parts: str) -> Step:
        return replace(heard, now=heard.now + timedelta(minutes=minutes), parts=parts)

    return (
        then(5, "approves the page", "deliver", "respond", "deliver"),
        then(8, "approves first replies", *LEAVING),
        then(30, "says identified", "respond", "approves what follows", *LEAVING),
        then(NEARLY_DUE_MIN, *LISTENING),
        then(NEARLY_DUE_MIN + 5, "says resolved", "respond", "approves what follows", *LEAVING),
    )


STEPS = _steps()
BURST, PUBLISHED, ANSWERED, IDENTIFIED, NEARLY_DUE, RESOLVED = 1, 3, 4, 5, 6, 7
"""The steps by what happens in them, counted from 0."""
