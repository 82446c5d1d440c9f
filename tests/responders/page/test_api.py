import json
from dataclasses import replace
from datetime import timedelta

import pytest

from responders.page import api
from responders.page.snapshot import Impact, Part
from tests.conftest import NOON
from tests.responders.page.shown import HOSTILE, entry, moment

PATHS = {
    "api/v2/summary.json",
    "api/v2/status.json",
    "api/v2/components.json",
    "api/v2/incidents.json",
    "api/v2/incidents/unresolved.json",
    "api/v2/scheduled-maintenances.json",
    "api/v2/scheduled-maintenances/upcoming.json",
    "api/v2/scheduled-maintenances/active.json",
}


def test_every_path_of_the_interface_is_written() -> None:
    assert set(api.documents(moment())) == PATHS


def test_an_incident_is_told_as_statuspages_clients_read_it() -> None:
    one = entry(1, "investigating", "monitoring")
    told = api.documents(moment(one))["api/v2/incidents.json"]["incidents"][0]
    assert told["status"] == "monitoring"
    assert told["monitoring_at"] == told["updated_at"] == "2026-05-12T10:30:00.000Z"
    assert told["resolved_at"] is None
    assert told["shortlink"] == "https://status.fernsync.example/incidents/gs-1"
    assert [each["status"] for each in told["incident_updates"]] == ["monitoring", "investigating"]
    newest = told["incident_updates"][0]
    assert newest["body"] == "We know that notes do not sync.<br /><br />Next word by 16:00 UTC."
    assert newest["affected_components"] == [
        {
            "code": "part-1",
            "name": "Fernsync",
            "old_status": "partial_outage",
            "new_status": "partial_outage",
        }
    ]


def test_what_only_we_know_stands_in_keys_of_our_own() -> None:
    one = replace(entry(1), known={"workaround": ["Log out.", "Log in."], "symptoms": "spins"})
    document = api.documents(moment(one))["api/v2/summary.json"]
    known = document["incidents"][0]["x_known_issue"]
    assert known == {
        "symptoms": ["spins"],
        "affected_versions": [],
        "platforms": [],
        "not_affected": [],
        "workaround": "Log out.\nLog in.",
        "fixed_in": None,
        "report_count": 9,
        "me_too_count": 0,
        "next_update_by": "2026-05-12T16:00:00.000Z",
        "first_reported_at": "2026-05-12T10:00:00.000Z",
        "language": "en",
    }
    assert document["x_heartbeat"]["last_heard_at"] == "2026-05-12T11:58:00.000Z"


@pytest.mark.parametrize(
    ("impact", "indicator", "component"),
    [
        ("none", "none", "operational"),
        ("minor", "minor", "degraded_performance"),
        ("major", "major", "partial_outage"),
        ("critical", "critical", "major_outage"),
    ],
)
def test_the_banner_and_the_component_follow_the_worst_impact(
    impact: Impact, indicator: str, component: str
) -> None:
    shot = moment(replace(entry(1), impact=impact), entry(2, "resolved", impact="critical"))
    summary = api.documents(shot)["api/v2/summary.json"]
    assert summary["status"] == {"indicator": indicator, "description": "1 known issue"}
    assert summary["components"][0]["status"] == component


def test_only_the_part_it_is_about_suffers() -> None:
    shot = moment(entry(1))
    other = Part(id=2, name="Other", created_at=NOON)
    told = api.components(replace(shot, parts=[*shot.parts, other]))
    assert [each["status"] for each in told] == ["partial_outage", "operational"]


def test_at_most_fifty_incidents_are_listed_the_newest_first() -> None:
    shot = moment(*(entry(n, "resolved", began_h=n + 1) for n in range(1, 80)))
    listed = api.documents(shot)["api/v2/incidents.json"]["incidents"]
    assert [one["id"] for one in listed] == [f"gs-{n}" for n in range(1, 51)]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_makes_valid_json(text: str) -> None:
    shot = moment(
        replace(entry(1, name=text, body=text), known={"workaround": text, "language": 7})
    )
    for document in api.documents(shot).values():
        assert json.loads(json.dumps(document, ensure_ascii=False).encode()) == document


def test_what_depends_on_rows_alone_does_not_change_with_the_clock() -> None:
    shot = moment(entry(1))
    later = replace(shot, now=NOON + timedelta(minutes=1))
    before, after = api.documents(shot), api.documents(later)
    changed = {path for path in PATHS if before[path] != after[path]}
    assert changed == {"api/v2/summary.json", "api/v2/status.json"}
