"""The steps of the loop, each a question to what stands in the store and in public.

What must not happen can only be answered when the day is over. The answers are short, in words for
a table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from classifiers.store import reference
from classifiers.tables import Issue
from listener.store import count_posts
from responders.delivery.tables import DeliveryState
from responders.demo import store
from responders.demo.day import TRUE_ISSUES, Day
from responders.demo.taking import USERNAME
from responders.demo.witnessing import Witness, chain, recount, statuses
from responders.voice.addressing import PAGE
from responders.voice.ledger.promises import told_time
from responders.voice.phases import IDENTIFIED, INVESTIGATING, RESOLVED
from responders.voice.tables import PromiseState

LOOP: Final = [INVESTIGATING, IDENTIFIED, RESOLVED]
"""What the page must have said of each problem at the end."""
Ask = Callable[[Day, Witness], str | None]
AskIssue = Callable[[Day, Witness, Issue], str | None]


@dataclass(frozen=True)
class Step:
    """One thing that must happen, or must not."""

    name: str
    ask: Ask
    """What happened, in words; None while it did not."""
    at_the_end: bool = False
    """It can only be answered when the day is over."""


def _heard(day: Day, _: Witness) -> str | None:
    count, history = count_posts(day.session), store.count_history(day.session)
    return f"{count} posts, {history} of them history" if history else None


def _heard_all(day: Day, _: Witness) -> str | None:
    count, judged = count_posts(day.session), store.count_judged(day.session)
    everything = len(day.script.posts) + len(day.replies)
    return f"{count} posts, each judged" if count == judged == everything else None


def _heard_back(day: Day, _: Witness) -> str | None:
    ours = store.written_by(day.session, USERNAME)
    scripted = sum(post.author == USERNAME for post in day.script.posts)
    right = len(ours) == len(day.replies) + scripted and all(one.role == "staff" for one in ours)
    return f"{len(day.replies)} texts heard again, as staff" if right and day.replies else None


def _nothing_else(day: Day, _: Witness) -> str | None:
    wrong = [issue for issue in day.alerted() if day.label_of(issue) not in TRUE_ISSUES]
    return None if wrong else f"{len(day.alerted())} alerts, all about the two"


def _nothing_without_a_yes(day: Day, witness: Witness) -> str | None:
    if witness.unapproved or not day.replies:
        return None
    return f"{len(day.replies)} texts and {witness.updates()} updates, {witness.looks} looks"


def _nothing_refused(_: Day, witness: Witness) -> str | None:
    return None if witness.refused else "every decision was taken and every errand done"


def _told_once(day: Day, _: Witness) -> str | None:
    count, wrong = recount(day)
    return None if wrong or not count else f"{count} texts, each once in its thread"


def _whole_chain(day: Day, _: Witness) -> str | None:
    whole, words = chain(day)
    return words if whole else None


def _no_second_post(_: Day, witness: Witness) -> str | None:
    return "all passes started anew: nothing more was sent" if witness.again == 0 else None


def _noticed(_: Day, _witness: Witness, issue: Issue) -> str | None:
    return issue.reason


def _alerted(day: Day, _: Witness, issue: Issue) -> str | None:
    for row in store.deliveries(day.session, issue.id or 0):
        if row.kind == "alert" and row.state is DeliveryState.SENT:
            return f"to {row.destination}"
    return None


def _waits(day: Day, witness: Witness, issue: Issue) -> str | None:
    """Drafts are there, and nothing of them is public before somebody said yes."""
    drafts = store.drafts(day.session, issue.id or 0)
    public = store.public_of(day.session, issue.id or 0)
    stands = bool(public) or _public_id(issue) in witness.incidents()
    threads = sum(draft.channel != PAGE for draft in drafts)
    if stands or not threads or threads == len(drafts):
        return None
    return f"for the page and {threads} {_threads(threads)}; nothing stands in public"


def _approved(day: Day, _: Witness, issue: Issue) -> str | None:
    for draft in store.drafts(day.session, issue.id or 0):
        if draft.channel == PAGE and draft.decided_by:
            return f"draft {draft.id}, for the page, by {draft.decided_by}"
    return None


def _on_the_page(phase: str) -> AskIssue:
    def ask(_: Day, witness: Witness, issue: Issue) -> str | None:
        incident = witness.incidents().get(_public_id(issue))
        told = statuses(incident) if incident else []
        return f"/incidents/{_public_id(issue)}" if phase in told else None

    return ask


def _told(day: Day, _: Witness, issue: Issue) -> str | None:
    """The first threads know that we know, one of them by a person's hand."""
    told = store.told(day.session, issue.id or 0)
    hands = [thread.url for row, thread, _ in told if store.was_by_hand(day.session, row)]
    if not hands or len(hands) == len(told):
        return None
    return f"{len(told)} {_threads(len(told))}, {len(hands)} of them by hand"


