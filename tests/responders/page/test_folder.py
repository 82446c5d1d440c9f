import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from config.clock import FixedClock
from config.database import transaction
from listener.tables import Source, SourceState
from responders.page.folder import Folder
from responders.page.invariants import violations
from responders.page.publish import build_to
from responders.page.remembering import FILE
from responders.page.tables import Incident
from tests.conftest import NOON
from tests.responders.incidents import Said, say_more
from tests.responders.page.published import Office

EVERYTHING = {
    "404.html", "index.html", "history/index.html", "history.atom", "history.rss", "updates.atom",
    "updates.rss", "assets/mark.svg", "assets/page.css", "assets/page.js", "assets/tokens.css",
    "api/v2/summary.json", "api/v2/status.json", "api/v2/components.json",
    "api/v2/incidents.json", "api/v2/incidents/unresolved.json",
    "api/v2/scheduled-maintenances.json", "api/v2/scheduled-maintenances/upcoming.json",
    "api/v2/scheduled-maintenances/active.json",
}  # fmt: skip
BEATING = {"index.html", "api/v2/summary.json", "api/v2/status.json"}


def _json(office: Office, name: str) -> dict[str, object]:
    made: dict[str, object] = json.loads(office.files()[f"api/v2/{name}.json"])
    return made


def _faults(office: Office) -> list[str]:
    shortlinks = {
        f"http://127.0.0.1:8080/{path.removesuffix('/index.html')}" for path in office.files()
    }
    documents = (
        _json(office, name)
        for name in ("summary", "status", "incidents", "incidents/unresolved", "components")
    )
    return violations(*documents, answered=shortlinks)


def test_an_empty_installation_has_a_whole_page(office: Office) -> None:
    assert office.write() == len(EVERYTHING)
    assert set(office.files()) == EVERYTHING
    assert b"No place is listened to yet." in office.files()["index.html"]


def test_nothing_is_written_while_nothing_changed(office: Office) -> None:
    office.say(office.issue())
    assert office.write() > 0
    before = office.files()
    office.later(seconds=59)
    assert office.write() == 0
    assert office.files() == before


def test_the_heartbeat_rewrites_what_tells_the_time_and_nothing_else(office: Office) -> None:
    open_one, done = office.issue(), office.issue("Old trouble")
    office.say(done, "resolved", due=None)
    office.say(open_one)
    office.write()
    before = office.files()
    office.later(seconds=60)
    assert office.write() == len(BEATING) + 1
    after = office.files()
    changed = {path for path, text in after.items() if before[path] != text}
    assert changed == BEATING | {f"incidents/gs-{open_one}/index.html"}


def test_the_heartbeat_runs_on_the_machines_time(office: Office) -> None:
    office.issue()
    office.write()
    office.at += timedelta(minutes=10)
    assert office.write() == 0
    office.machine += timedelta(seconds=61)
    assert office.write() == 3


def test_an_update_shows_at_once_everywhere(office: Office) -> None:
    issue = office.issue()
    office.write()
    office.say(issue)
    assert office.write() > 0
    files = office.files()
    for path in ("index.html", f"incidents/gs-{issue}/index.html", "history/index.html",
                 "history.atom", "updates.rss", "api/v2/summary.json"):  # fmt: skip
        assert b"Notes do not sync" in files[path], path
    assert _faults(office) == []


def test_a_promise_that_fell_due_shows_overdue_without_a_new_row(office: Office) -> None:
    issue = office.issue()
    office.say(issue, due="2026-05-12T12:00:30Z")
    office.write()
    assert b"update overdue" not in office.files()["index.html"]
    office.later(seconds=30)
    assert office.write() == 0
    office.later(seconds=1)
    assert office.write() > 0
    assert b"update overdue" in office.files()["index.html"]
    assert b"update overdue" in office.files()[f"incidents/gs-{issue}/index.html"]
    office.say(issue, "resolved", due=None)
    office.write()
    assert b"update overdue" not in office.files()["index.html"]


def test_a_place_that_falls_silent_shows_without_waiting_for_the_heartbeat(office: Office) -> None:
    office.issue()
    office.listen()
    office.write()
    assert b"heard 12:00 UTC" in office.files()["index.html"]
    office.listen(state=SourceState.UNREACHABLE)
    assert office.write() > 0
    assert b"silent since 12:00 UTC" in office.files()["index.html"]


def test_every_look_is_noted_and_drawn_with_the_next_heartbeat(office: Office) -> None:
    office.issue()
    for _ in range(4):
        office.listen()
        office.write()
        office.later(seconds=20)
    office.write()
    assert office.files()["index.html"].count(b'y1="2"') == 4


def test_manual_and_disabled_sources_are_no_places(office: Office) -> None:
    office.issue()
    with transaction(office.ground.engine) as session:
        product = session.exec(select(Source.product_id)).one()
        for name, kind, enabled in (("pasted", "manual", True), ("gone", "feed", False)):
            session.add(
                Source(
                    product_id=product, name=name, kind=kind, url="x", enabled=enabled,
                    created_at=NOON,
                )
            )  # fmt: skip
    office.write()
    assert b"pasted" not in office.files()["index.html"]
    assert b"gone" not in office.files()["index.html"]


