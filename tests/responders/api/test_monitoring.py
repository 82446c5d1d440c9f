from dataclasses import replace

import pytest
from sqlmodel import select

from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Source
from responders import overview
from responders.api.metrics import Metric, Sample, exposed, metrics_of
from responders.commands.status import status_json
from responders.delivery.tables import DeliveryState
from tests.conftest import NOON
from tests.responders.api.asked import asking, outside
from tests.responders.console.rooms import deliver, propose
from tests.responders.incidents import Incident, happen


def test_the_numbers_are_told_to_this_machine_without_a_key(ground: Ground) -> None:
    issue = happen(ground, Incident())
    deliver(ground, propose(ground, issue), DeliveryState.IN_DOUBT)
    with outside(ground) as client:
        answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    lines = answer.text.splitlines()
    assert "groundswell_issues_open 1" in lines
    assert "groundswell_paused 0" in lines
    assert 'groundswell_deliveries{state="in_doubt"} 1' in lines
    assert lines.count("# TYPE groundswell_posts gauge") == 1


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("10.0.0.9", {}),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.9"}),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.9"}),
        ("127.0.0.1", {"Host": "console.example"}),
    ],
)
def test_elsewhere_the_numbers_need_a_key(
    ground: Ground, peer: str, headers: dict[str, str]
) -> None:
    with outside(ground, peer=peer) as client:
        assert client.get("/metrics", headers=headers).status_code == 401
    with asking(ground) as program:
        answer = program.client.get("/metrics", headers={**headers, **program.headers})
    assert answer.status_code == 200


def test_no_word_of_anybody_and_no_address_stands_in_them(ground: Ground) -> None:
    happen(ground, Incident())
    with outside(ground) as client:
        text = client.get("/metrics").text
    for word in ("hangs", "forum", "http", "Fernsync", "ruth"):
        assert word not in text


def test_each_number_has_its_help_and_its_kind_once(ground: Ground) -> None:
    with reading(ground.engine) as session:
        found = overview.look(session, ground.settings, machine_time=NOON)
    metrics = list(metrics_of(found))
    names = [metric.name for metric in metrics]
    assert len(names) == len(set(names))
    assert "last_heard_timestamp_seconds" not in names
    assert "groundswell_posts 3" in exposed(metrics_of(replace(found, posts=3))).splitlines()


def test_what_stands_in_a_label_cannot_end_it() -> None:
    metric = Metric("x", "Some.", [Sample(1.5, {"state": 'a"b\\c\nd'})])
    assert exposed([metric]).splitlines()[-1] == r'groundswell_x{state="a\"b\\c\nd"} 1.500000'


def test_they_count_the_places_that_status_tells(ground: Ground) -> None:
    issue = happen(ground, Incident())
    assert issue
    with transaction(ground.engine) as session:
        for row in session.exec(select(Source)).all():
            row.enabled = False  # such as a file that was read once
            session.add(row)
    with reading(ground.engine) as session:
        found = overview.look(session, ground.settings, machine_time=NOON)
    told = status_json(found)["sources"].values()
    counted = next(one for one in metrics_of(found) if one.name == "sources")
    assert sum(one.value for one in counted.samples) == len(told) > 0
    assert {one.labels["state"] for one in counted.samples} == set(told)
