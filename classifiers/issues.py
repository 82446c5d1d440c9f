"""From decisions to issues: open one at its first emergence, let posts join, keep it explained.

Apart from detect.py because an issue's rows follow rules of their own: a reference never changes,
the title stays as it was given, above all by a person, quotes and counts follow the posts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session

from classifiers import store, store_decisions
from classifiers.copies.duplicates import SHORT_REPLY
from classifiers.corrections import store_changes, store_workarounds
from classifiers.facts import facts_of
from classifiers.known import store_known
from classifiers.known.likening import nearest_past
from classifiers.naming import LONGEST_TEXT, Told, cleaned, explain, title_of
from classifiers.register.following import follow_release
from classifiers.severity import severity_of
from classifiers.store_parts import rightful
from classifiers.tables import Emergence, Issue, IssueKind, IssueState, Severity
from config.logs import event_log
from listener.store import Wanted, title_owners
from listener.store import posts as listed_posts
from listener.tables import Post, Product

if TYPE_CHECKING:  # acts of people come through here, and need no model of anything
    from classifiers.arriving import Decision
    from classifiers.emergence import Emergence as Evidence
    from classifiers.known_issues import KnownIssues

ERASED = "(what it was about was erased)"
"""The title of an issue none of whose posts is left."""
BACKGROUND_POSTS = 300
"""How many recent posts an issue's words are told apart from."""
PAST_ISSUES = 200
"""With how many past issues, the newest, a new one is compared."""
NOT_AN_ISSUE = "not-an-issue"
"""The flag of an issue that a person dismissed."""
REGRESSION = "regression"
"""The flag of an issue that came back after a fix, and the kind of the event that says so."""
QUIET = timedelta(hours=24)
"""After so long without a burst the next one of an open issue is told to on-call again."""
EXPLAINED_POSTS = 200
"""How many of an issue's posts, the newest, its words are taken from: enough for three quotes."""

log = event_log(__name__)