def test_two_hundred_incidents_are_written_once_each(office: Office) -> None:
    issues = office.past(200)
    assert office.write() > 200
    assert _faults(office) == []
    files = office.files()
    assert len([path for path in files if path.startswith("incidents/")]) == 200
    listed = [text for path, text in files.items() if path.startswith("history/2026")]
    assert sum(text.count(b"/incidents/gs-") for text in listed) == 200
    page = files["index.html"]
    assert page.count(b'class="entry"') == 10
    office.say(issues[199], "resolved", due=None, text="Trouble 199\n\nDone.")
    office.machine += timedelta(seconds=1)
    assert office.write() < 30
    assert _faults(office) == []


def test_after_an_upgrade_old_pages_are_written_a_few_at_a_time(office: Office) -> None:
    office.past(30)
    clock = FixedClock(office.machine)
    folder = Folder(office.now, office.folder, clock, batch=10)
    folder.write()
    counts = [len([path for path in office.files() if path.startswith("incidents/")])]
    while folder.due():
        folder.write()
        counts.append(len([path for path in office.files() if path.startswith("incidents/")]))
    assert counts == [12, 22, 30]
    assert _faults(office) == []
    whole = office.files()
    shutil.rmtree(office.folder)
    assert Folder(office.now, office.folder, clock, batch=10).write_everything() == len(whole)
    assert office.files() == whole


def test_a_resolved_page_is_left_alone_until_its_incident_changes(office: Office) -> None:
    done, other = office.issue("Old trouble"), office.issue()
    office.say(done, "resolved", due=None)
    office.write()
    path = f"incidents/gs-{done}/index.html"
    before = (office.folder / path).stat().st_mtime_ns
    say_more(office.ground, done, Said(text="Me too"))
    office.later(minutes=5)
    office.say(other)
    office.write()
    assert (office.folder / path).stat().st_mtime_ns == before
    office.later(minutes=5)
    office.say(done, text="Old trouble\n\nIt came back.")
    office.write()
    assert b"It came back" in office.files()[path]


def test_a_page_file_that_was_lost_comes_back(office: Office) -> None:
    done = office.issue()
    office.say(done, "resolved", due=None)
    office.write()
    whole = office.files()
    shutil.rmtree(office.folder)
    assert office.write() == len(whole)
    assert office.files() == whole
    (office.folder / FILE).write_text("{damaged", encoding="utf-8")
    office.write()
    assert office.files() == whole


def test_a_writer_killed_anywhere_leaves_a_page_that_the_next_run_completes(
    office: Office, tmp_path: Path
) -> None:
    """The files in the order they were written: a prefix is what a kill leaves behind."""
    one, two = office.issue(), office.issue("Second")
    office.say(one)
    office.write()
    old = tmp_path / "old"
    shutil.copytree(office.folder, old)
    office.later(seconds=1)
    office.say(two, text="Second\n\nWe know.")
    office.say(one, "resolved", due=None)
    office.write()
    new = office.files()
    before = office.files(old)
    changed = sorted(
        (path for path in new if new[path] != before.get(path)),
        key=lambda path: (office.folder / path).stat().st_mtime_ns,
    )
    assert changed[-1] == "index.html"
    for killed_after in (0, 1, 5, 9, len(changed) - 1, len(changed)):
        shutil.rmtree(office.folder)
        shutil.copytree(old, office.folder)
        for path in changed[:killed_after]:
            (office.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (office.folder / path).write_bytes(new[path])
        (office.folder / ".index.html.tmp").write_bytes(b"<half")
        for path in office.files():
            if path.endswith(".json"):
                json.loads(office.files()[path])
        links = office.files()["index.html"].split(b'href="./incidents/')[1:]
        for link in links:
            assert f"incidents/{link.split(b'/')[0].decode()}/index.html" in office.files()
        assert office.write() == len(changed) - killed_after
        assert office.files() == new


def test_a_build_elsewhere_is_the_same_page(office: Office, tmp_path: Path) -> None:
    office.say(office.issue())
    office.write()
    out = tmp_path / "out"
    built = build_to(office.now, out, machine=FixedClock(office.machine))
    assert built == len(office.files())
    assert office.files(out) == office.files()
    assert build_to(office.now, out, machine=FixedClock(office.machine)) == 0


@pytest.mark.parametrize("state", ["investigating", "resolved"])
def test_counts_of_people_and_places_stand_without_names(office: Office, state: str) -> None:
    issue = office.issue()
    office.say(issue, state)
    office.write()
    page = office.files()[f"incidents/gs-{issue}/index.html"]
    assert b"2 people in 1 place" in page
    assert b"person " not in page.replace(b"2 people", b"")


def test_an_incident_whose_issue_was_published_before_keeps_its_id(office: Office) -> None:
    issue = office.issue()
    office.say(issue)
    with transaction(office.ground.engine) as session:
        row = session.exec(select(Incident)).one()
        row.known = {"workaround": "Log out.\nLog in.", "not_affected": ["iOS"], "symptoms": 3}
        session.add(row)
    office.write()
    page = office.files()[f"incidents/gs-{issue}/index.html"].decode()
    assert "What you can do now" in page
    assert "Log in." in page
    assert "iOS" in page
