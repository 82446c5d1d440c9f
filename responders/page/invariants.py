"""What must hold between the documents of one publication, as words for what does not.

Apart from what makes them, so that a mistake there is not made here again. Pure.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]
OPEN = ("investigating", "identified", "monitoring")
CLOSED = ("resolved", "postmortem", "completed")
IMPACTS = ("none", "minor", "major", "critical")
COMPONENTS = (
    "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance",
)  # fmt: skip
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
INCIDENT_KEYS = frozenset(
    {
        "id",
        "name",
        "status",
        "impact",
        "created_at",
        "updated_at",
        "started_at",
        "monitoring_at",
        "resolved_at",
        "shortlink",
        "page_id",
        "incident_updates",
        "components",
        "reminder_intervals",
    }
)
UPDATE_KEYS = frozenset(
    {
        "id",
        "status",
        "body",
        "incident_id",
        "created_at",
        "updated_at",
        "display_at",
        "affected_components",
        "deliver_notifications",
        "custom_tweet",
        "tweet_id",
    }
)
COMPONENT_KEYS = frozenset(
    {
        "id",
        "name",
        "status",
        "created_at",
        "updated_at",
        "position",
        "description",
        "showcase",
        "start_date",
        "group_id",
        "page_id",
        "group",
        "only_show_if_degraded",
    }
)
PAGE_KEYS = frozenset({"id", "name", "url", "time_zone", "updated_at"})


def violations(
    summary: Json,
    status: Json,
    incidents: Json,
    unresolved: Json | None = None,
    components: Json | None = None,
    *,
    answered: Collection[str] | None = None,
) -> list[str]:
    """Return what is wrong with a set of documents; empty when nothing is.

    Args:
        summary: ``summary.json``.
        status: ``status.json``.
        incidents: ``incidents.json``.
        unresolved: ``incidents/unresolved.json``, where it is to be compared.
        components: ``components.json``, where it is to be compared.
        answered: the addresses that answer; where given, every shortlink must be one.
    """
    found = [
        *_envelopes([summary, status, incidents, unresolved or summary, components or summary]),
        *_banner(summary, status),
        *_unresolved(summary, incidents, unresolved),
        *(f"component {words}" for each in summary["components"] for words in _component(each)),
    ]
    if components is not None and components["components"] != summary["components"]:
        found.append("components.json and summary.json tell different components")
    for one in [*summary["incidents"], *incidents["incidents"]]:
        found += [f"incident {one.get('id')}: {words}" for words in _incident(one)]
        if answered is not None and one["shortlink"] not in answered:
            found.append(f"incident {one['id']}: {one['shortlink']} does not answer")
    return found


def _envelopes(documents: Sequence[Json]) -> Iterator[str]:
    for document in documents:
        page = document["page"]
        if set(page) != PAGE_KEYS:
            yield f"page has the keys {sorted(page)}"
        if page != documents[0]["page"]:
            yield "two documents tell different pages"
        yield from _times(page, ("updated_at",), ())


def _banner(summary: Json, status: Json) -> Iterator[str]:
    banner = summary["status"]
    if banner != status["status"]:
        yield "status.json and summary.json tell different states"
    if banner["indicator"] not in IMPACTS:
        yield f"indicator {banner['indicator']} is none"
        return
    shown = IMPACTS.index(banner["indicator"])
    for one in summary["incidents"]:
        if IMPACTS.index(one["impact"]) > shown:
            yield f"indicator {banner['indicator']} is milder than {one['id']}: {one['impact']}"
    states = [COMPONENTS.index(each["status"]) for each in summary["components"]]
    if max(states, default=0) > 0 and shown == 0:
        yield "the banner says none while a component is not operational"
    if shown > 0 and states and max(states) == 0:
        yield "the banner says trouble while every component is operational"


def _unresolved(summary: Json, incidents: Json, unresolved: Json | None) -> Iterator[str]:
    listed = incidents["incidents"]
    if len(listed) > 50:
        yield f"incidents.json holds {len(listed)} incidents"
    created = [one["created_at"] for one in listed]
    if created != sorted(created, reverse=True):
        yield "incidents.json is not newest first"
    ids = {one["id"] for one in summary["incidents"]}
    if any(one["status"] not in OPEN for one in summary["incidents"]):
        yield "summary.json holds an incident that is not open"
    if any(one["status"] in OPEN and one["id"] not in ids for one in listed):
        yield "summary.json misses an open incident"
    if unresolved is not None and unresolved["incidents"] != summary["incidents"]:
        yield "unresolved.json and summary.json tell different incidents"


def _component(one: Json) -> Iterator[str]:
    if set(one) < COMPONENT_KEYS:
        yield f"{one.get('id')} misses {sorted(COMPONENT_KEYS - set(one))}"
    if one["status"] not in COMPONENTS:
        yield f"{one['id']} has the state {one['status']}"
    yield from _times(one, ("created_at", "updated_at"), ())


def _incident(one: Json) -> Iterator[str]:
    missing = INCIDENT_KEYS - set(one)
    extra = {key for key in set(one) - INCIDENT_KEYS if not key.startswith("x_")}
    if missing or extra:
        yield f"misses {sorted(missing)}, adds {sorted(extra)}"
        return
    if len(one["name"]) > 255:
        yield "has a name of more than 255 characters"
    if one["status"] not in (*OPEN, *CLOSED) or one["impact"] not in IMPACTS:
        yield f"has the state {one['status']}, the impact {one['impact']}"
    if (one["resolved_at"] is not None) != (one["status"] in CLOSED):
        yield f"is {one['status']} with resolved_at {one['resolved_at']}"
    must, may = ("created_at", "updated_at", "started_at"), ("monitoring_at", "resolved_at")
    yield from _times(one, must, may)
    yield from _updates(one)


def _updates(one: Json) -> Iterator[str]:
    updates = one["incident_updates"]
    if not updates:
        yield "has no update"
        return
    for update in updates:
        if set(update) != UPDATE_KEYS:
            yield f"has an update with the keys {sorted(update)}"
            return
        yield from _times(update, ("created_at", "updated_at", "display_at"), ())
        if update["incident_id"] != one["id"]:
            yield "has an update of another incident"
    if one["status"] != "postmortem" and updates[0]["status"] != one["status"]:
        yield f"is {one['status']}, its newest update {updates[0]['status']}"
    shown = [update["created_at"] for update in updates]
    if shown != sorted(shown, reverse=True):
        yield "has updates that are not newest first"
    if one["updated_at"] < shown[0]:
        yield "was changed before its newest update"
    if len({update["id"] for update in updates}) != len(updates):
        yield "has two updates of the same id"


def _times(one: Json, must: Sequence[str], may: Sequence[str]) -> Iterator[str]:
    for key in (*must, *may):
        value = one[key]
        if value is None and key in may:
            continue
        if not isinstance(value, str) or not TIME.fullmatch(value):
            yield f"{key} is {value!r}"
