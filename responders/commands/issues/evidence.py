"""`groundswell issue evidence`: all that is known of an issue, as Markdown for a ticket.

Gathered from the rows of every room; strangers' words go through inert_markdown.py.
"""

from collections.abc import Iterator
from datetime import datetime

import typer
from sqlmodel import Session

from classifiers import store
from classifiers.facts import KINDS, reported
from classifiers.releases import likely
from classifiers.tables import Issue
from config.database import reading
from listener import store as listener
from listener.tables import Post
from responders.commands.issues.inert_markdown import inert, inert_link, inert_quote
from responders.commands.issues.issue_acts import IssueArgument
from responders.commands.issues.issue_json import issue_json
from responders.commands.references import issue_named
from responders.commands.store import incident_of, incident_updates, promises
from responders.voice import store as voice
from responders.workspace import open_ground

MOST_POSTS = 200
"""More than any ticket takes; `post list --issue` has them all."""
MOST_PHRASES = 4
SHORT = ("versions", "platforms", "errors")
"""Kinds of facts that are no sentences of users."""


def evidence(issue: str = IssueArgument) -> None:
    """Write all that is known of an issue as Markdown, for a ticket or a colleague.

    People are counted, not named; their words are quoted with links, harmless wherever pasted.

    Example: groundswell issue evidence GS-1 > GS-1.md
    """
    with reading(open_ground().engine) as session:
        text = markdown(session, issue_named(session, issue))
    typer.echo(text)


def markdown(session: Session, row: Issue, *, quotes: bool = True) -> str:
    """Return all that is known of an issue as Markdown.

    Args:
        session: an open session.
        row: the issue.
        quotes: whether the words of users and the names of our people stand in it; the links to
            what users wrote stand in any case.
    """
    full = (_what, _people, _words, _facts, _alerts, _timeline, _threads, _page, _promises)
    ours = (_what_in_ours, _people, _short_facts, _alerts, _nameless_timeline, _links, _page)
    parts = full if quotes else (*ours, _promises)
    sections = ["\n".join(lines) for part in parts if (lines := list(part(session, row)))]
    return "\n\n".join(sections)


def title_of(row: Issue, *, quotes: bool) -> str:
    """Return what an issue is called where the words of users may not stand, or may.

    A title that nobody gave is a sentence of a user's.
    """
    if quotes or row.titled_by:
        return f"{store.reference(row.id or 0)}: {row.title}"
    phrases = ", ".join(row.key_phrases[:MOST_PHRASES])
    return f"{store.reference(row.id or 0)}: {phrases or 'a problem that users report'}"


def _what(session: Session, row: Issue) -> Iterator[str]:
    yield f"# {inert(title_of(row, quotes=True))}"
    yield from _known(session, row)


def _what_in_ours(session: Session, row: Issue) -> Iterator[str]:
    yield f"# {inert(title_of(row, quotes=False))}"
    yield from _known(session, row)


def _known(session: Session, row: Issue) -> Iterator[str]:
    value = issue_json(session, row)
    yield ""
    release = likely(row.release, row.release_probability, row.release_reason)
    known = {
        "Product": value["product"],
        "State": ", ".join([value["state"], *row.flags]),
        "Severity": value["severity"],
        "First reported": _time(row.first_seen_at),
        "Last reported": _time(row.last_seen_at),
        "Alerted": _time(row.alerted_at) if row.alerted_at else None,
        "Why it alerted": row.reason,
        "Release it probably followed": release,
        "Verified way around": value["workaround"]["text"] if value["workaround"] else None,
        "Merged into": value["merged_into"],
        "Nearest past issue": value["nearest_past"],
        "Said again and again": ", ".join(row.key_phrases),
    }
    for name, text in known.items():
        if text:
            yield f"- **{name}:** {inert(text)}"


