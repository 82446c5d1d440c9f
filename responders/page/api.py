"""The page as JSON that Statuspage's clients read unchanged; our own facts in extra keys only.

Pure: a snapshot in, documents out, the path of each as its key. Every key is always there, null
where there is nothing.

Source: https://metastatuspage.com/api (the public interface of version 2).
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from responders.page.snapshot import IMPACTS, Entry, Impact, Part, Snapshot, Word
from responders.page.wording import as_html, description, title

Json = dict[str, Any]
FOLDER = "api/v2/"
INCIDENTS_SHOWN = 50
COMPONENT_STATES: Mapping[Impact, str] = {
    "none": "operational",
    "minor": "degraded_performance",
    "major": "partial_outage",
    "critical": "major_outage",
}
"""How an open incident shows in the component it is about."""
KNOWN_LISTS = ("symptoms", "affected_versions", "platforms", "not_affected")


def documents(shot: Snapshot) -> dict[str, Json]:
    """Return every document by its path below the page, such as ``api/v2/status.json``."""
    page, state = _page(shot), status(shot)
    parts = components(shot)
    latest = [incident(entry, shot) for entry in shot.entries[:INCIDENTS_SHOWN]]
    waiting = [incident(entry, shot) for entry in shot.entries if entry.open]
    planned: list[Json] = []
    maintenances = {"page": page, "scheduled_maintenances": planned}
    made: dict[str, Json] = {
        "summary": {
            "page": page,
            "components": parts,
            "incidents": waiting,
            "scheduled_maintenances": planned,
            "status": state,
            "x_heartbeat": heartbeat(shot),
        },
        "status": {"page": page, "status": state, "x_heartbeat": heartbeat(shot)},
        "components": {"page": page, "components": parts},
        "incidents": {"page": page, "incidents": latest},
        "incidents/unresolved": {"page": page, "incidents": waiting},
        "scheduled-maintenances": maintenances,
        "scheduled-maintenances/upcoming": maintenances,
        "scheduled-maintenances/active": maintenances,
    }
    return {f"{FOLDER}{name}.json": document for name, document in made.items()}


def time(moment: datetime | None) -> str | None:
    """Return a time with zone and milliseconds: ``2026-05-12T12:00:00.000Z``."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def page_id(shot: Snapshot) -> str:
    """Return the page's id, made from its address: it stays while the page stays there."""
    return hashlib.sha256(shot.url.encode()).hexdigest()[:12]


def _page(shot: Snapshot) -> Json:
    return {
        "id": page_id(shot),
        "name": title(shot.name),
        "url": shot.url.rstrip("/"),
        "time_zone": "Etc/UTC",
        "updated_at": time(shot.updated_at),
    }


def worst(entries: Sequence[Entry]) -> Impact:
    """Return the worst impact of those that are open; ``none`` when none is."""
    return max((entry.impact for entry in entries if entry.open), key=IMPACTS.index, default="none")


def status(shot: Snapshot) -> Json:
    """Return the banner: the worst open impact, and words that never claim all is well."""
    return {"indicator": worst(shot.entries), "description": description(shot)}


def heartbeat(shot: Snapshot) -> Json:
    """Return when this was written and when each place was last heard."""
    return {
        "rendered_at": time(shot.now),
        "last_heard_at": time(shot.heard_at),
        "places": [
            {"name": place.name, "state": place.state, "last_heard_at": time(place.heard_at)}
            for place in shot.places
        ],
    }


def components(shot: Snapshot) -> list[Json]:
    """Return the parts of the house in their order, each as bad as its worst open incident."""
    return [_component(part, position, shot) for position, part in enumerate(shot.parts, start=1)]


def _component(part: Part, position: int, shot: Snapshot) -> Json:
    about = [entry for entry in shot.entries if entry.part == part.id]
    return {
        "id": f"part-{part.id}",
        "name": title(part.name),
        "status": COMPONENT_STATES[worst(about)],
        "created_at": time(part.created_at),
        "updated_at": time(max([part.created_at, *(entry.updated_at for entry in about)])),
        "position": position,
        "description": None,
        "showcase": True,
        "start_date": part.created_at.date().isoformat(),
        "group_id": None,
        "page_id": page_id(shot),
        "group": False,
        "only_show_if_degraded": False,
    }


def incident(entry: Entry, shot: Snapshot) -> Json:
    """Return one incident with its updates, the newest first."""
    about = [place for place in components(shot) if place["id"] == f"part-{entry.part}"]
    return {
        "id": entry.public_id,
        "name": title(entry.name),
        "status": entry.status,
        "impact": entry.impact,
        "created_at": time(entry.created_at),
        "updated_at": time(entry.updated_at),
        "started_at": time(entry.started_at),
        "monitoring_at": time(entry.monitoring_at),
        "resolved_at": time(entry.resolved_at),
        "shortlink": shot.entry_link(entry.public_id),
        "page_id": page_id(shot),
        "incident_updates": [
            _update(word, before, entry, about)
            for word, before in zip(entry.words, [*entry.words[1:], None], strict=True)
        ],
        "components": about if entry.open else [],
        "reminder_intervals": None,
        "x_known_issue": known_issue(entry),
    }


def _update(word: Word, before: Word | None, entry: Entry, about: Sequence[Json]) -> Json:
    worse = COMPONENT_STATES[entry.impact]

    def state(of: Word | None) -> str:
        return "operational" if of is None or of.status == "resolved" else worse

    affected = [
        {
            "code": place["id"],
            "name": place["name"],
            "old_status": state(before),
            "new_status": state(word),
        }
        for place in about
    ]
    at = time(word.at)
    return {
        "id": f"{entry.public_id}-{word.id}",
        "status": word.status,
        "body": as_html(word.body),
        "incident_id": entry.public_id,
        "created_at": at,
        "updated_at": at,
        "display_at": at,
        "affected_components": affected or None,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }


def known_issue(entry: Entry) -> Json:
    """Return what only a known-issues page tells."""
    known = entry.known
    listed = {name: texts(known.get(name)) for name in KNOWN_LISTS}
    return {
        **listed,
        "symptoms": listed["symptoms"] or [title(entry.name)],
        "workaround": "\n".join(texts(known.get("workaround"))) or None,
        "fixed_in": next(iter(texts(known.get("fixed_in"))), None),
        "report_count": entry.reports,
        "me_too_count": whole(known.get("me_too_count")),
        "next_update_by": time(entry.next_update_by) if entry.open else None,
        "first_reported_at": time(entry.started_at),
        "language": next(iter(texts(known.get("language"))), "en"),
    }


def texts(value: object) -> list[str]:
    """Return what a kept value says as lines of plain text, whatever its shape."""
    listed = value if isinstance(value, list | tuple) else [value]
    lines = [line for item in listed if isinstance(item, str) for line in item.splitlines()]
    return [title(line) for line in lines if line.strip()]


def whole(value: object) -> int:
    """Return a kept number that is none below nought; 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