def _follow_up(phase: str) -> AskIssue:
    """Each thread that was told anything knows the phase."""

    def ask(day: Day, witness: Witness, issue: Issue) -> str | None:
        rows = store.told(day.session, issue.id or 0)
        threads = {row.thread_id for row, _, _ in rows}
        knowing = {row.thread_id for row, _, _ in rows if row.phase == phase}
        if not knowing or knowing != threads or not _on_the_page(phase)(day, witness, issue):
            return None
        return f"in {len(knowing)} of {len(threads)} threads"

    return ask


def _whole_story(_: Day, witness: Witness, issue: Issue) -> str | None:
    incident = witness.incidents().get(_public_id(issue))
    told = statuses(incident) if incident else []
    return " → ".join(told) if told == LOOP else None


def _kept(day: Day, _: Witness, issue: Issue) -> str | None:
    rows = store.promises(day.session, issue.id or 0)
    if not rows or any(row.state is not PromiseState.KEPT for row in rows):
        return None
    return "; ".join(
        f"due by {told_time(row.due_at, now=row.settled_at)}, kept at {row.settled_at:%H:%M}"
        for row in rows
        if row.settled_at
    )


def _public_id(issue: Issue) -> str:
    return reference(issue.id or 0).lower()


def _threads(count: int) -> str:
    return "thread" if count == 1 else "threads"


def _of_one(label: str, ask: AskIssue) -> Ask:
    """Ask about the issues of one label; the first one that answers counts."""

    def asked(day: Day, witness: Witness) -> str | None:
        for issue in day.issues(label):
            words = ask(day, witness, issue)
            if words is not None:
                return f"{reference(issue.id or 0)}: {words}"
        return None

    return asked


def _loop(label: str) -> tuple[Step, ...]:
    asked: dict[str, AskIssue] = {
        "noticed": _noticed,
        "alert sent": _alerted,
        "drafts wait": _waits,
        "approved": _approved,
        "published": _on_the_page(INVESTIGATING),
        "threads told": _told,
        "identified, and told": _follow_up(IDENTIFIED),
        "resolved, and told back": _follow_up(RESOLVED),
        "promises kept": _kept,
    }
    at_the_end = {"told in order on the page": _whole_story}
    return (
        *(Step(f"{name}: {label}", _of_one(label, ask)) for name, ask in asked.items()),
        *(Step(f"{name}: {label}", _of_one(label, ask), True) for name, ask in at_the_end.items()),
    )


STEPS: tuple[Step, ...] = (
    Step("heard the history", _heard),
    *(step for label in TRUE_ISSUES for step in _loop(label)),
    Step("nothing public without its approval", _nothing_without_a_yes, at_the_end=True),
    Step("each thread told once a phase", _told_once, at_the_end=True),
    Step("our own words are no reports", _heard_back, at_the_end=True),
    Step("no second post after a restart", _no_second_post, at_the_end=True),
    Step("the audit chain is whole", _whole_chain, at_the_end=True),
    Step("nothing was refused", _nothing_refused, at_the_end=True),
    Step("heard and judged everything", _heard_all, at_the_end=True),
    Step("no alert for rumour, spam, brigade or talk", _nothing_else, at_the_end=True),
)