def _people(session: Session, row: Issue) -> Iterator[str]:
    found = store.counts(session, [row.id or 0]).get(row.id or 0, store.Counts())
    names = {number: source.name for number, source in listener.sources_by_id(session).items()}
    places: dict[str, int] = {}
    for post in store.posts_of_issue(session, row.id or 0):
        name = names[post.source_id]
        places[name] = places.get(name, 0) + 1
    yield "## People and places"
    yield ""
    posts = "1 post" if found.posts == 1 else f"{found.posts} posts"
    people = "1 person" if found.authors == 1 else f"{found.authors} people"
    yield f"{posts} by {people} in {found.sources} place{'s' * (found.sources != 1)}."
    if places:
        yield ""
    for name, number in sorted(places.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"- {inert(name)}: {number}"


def _words(session: Session, row: Issue) -> Iterator[str]:
    posts = store.posts_of_issue(session, row.id or 0)
    if not posts:
        return
    yield "## In their words"
    yield ""
    for post in posts[:MOST_POSTS]:
        yield f"- {_post(post)}"
    if len(posts) > MOST_POSTS:
        more = f"groundswell post list --issue {store.reference(row.id or 0)}"
        yield f"- and {len(posts) - MOST_POSTS} more: `{more}`"


def _post(post: Post) -> str:
    words = f"{post.title}: {post.text}" if post.title else post.text
    return f"{inert_quote(words)} ({_time(post.published_at)}, {_link(post.url, post.id)})"


def _link(url: str | None, post_id: int | None) -> str:
    return inert_link(url) or f"post {post_id}"


def _short_facts(_session: Session, row: Issue) -> Iterator[str]:
    """Yield the facts that are names and numbers, without the words they were found in."""
    kinds = [kind for kind in SHORT if row.facts.get(kind)]
    if not kinds:
        return
    yield "## Facts"
    yield ""
    for kind in kinds:
        told = (f"{inert_quote(one.value)} ({one.people})" for one in reported(row.facts, kind))
        yield f"- **{KINDS[kind]}:** {', '.join(told)}"


def _facts(_session: Session, row: Issue) -> Iterator[str]:
    if not row.facts:
        return
    yield "## Facts"
    yield ""
    for kind in row.facts:
        yield f"- **{KINDS.get(kind, inert(kind))}**"
        for fact in reported(row.facts, kind):
            people = "1 person" if fact.people == 1 else f"{fact.people} people"
            yield f"  - {inert_quote(fact.value)} ({people})"
            for quote in fact.quotes:
                yield f"    - {inert_quote(quote.text)} ({_link(quote.url, int(quote.post_id))})"


def _alerts(session: Session, row: Issue) -> Iterator[str]:
    found = store.emergences(session, row.id or 0)
    if not found:
        return
    yield "## Why it was noticed"
    yield ""
    for one in found:
        yield f"- {_time(one.at)}: {inert(one.reason)} (score {one.score:.1f})"


def _timeline(session: Session, row: Issue, *, names: bool = True) -> Iterator[str]:
    found = store.events(session, row.id or 0)
    if not found:
        return
    yield "## Timeline"
    yield ""
    for one in found:
        text = f": {inert(one.text)}" if one.text else ""
        by = f" (by {inert(one.by)})" if names else ""
        yield f"- {_time(one.at)} {inert(one.kind)}{text}{by}"


def _nameless_timeline(session: Session, row: Issue) -> Iterator[str]:
    """Yield the timeline without our colleagues' names."""
    yield from _timeline(session, row, names=False)


def _threads(session: Session, row: Issue, *, titles: bool = True) -> Iterator[str]:
    found = voice.threads_of(session, row.id or 0)
    told = sum(one.state == "told" for one in found)
    yield "## Threads"
    yield ""
    yield f"Told {told} of {len(found)}."
    if found:
        yield ""
    for one in found:
        when = f" {_time(one.told_at)}, {inert(one.phase or '')}" if one.told_at else ""
        place = inert_link(one.thread.url) or f"thread {one.thread.id}"
        title = inert(one.thread.title or "") if titles else ""
        yield f"- {one.state}{when}: {place} {title}".rstrip()


def _links(session: Session, row: Issue) -> Iterator[str]:
    yield from _threads(session, row, titles=False)


def _page(session: Session, row: Issue) -> Iterator[str]:
    found = incident_of(session, row.id or 0)
    if found is None:
        return
    yield "## On the public page"
    yield ""
    yield f"It says {inert(found.status)}: {inert(found.name)} ({inert(found.public_id)})."
    yield ""
    for one in incident_updates(session, found.id or 0):
        yield f"- {_time(one.created_at)} {inert(one.status)}: {inert(one.body)}"


def _promises(session: Session, row: Issue) -> Iterator[str]:
    found = promises(session, issue_id=row.id)
    if not found:
        return
    yield "## Promises"
    yield ""
    for one in found:
        yield f"- next word by {_time(one.due_at)}: {one.state}"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
