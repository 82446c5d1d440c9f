"""`groundswell draft export`: drafts with what they were made from, as JSON lines for a checker.

Whoever judges our texts needs the words of the people beside them: what they wrote, what we know,
and what was said in the same place before.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from sqlmodel import Session

from classifiers import store as issues
from classifiers.facts import reported
from classifiers.tables import Issue
from config.clock import rfc3339
from config.database import reading
from config.ground import Ground
from listener.tables import Post
from responders.commands.drafts.draft_json import draft_json
from responders.commands.output import inert_json, say
from responders.commands.references import issue_named
from responders.voice import store
from responders.voice.knowing import known_of
from responders.voice.rules.base import Facts
from responders.voice.tables import Draft, DraftState
from responders.voice.words.symptoms import pieces, sayable
from responders.workspace import open_ground

LINK = re.compile(r"https?://[^\s<>()]+[^\s<>().,;:!?]")


def export(
    file: str = typer.Argument(..., metavar="FILE", help="Where to write; - is standard output."),
    *,
    issue: str = typer.Option("", "--issue", help="Only those of one issue, such as GS-7."),
) -> None:
    """Write drafts as JSON lines with what they were made from, for a checker of texts.

    Each line holds the text and beside it the posts it answers, the facts and what was said there
    before. Drafts without a text and those out of date are left out.

    Examples:
        groundswell draft export drafts.jsonl
        groundswell draft export - --issue GS-1
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        issue_id = issue_named(session, issue).id if issue else None
        lines = _lines(session, ground, issue_id)
        if file == "-":
            for line in lines:
                sys.stdout.write(inert_json(line))
            return
        with Path(file).open("w", encoding="utf-8") as out:
            number = sum(bool(out.write(line)) for line in lines)
    if number:
        say(f"Wrote {number} draft{'s' * (number != 1)} to {file}.")
    else:
        say(f"There was no draft to write; {file} is empty. See: groundswell draft list")


def _lines(session: Session, ground: Ground, issue_id: int | None) -> Iterator[str]:
    found = [draft for draft, _ in store.listed(session, issue_id=issue_id)]
    for draft in sorted(found, key=lambda one: one.id or 0):
        if draft.text and draft.state is not DraftState.STALE:
            yield f"{json.dumps(_exported(session, ground, draft), ensure_ascii=False)}\n"


def _exported(session: Session, ground: Ground, draft: Draft) -> dict[str, Any]:
    issue = session.get_one(Issue, draft.issue_id)
    posts = _posts(session, draft)
    due = draft.next_update_by
    known = known_of(session, ground, draft)
    return {
        "id": str(draft.id),
        "issue_id": issues.reference(draft.issue_id),
        "kind": draft.kind,
        "phase": draft.phase,
        "language": draft.language,
        "channel": draft.channel,
        "text": draft.text,
        "symptom": _symptom(draft, issue, posts),
        "facts": _facts(session, issue, known),
        "page_url": _page_url(draft.text, known.page_url),
        "next_update_by": rfc3339(due) if due else None,
        "previous": known.previous or None,
        "source": [_words(post) for post in posts],
        "state": draft_json(session, draft, now=ground.clock.now())["state"],
    }


def _posts(session: Session, draft: Draft) -> Sequence[Post]:
    """Return the posts that a draft answers: those of its thread, or all for the page."""
    posts = issues.posts_of_issue(session, draft.issue_id)
    if draft.thread_id is None:
        return posts
    found = [post for post in posts if post.thread_id == draft.thread_id]
    answered = session.get(Post, draft.post_id) if draft.post_id and not found else None
    if answered is not None and answered.erased_at is None:  # it belongs to another issue by now
        return [answered]
    return found


def _words(post: Post) -> str:
    return f"{post.title}\n{post.text}" if post.title else post.text


def _symptom(draft: Draft, issue: Issue, posts: Sequence[Post]) -> list[str]:
    """Return the words of the posts that name what is wrong, as we may repeat them."""
    answered = [post for post in posts if draft.post_id in (None, post.id)]
    found = [piece for post in answered for piece in pieces(_words(post)) if sayable(piece)]
    if draft.thread_id is None:
        found = [*issue.key_phrases, *found]
    return list(dict.fromkeys(found or issue.key_phrases))


def _facts(session: Session, issue: Issue, known: Facts) -> dict[str, Any]:
    """Return what is known: what the texts may name, numbers among it."""
    number = issue.id or 0
    found = issues.counts(session, [number]).get(number, issues.Counts())
    named = re.findall(r"\d+(?:\.\d+)*", " ".join(known.clear))
    numbers = [found.posts, found.authors, found.sources, *dict.fromkeys(named)]
    told = {kind: [one.value for one in reported(issue.facts, kind)] for kind in issue.facts}
    said = {"eta": known.eta or None, "cause": known.cause or None, "numbers": numbers}
    return {**said, "workaround": known.workaround or None, **told}


def _page_url(text: str, base: str) -> str:
    """Return the page's address as the text gives it, else its front."""
    links = LINK.findall(text)
    ours = [link for link in links if link.startswith(base.rstrip("/"))]
    return next(iter([*ours, *links]), base)
