"""An issue as scripts read it, and the same as people do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from classifiers import store
from classifiers.corrections import store_workarounds
from classifiers.corrections.workarounds import KIND as FIXES
from classifiers.facts import KINDS, reported
from classifiers.releases import likely
from classifiers.tables import Issue
from config.clock import rfc3339
from listener.store import products
from responders.commands.asked_json import asked_json, asked_lines
from responders.commands.issues.handled_json import KEYS as HANDLED
from responders.commands.issues.handled_json import handled_json, handled_lines
from responders.commands.issues.issue_progress import progress_json, progress_lines
from responders.commands.issues.ticket_json import handed_on, ticket_lines
from responders.commands.output import shown
from responders.commands.store import incident_of, promises
from responders.oncall.storms.holding_back import held_by, holding
from responders.page.tables import Incident
from responders.voice import store as voice
from responders.voice.tables import Draft, PromiseState


def issue_json(session: Session, row: Issue) -> dict[str, Any]:
    """Return one issue with the keys of contract.md."""
    return issues_json(session, [row])[0]


def issues_json(session: Session, rows: Sequence[Issue]) -> list[dict[str, Any]]:
    """Return issues with the keys of contract.md, in the order given."""
    names = {product.id: product.name for product in products(session)}
    counts = store.counts(session, [row.id for row in rows if row.id is not None])
    return [
        _as_dict(session, row, names.get(row.product_id), counts.get(row.id or 0, store.Counts()))
        for row in rows
    ]


def _as_dict(
    session: Session, row: Issue, product: str | None, counts: store.Counts
) -> dict[str, Any]:
    threads = voice.threads_of(session, row.id or 0)
    due = _next_word(session, row.id or 0)
    return {
        "id": store.reference(row.id or 0),
        "product": product,
        "title": row.title,
        "state": row.state.value,
        "severity": row.severity.value,
        "kind": row.kind.value,
        "flags": row.flags,
        "first_seen_at": rfc3339(row.first_seen_at),
        "last_seen_at": rfc3339(row.last_seen_at),
        "alerted_at": rfc3339(row.alerted_at) if row.alerted_at else None,
        "posts": counts.posts,
        "authors": counts.authors,
        "sources": counts.sources,
        "reason": row.reason,
        "score": row.score,
        "key_phrases": row.key_phrases,
        "quotes": row.quotes,
        "facts": _facts_json(session, row),
        **_release(row),
        "nearest_past": store.reference(row.nearest_past) if row.nearest_past else None,
        "merged_into": store.reference(row.merged_into) if row.merged_into else None,
        "threads": {"total": len(threads), "told": sum(one.state == "told" for one in threads)},
        "next_update_by": rfc3339(due) if due else None,
        "page": _page(incident_of(session, row.id or 0)),
        "hushed_until": rfc3339(row.hushed_until) if row.hushed_until else None,
        "not_judged": _not_judged(session, row.id or 0),
        "workaround": _workaround(session, row),
        **_held(session, row.id or 0),
        **handled_json(session, row),
        **progress_json(session, row),
        **asked_json(session, row),
        **handed_on(session, row),
    }


def _release(row: Issue) -> dict[str, Any]:
    """Return the release it probably followed, and why."""
    return {
        "release": row.release,
        "release_probability": row.release_probability,
        "release_reason": row.release_reason,
    }


def _facts_json(session: Session, row: Issue) -> dict[str, Any]:
    """Return the facts; what helped somebody names who found it, while their post stands."""
    fixes = row.facts.get(FIXES)
    if not fixes:
        return row.facts
    ids = {int(quote["post_id"]) for fact in fixes for quote in fact["quotes"]}
    names = store_workarounds.authors(session, ids)
    credited = [
        {
            **fact,
            "quotes": [
                {**quote, "author": names.get(int(quote["post_id"]))} for quote in fact["quotes"]
            ],
        }
        for fact in fixes
    ]
    return {**row.facts, FIXES: credited}


def _workaround(session: Session, row: Issue) -> dict[str, Any] | None:
    """Return the way around that somebody verified, with who found it."""
    credited = store_workarounds.workaround_of(session, row)
    if credited is None:
        return None
    found = credited.found
    return {
        "text": found.text,
        "post_id": None if found.post_id is None else str(found.post_id),
        "author": credited.author,
        "url": credited.url,
        "by": found.by,
        "at": found.at,
    }


def _not_judged(session: Session, issue_id: int) -> dict[str, Any] | None:
    """Return how many posts the model could not judge, and their languages; None without any."""
    found = store.languages_beyond(session, issue_id)
    return {"posts": sum(found.values()), "languages": sorted(found)} if found else None


def _page(found: Incident | None) -> dict[str, str] | None:
    """Return what the public page says of an issue; it may lag behind the issue's state."""
    return {"id": found.public_id, "status": found.status} if found else None


