"""The demo's incident day, its texts put straight into the store, and what a person decided on it.

No model is asked: the script's own labels say what each post is about. So every view has something
to show, in words that somebody invented with care; the pictures of the documents show this day.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from classifiers.tables import Emergence, Issue, IssueEvent, IssueState, Membership, Severity
from config.database import reading, transaction
from listener.tables import Post, Product, Source, SourceState, Thread
from responders.decisions import pause
from responders.decisions.drafts import approve, reject
from responders.decisions.issues import declare, mute, state
from responders.delivery.tables import Delivery, DeliveryState
from responders.demo.script import DAY_START, read_script
from responders.demo.script import Post as Line
from responders.oncall.tables import Alert
from responders.voice.tables import Draft, DraftState
from tests.browser.house import CREDENTIAL, RUTH, House
from tests.places.discourse import forum_post

PLACES = {"community": "forum.fernsync.example", "blog": "blog.fernsync.example",
          "gripes": "gripes.example"}  # fmt: skip
CONFLICTED, BACKUP, RUMOUR = "conflicted-copies", "backup-waiting-wifi", "rumour"
EARLIER = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@dataclass
class Day:
    """The day as far as it was heard."""

    house: House
    heard: int = 0
    sources: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    issues: dict[str, int] = field(default_factory=dict)
    """By the label of the script."""
    product: int = 0

    def begin(self) -> None:
        """Declare the product and its places."""
        self.house.clock.at = EARLIER
        with transaction(self.house.ground.engine) as session:
            product = Product(name="Fernsync", speaker="Ana at Fernsync", created_at=EARLIER)
            session.add(product)
            session.flush()
            self.product = product.id or 0
            for place, name in PLACES.items():
                ours = place == "community"
                source = Source(
                    product_id=self.product, name=name, kind="discourse" if ours else "feed",
                    url=f"https://{name}/", reply=ours, created_at=EARLIER,
                    credential=CREDENTIAL if ours else None, posts_seen=True,
                )  # fmt: skip
                session.add(source)
                session.flush()
                self.sources[place] = source.id or 0

    def hear_until(self, at: datetime) -> None:
        """Let time pass and hear everything that was written meanwhile."""
        self.house.clock.at = at
        script = read_script()
        with transaction(self.house.ground.engine) as session:
            for line in script.posts[self.heard :]:
                if line.at > at:
                    break
                self._hear(session, line, script.labels.get(line.id, ""))
                self.heard += 1
            for source in session.exec(select(Source)).all():
                source.state, source.last_heard_at = SourceState.OK, at - timedelta(seconds=50)

    def _hear(self, session: Session, line: Line, label: str) -> None:
        place = PLACES[line.place]
        base = f"https://{place}/t/{line.thread}/{line.thread_number}"
        post = Post(
            product_id=self.product, source_id=self.sources[line.place],
            thread_id=self._thread(session, line, base), identity=line.id, role=line.role,
            remote_id=str(line.number), url=f"{base}/{line.position}", author=line.author,
            author_key=line.author, published_at=line.at, seen_at=line.at, lang=line.lang,
            text=line.text, content_hash=line.id, backfill=line.at < DAY_START,
        )  # fmt: skip
        session.add(post)
        session.flush()
        issue = self.issues.get(label) if not post.backfill else None
        session.add(_member(post, issue, label))
        if issue is not None:
            session.get_one(Issue, issue).last_seen_at = line.at
        if line.place == "community":
            self.house.forum.posts.append(forum_post(line.number, "…", topic=line.thread_number))

    def _thread(self, session: Session, line: Line, url: str) -> int:
        if line.thread not in self.threads:
            thread = Thread(
                source_id=self.sources[line.place], remote_id=str(line.thread_number),
                url=url, title=line.title,
            )  # fmt: skip
            session.add(thread)
            session.flush()
            self.threads[line.thread] = thread.id or 0
        return self.threads[line.thread]

    def notice(self, label: str, title: str, reason: str, *, phrases: list[str]) -> int:
        """Open the issue of a label, as the detector does when its burst passes the level."""
        now = self.house.clock.now()
        labels = read_script().labels
        with transaction(self.house.ground.engine) as session:
            query = select(Post).where(~col(Post.backfill)).order_by(col(Post.id))
            found = [
                post for post in session.exec(query).all() if labels.get(post.identity) == label
            ]
            issue = Issue(
                product_id=self.product, title=title, severity=Severity.MAJOR, reason=reason,
                score=11.0, key_phrases=phrases, first_seen_at=found[0].published_at,
                last_seen_at=found[-1].published_at, alerted_at=now, opened_at=now,
            )  # fmt: skip
            session.add(issue)
            session.flush()
            number = self.issues[label] = issue.id or 0
            issue.quotes = [{"post_id": p.id, "text": p.text, "url": p.url} for p in found[:3]]
            for post in found:
                session.get_one(Membership, post.id).issue_id = number
            session.add_all(_evidence(issue, found, now))
        return number

    def drafts(self, issue: int, *, to: str) -> list[int]:
        """Return what waits for a decision, to the page or to a place."""
        with reading(self.house.ground.engine) as session:
            query = select(Draft).where(Draft.issue_id == issue, Draft.state == DraftState.PENDING)
            rows = session.exec(query.order_by(col(Draft.id))).all()
            return [row.id or 0 for row in rows if row.channel == to]

    def approve(self, issue: int, *, to: str, most: int = 99, undo_s: float = 0.0) -> list[int]:
        """Approve the first of them."""
        chosen = self.drafts(issue, to=to)[:most]
        for draft in chosen:
            approve.approve(self.house.ground, RUTH, draft, undo_s=undo_s, read=True)
        return chosen


def _member(post: Post, issue: int | None, label: str) -> Membership:
    return Membership(
        post_id=post.id or 0, product_id=post.product_id, revision=1, text_hash="h",
        kind="problem" if label in {CONFLICTED, BACKUP} else "other", issue_id=issue,
        decided_at=post.seen_at,
    )  # fmt: skip


def _evidence(
    issue: Issue, found: list[Post], now: datetime
) -> list[Emergence | Alert | IssueEvent]:
    key, people = issue.id or 0, len({post.author for post in found})
    return [
        Emergence(
            product_id=issue.product_id, number=key, issue_id=key, kind=issue.kind,
            post_id=found[-1].id or 0, at=now, score=11.0, reason=issue.reason,
            measures={"authors": people, "expected": 0.4, "window_hours": 2.0},
        ),
        Alert(product_id=issue.product_id, issue_id=key, reason=issue.reason, raised_at=now),
        IssueEvent(issue_id=key, at=now, kind="opened", text=f"Opened: {issue.reason}"),
    ]  # fmt: skip


def at(hour: int, minute: int) -> datetime:
    """Return a time of the day."""
    return DAY_START.replace(hour=hour, minute=minute)


def live_through(house: House) -> Day:
    """Go through the day until 11:20: every tray of the queue holds something then."""
    house.let_in("ruth", RUTH.role)
    day = Day(house)
    day.begin()
    _an_earlier_issue(day)
    _conflicted_copies(day)
    rumour = _a_rumour(day)
    second = _photo_backup(day)
    house.respond()
    mute.snooze(house.ground, RUTH, rumour, at(15, 0))
    house.later(minutes=3)
    _leave_one_in_doubt(day, second)
    house.deliver()
    day.approve(second, to="discourse", most=1, undo_s=24.0)
    house.deliver()
    return day


def _conflicted_copies(day: Day) -> None:
    """Let the first issue be answered, and identified an hour and a half later."""
    house = day.house
    day.hear_until(at(8, 2))
    first = day.notice(
        CONFLICTED, "Every saved file gets a conflicted copy",
        "7 posts by 7 people in 2 places within 28 min; usual: 0.4",
        phrases=["conflicted copy", "conflicted", "5.2"],
    )  # fmt: skip
    house.respond()
    house.later(minutes=6)
    day.approve(first, to="page")
    day.approve(first, to="discourse")
    house.deliver()
    day.hear_until(at(9, 41))
    state.set_state(
        house.ground, RUTH, first, IssueState.IDENTIFIED,
        note="version 5.2 takes each save on Windows for a change made elsewhere",
    )  # fmt: skip
    house.respond()
    day.approve(first, to="page")
    day.approve(first, to="discourse", most=1)
    _decide_some_by_hand(day, first)
    house.deliver()


def _a_rumour(day: Day) -> int:
    day.hear_until(at(10, 50))
    return day.notice(
        RUMOUR, "Was Nimbusdrop hacked?", "9 posts by 8 people in 2 places within 1 h; usual: 0.1",
        phrases=["hacked"],
    )  # fmt: skip


def _photo_backup(day: Day) -> int:
    day.hear_until(at(11, 17))
    return day.notice(
        BACKUP, "Photo backup waits for Wi-Fi that is there",
        "12 posts by 12 people in 3 places within 4 h; usual: 0.6", phrases=["waiting for Wi-Fi"],
    )  # fmt: skip


def _an_earlier_issue(day: Day) -> None:
    house = day.house
    issue = declare.declare(house.ground, RUTH, title="Shared links open an empty folder")
    house.respond()
    day.approve(issue, to="page")
    house.deliver()
    house.later(hours=2, minutes=40)
    state.set_state(house.ground, RUTH, issue, IssueState.RESOLVED, note="links work again")
    house.respond()
    day.approve(issue, to="page")
    house.deliver()


def _decide_some_by_hand(day: Day, issue: int) -> None:
    ground = day.house.ground
    by_hand = day.drafts(issue, to="manual")
    approve.approve(ground, RUTH, by_hand[0])
    reject.reject(ground, RUTH, by_hand[1], "they ask about another product here")


def _leave_one_in_doubt(day: Day, issue: int) -> None:
    """Let an answer have been lost where the forum could not be read afterwards."""
    (draft,) = day.approve(issue, to="discourse", most=1)
    with transaction(day.house.ground.engine) as session:
        row = session.get_one(Delivery, session.get_one(Draft, draft).delivery_id)
        row.state, row.tries = DeliveryState.IN_DOUBT, 1
        row.reason = "The connection broke after the text had left."


def pause_sending(house: House) -> None:
    """Hold everything back."""
    pause.pause(house.ground, RUTH, "we look into something first")