class IssueWriter:
    """Follows the decisions of one batch, inside the pass's transaction."""

    def __init__(
        self,
        session: Session,
        product: Product,
        *,
        now: datetime,
        known: "KnownIssues | None" = None,
    ) -> None:
        """Begin a batch.

        Args:
            session: the open transaction.
            product: whose issues.
            now: aware UTC.
            known: recognises issues; without it no burst comes back and no post is recognised.
        """
        if product.id is None:
            raise ValueError("the product was not stored yet")
        self._session, self._product_id, self._now = session, product.id, now
        self._language = next(iter(product.languages), None)
        self._known = known
        self._found: dict[int, Issue | None] = {}
        """The issue of each emergence, once looked up: it is held and cannot change any more."""

    def follow(self, decisions: Sequence["Decision"]) -> None:
        """Open, join and explain issues in the order of the decisions."""
        touched: dict[int, Issue] = {}
        robbed: set[int] = set()
        for decision in decisions:
            issue, taken_from = self._issue_of(decision)
            robbed |= taken_from
            if issue is not None and issue.id is not None:
                touched[issue.id] = issue
        for issue in touched.values():
            self._explain(issue)
        self.explain_anew(robbed - touched.keys())

    def recognise(self, posts: Sequence[tuple[Post, "Decision"]]) -> None:
        """Let each post that no burst explains join the known issue it is about, if one is.

        It stays evidence all the same: if more come, they may be a new burst of it, or news.
        """
        touched: set[int] = set()
        for post, decision in posts:
            found = self._about(post, decision)
            home = None if found is None else store_changes.hold_whole(self._session, found)
            if home is not None and home.id is not None:
                store_decisions.recognise(self._session, post.id or 0, issue_id=home.id)
                touched.add(home.id)
        for issue_id in sorted(touched):
            self._explain(self._session.get_one(Issue, issue_id))

    def _about(self, post: Post, decision: "Decision") -> int | None:
        explained = decision.joins is not None or decision.emergence is not None
        if self._known is None or explained or decision.cluster is None or post.role is not None:
            return None
        name = decision.duplicate_of or decision.post_id
        found = self._known.about(name, written=post.published_at)
        return self._by_thread(post) if found is None else found.key

    def _by_thread(self, post: Post) -> int | None:
        """Return the open issue that the thread of a short reply is about, the newest of several.

        Such as "same here": what it means stands above it.
        """
        if post.thread_id is None or len(post.text.split()) > SHORT_REPLY:
            return None
        found = store_changes.issues_of_thread(self._session, post.thread_id)
        ours = [row.id for row in found if row.kind is IssueKind.ISSUE]
        return ours[-1] if ours else None

    def forget(self, issue_ids: Iterable[int]) -> None:
        """Take the words of erased posts out of issues: quotes, phrases and, if theirs, the title.

        Whose words a title is can only be told by looking for it in the posts that are left. A
        title that a person gave is that person's and stays, whatever words it has.
        """
        for issue_id in sorted(issue_ids):
            issue = self._session.get_one(Issue, issue_id)
            told = self._told(store.posts_of_issue(self._session, issue_id, newest=EXPLAINED_POSTS))
            self._explain_anew(issue)
            for named in (issue, *store_changes.parts_of(self._session, issue_id)):
                self._retitle(named, told)
                store_decisions.count_erasure(self._session, named)
        store_workarounds.forget_erased(self._session, self._product_id)

    def explain_anew(self, issue_ids: Iterable[int]) -> None:
        """Bring issues up to the posts they have now, after a person moved posts between them.

        A title that none of its posts says any more goes too: an erasure would not find it. One
        that was merged away keeps its title, for its posts still stand in the whole.
        """
        for issue_id in sorted(issue_ids):
            issue = self._session.get_one(Issue, issue_id)
            self._explain_anew(issue)
            if issue.merged_into is None:
                self._retitle(issue, self._told(store.posts_of_issue(self._session, issue_id)))

    def _explain_anew(self, issue: Issue) -> None:
        """Explain an issue by the posts it has now only; without any, nothing is left to quote."""
        issue.quotes, issue.key_phrases, issue.facts = [], [], {}
        store_decisions.count_change(self._session, issue)
        self._explain(issue)

    def _retitle(self, issue: Issue, told: Sequence[Told]) -> None:
        """Give another title where none of these posts says the one it has."""
        if not any(says(post, issue.title) for post in told):
            title = title_of(told, self._background(), language=self._language)
            store_decisions.retitle(self._session, issue, title or ERASED)

    def _told(self, posts: Sequence[Post]) -> list[Told]:
        """Return posts as they are shown; a thread's title is the words of its first post only."""
        owners = title_owners(self._session, [post.thread_id for post in posts if post.thread_id])
        return [_told(post, titled=post.id in owners) for post in posts]

    def _issue_of(self, decision: "Decision") -> tuple[Issue | None, set[int]]:
        """Return the issue of a decision, and those that it took recognised posts from."""
        if decision.emergence is not None:
            return self._take(decision.emergence, int(decision.post_id))
        if decision.joins is None:
            return None, set()
        if decision.joins not in self._found:
            self._found[decision.joins] = store_decisions.issue_of_emergence(
                self._session, self._product_id, decision.joins
            )
        issue = self._found[decision.joins]
        if issue is None or issue.id is None:
            return issue, set()
        posts = [int(name) for name in (*decision.brings, decision.post_id)]
        touched: set[int] = set()
        for home, some in rightful(self._session, posts, issue).items():
            touched |= {home} - {issue.id}
            touched |= store_decisions.put_into_issue(self._session, some, home)
        return issue, touched

    def _take(self, evidence: "Evidence", post_id: int) -> tuple[Issue, set[int]]:
        """Open an issue for a burst, or let the open one that it comes back to grow by it."""
        past = self._past(evidence)
        late = self._late(past, evidence)
        if past is None or past.state is IssueState.RESOLVED or NOT_AN_ISSUE in past.flags:
            issue = self._open(evidence, past)
        else:
            issue = self._grow(past, evidence)
        if self._known is not None:
            self._known.forget()
        members = [int(member) for member in evidence.members]
        self._session.add(self._evidence_row(evidence, issue.id or 0, post_id, members))
        touched = store_decisions.put_into_issue(
            self._session, [one for one in members if one not in late], issue.id or 0
        )
        if past is not None and late:
            touched |= store_decisions.put_into_issue(self._session, late, past.id or 0)
        return issue, touched

    def _late(self, past: Issue | None, evidence: "Evidence") -> list[int]:
        """Return which posts of a burst were written before the issue it comes back to ended."""
        ended_at = None if past is None else store_known.resolved_at(self._session, past)
        if ended_at is None:
            return []
        posts = listed_posts(self._session, Wanted(ids=[int(one) for one in evidence.members]))
        return [post.id or 0 for post in posts if post.published_at <= ended_at]

    def _past(self, evidence: "Evidence") -> Issue | None:
        """Return the issue that a burst comes back to, held; merges and splits are followed.

        The judge knows its own bursts. What a person declared or split off is no burst of its own,
        and may be nearer.
        """
        known = None
        if evidence.returns is not None:
            known = store_decisions.issue_of_emergence(
                self._session, self._product_id, evidence.returns
            )
        if self._known is None or IssueKind(evidence.kind) is not IssueKind.ISSUE:
            return known
        beside = None if known is None else known.id
        found = self._known.returning(evidence.members, beside=beside)
        if found is None or found.key == beside:
            return known
        return store_changes.hold_whole(self._session, found.key)

    def _grow(self, issue: Issue, evidence: "Evidence") -> Issue:
        """Note a new burst of an issue that is still open; told again only if it was quiet."""
        issue_id = issue.id or 0
        last = store_known.last_told_at(self._session, issue_id)
        over = evidence.returns is not None or last is None
        again = over or (last is not None and evidence.first_seen - last >= QUIET)
        issue.reason, issue.score = evidence.reason, round(evidence.score, 2)
        issue.bursts += again
        said = f"{'again' if again else 'more'}: {evidence.reason}"
        self._tell(issue_id, "grew", said)
        log.info("issue_grew", issue=store.reference(issue_id), reason=said)
        return issue

    def _open(self, evidence: "Evidence", past: Issue | None) -> Issue:
        """Open an issue; ``past`` is the resolved or dismissed one that it is the return of."""
        kind = IssueKind(evidence.kind)
        members = [int(member) for member in evidence.members]
        told = self._told(listed_posts(self._session, Wanted(ids=members)))
        issue = Issue(
            product_id=self._product_id,
            title=title_of(told, self._background(evidence.first_seen), language=self._language),
            kind=kind,
            reason=evidence.reason,
            score=round(evidence.score, 2),
            first_seen_at=evidence.first_seen,
            last_seen_at=self._now,
            alerted_at=self._now if kind is IssueKind.ISSUE else None,
            opened_at=self._now,
        )
        self._session.add(issue)
        self._session.flush()
        if issue.id is None:
            raise ValueError("the store gave the issue no id")
        self._tell(issue.id, "opened", evidence.reason)
        if past is None:
            issue.nearest_past = self._nearest_past(issue, told)
        else:
            self._link(issue, past)
        log.info("issue_opened", issue=store.reference(issue.id), kind=kind, reason=evidence.reason)
        return issue

    def _link(self, issue: Issue, past: Issue) -> None:
        """Say of an issue that it is the return of one that a person was done with.

        What was called no issue comes here only when it is far more than it was then.
        """
        before, after = store.reference(past.id or 0), store.reference(issue.id or 0)
        issue.nearest_past = past.id
        if past.state is IssueState.RESOLVED:
            issue.flags = [*issue.flags, REGRESSION]
            self._tell(issue.id or 0, REGRESSION, f"{before} came back, which was resolved")
        else:
            said = f"far more than {before}, which was called no issue"
            self._tell(issue.id or 0, "came back", said)
        self._tell(past.id or 0, "came back", f"people report it again: {after}")

    def _tell(self, issue_id: int, kind: str, text: str) -> None:
        store_decisions.add_event(self._session, issue_id, at=self._now, kind=kind, text=text)

    def _nearest_past(self, issue: Issue, told: Sequence[Told]) -> int | None:
        """Return the past issue whose words these posts are most like, if one stands out."""
        past = store.issues_before(self._session, issue, limit=PAST_ISSUES)
        words = {
            row.id: "\n".join([row.title, *row.key_phrases, *(q["text"] for q in row.quotes)])
            for row in past
            if row.id is not None
        }
        return nearest_past(
            [post.text for post in told], words, self._background(issue.first_seen_at)
        )

    def _evidence_row(
        self, evidence: "Evidence", issue_id: int, post_id: int, members: list[int]
    ) -> Emergence:
        return Emergence(
            product_id=self._product_id,
            number=evidence.number,
            issue_id=issue_id,
            kind=IssueKind(evidence.kind),
            post_id=post_id,
            at=self._now,
            members=members,
            score=round(evidence.score, 3),
            reason=evidence.reason,
            measures={
                "posts": evidence.posts,
                "authors": evidence.authors,
                "sources": evidence.sources,
                "window_hours": round(evidence.window_hours, 2),
                "expected": round(evidence.expected, 3),
            },
        )

    def _explain(self, issue: Issue) -> None:
        """Bring quotes, key phrases, severity and times up to the posts the issue has now."""
        if issue.id is None:
            return
        posts = store.posts_of_issue(self._session, issue.id, newest=EXPLAINED_POSTS)
        if not posts:
            return
        words = self._told(posts)
        told = explain(words, self._background())
        issue.key_phrases = list(told.key_phrases)
        issue.quotes = [quote.as_json() for quote in told.quotes]
        issue.facts = facts_of(sorted(words, key=lambda post: int(post.post_id)))
        found = severity_of([post.text[:LONGEST_TEXT] for post in posts])
        if _rank(Severity(found.severity)) > _rank(issue.severity):
            issue.severity = Severity(found.severity)
        issue.first_seen_at = min(issue.first_seen_at, *(post.published_at for post in posts))
        issue.last_seen_at = max(post.published_at for post in posts)
        follow_release(self._session, issue, now=self._now)
        store_decisions.count_change(self._session, issue)

    def _background(self, before: datetime | None = None) -> list[str]:
        """What people say about the product at this time, which words must stand out from."""
        mine = Wanted(product_id=self._product_id)
        posts = listed_posts(self._session, mine, limit=BACKGROUND_POSTS)
        return [post.text for post in posts if before is None or post.published_at < before]


def says(post: Told, title: str) -> bool:
    """Tell whether a title, which may have been cut short, is in the words of a post."""
    words = title.rstrip("…. ").casefold()
    return words in cleaned(f"{post.title or ''}\n{post.text}").casefold()


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)


def _told(post: Post, *, titled: bool) -> Told:
    return Told(
        post_id=str(post.id),
        text=post.text,
        title=post.title if titled else None,
        author=post.author_key,
        source=str(post.source_id),
        url=post.url,
        lang=post.lang,
    )