def _next_word(session: Session, issue_id: int) -> datetime | None:
    """Return when the next word is due: as promised in public, else as the drafts would say."""
    made = promises(session, issue_id=issue_id, state=PromiseState.OPEN)
    if made:
        return made[0].due_at
    drafts: Sequence[Draft] = voice.drafts_of(session, issue_id)
    return min(
        (
            draft.next_update_by
            for draft in drafts
            if draft.state in voice.LIVE and draft.next_update_by
        ),
        default=None,
    )


def events_json(session: Session, issue_id: int) -> list[dict[str, Any]]:
    """Return what happened to an issue, oldest first."""
    return [
        {"at": rfc3339(event.at), "kind": event.kind, "text": event.text, "by": event.by}
        for event in store.events(session, issue_id)
    ]


def for_people(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an issue with a line for each quote, each kind of fact and each event."""
    threads = value["threads"]
    in_one = ("release", "release_probability", "release_reason")
    release = likely(*(value.get(key) for key in in_one))
    left_out = {*in_one[1:], "suggestions", *HANDLED}
    return {
        **{key: part for key, part in value.items() if key not in left_out},
        **({"release": release} if release else {}),
        "quotes": "\n".join(f"“{_line(part['text'])}” {_place(part)}" for part in value["quotes"]),
        "facts": "\n".join(_facts(value["facts"])),
        **({"workaround": way_around(value["workaround"])} if value.get("workaround") else {}),
        "threads": f"told {threads['told']} of {threads['total']}",
        "not_judged": _beyond(value["not_judged"]),
        **_holds(value),
        **(progress_lines(value) if "clocks" in value else {}),
        **(handled_lines(value) if HANDLED[0] in value else {}),
        **asked_lines(value),
        **(ticket_lines(value) if "ticket" in value else {}),
        "events": "\n".join(map(_event, value["events"])),
    }


def _held(session: Session, issue_id: int) -> dict[str, Any]:
    """Return under which issue its alert is held, and whose alerts it holds."""
    return {
        "held_under": held_by(session, issue_id),
        "holds_back": list(holding(session, issue_id)),
    }


def _holds(value: Mapping[str, Any]) -> dict[str, str | None]:
    """Return on one line whose alerts it holds back."""
    return {"holds_back": ", ".join(value["holds_back"]) or None} if "holds_back" in value else {}


def _beyond(found: Mapping[str, Any] | None) -> str | None:
    if found is None:
        return None
    count, languages = found["posts"], ", ".join(found["languages"])
    posts = "1 post" if count == 1 else f"{count} posts"
    return f"{posts} in languages the model does not know ({languages}): found by shared words only"


def _facts(facts: Mapping[str, Any]) -> Iterator[str]:
    for kind in (kind for kind in KINDS if kind in facts):
        if kind == FIXES:
            yield from _fixes(facts[kind])
            continue
        values = (f"{_line(fact.value)} ({fact.people})" for fact in reported(facts, kind))
        yield f"{KINDS[kind]}: {'; '.join(values)}"


def _fixes(fixes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what helped somebody, a line each, with who found it and the post to verify."""
    for fact in fixes:
        for quote in fact["quotes"]:
            who = f" by {_line(quote['author'])}" if quote.get("author") else ""
            link = f", {quote['url']}" if quote["url"] else ""
            place = f"post {quote['post_id']}{who}{link}"
            yield f"{KINDS[FIXES]}: “{_line(quote['text'])}” ({place})"


def way_around(value: Mapping[str, Any]) -> str:
    """Return a verified way around on one line, with its credit."""
    credit = f"found by {_line(value['author'])}, " if value.get("author") else ""
    link = f"; {value['url']}" if value.get("url") else ""
    return f"{_line(value['text'])} ({credit}verified by {value['by']}{link})"


def _line(text: str) -> str:
    return " ".join(text.split())


def _place(quote: Mapping[str, Any]) -> str:
    return str(quote["url"] or f"post {quote['post_id']}")


def _event(event: Mapping[str, Any]) -> str:
    words = f"{shown(event['at'])} {event['kind']}"
    words += f": {_line(event['text'])}" if event["text"] else ""
    return f"{words} (by {event['by']})" if event["by"] else words
