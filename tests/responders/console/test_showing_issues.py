"""The list of issues and the page of one."""

from datetime import timedelta

from classifiers.tables import Issue, IssueState
from config.database import transaction
from config.ground import Ground
from responders.delivery.tables import DeliveryState
from responders.page.tables import Incident as Entry
from responders.page.tables import IncidentUpdate
from responders.voice.tables import Promise, PromiseState, Told
from tests.conftest import NOON
from tests.responders.console.rooms import deliver, propose, visiting, words
from tests.responders.incidents import Incident, Said, happen


def _publish(ground: Ground, issue_id: int, status: str) -> None:
    with transaction(ground.engine) as session:
        entry = Entry(
            public_id=f"gs-{issue_id}", issue_id=issue_id, name="Notes", status=status,
            impact="major", started_at=NOON, created_at=NOON, updated_at=NOON,
        )  # fmt: skip
        session.add(entry)
        session.flush()
        assert entry.id is not None
        session.add(
            IncidentUpdate(
                incident_id=entry.id,
                delivery_key="k",
                name="Notes",
                status=status,
                body="b",
                created_at=NOON,
            )
        )


def _tell_and_promise(ground: Ground, issue: int, *, draft: int, delivery: int) -> None:
    """Let one thread have been told, one promise be kept and the next one be open."""
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, issue)
        row.state = IssueState.IDENTIFIED
        session.add(row)
        session.add(
            Told(
                issue_id=issue,
                thread_id=1,
                draft_id=draft,
                delivery_id=delivery,
                phase="investigating",
                told_at=NOON,
            )
        )
        for minutes, state in ((-30, PromiseState.KEPT), (48, PromiseState.OPEN)):
            session.add(
                Promise(
                    product_id=row.product_id,
                    issue_id=issue,
                    state=state,
                    due_at=NOON + timedelta(minutes=minutes),
                    made_at=NOON - timedelta(hours=1),
                    settled_at=NOON - timedelta(minutes=35) if minutes < 0 else None,
                )
            )


def test_the_page_of_an_issue_says_who_was_told_what_was_promised_and_where_it_stands(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident(said=[Said(thread=f"t{n}") for n in range(3)]))
    draft = propose(ground, issue)
    delivery = deliver(ground, draft, DeliveryState.SENT, sent_at=NOON, tries=1)
    _publish(ground, issue, "investigating")
    _tell_and_promise(ground, issue, draft=draft, delivery=delivery)
    with visiting(ground) as visit:
        page = visit.see(f"/console/issues/GS-{issue}")
    shown = words(page)
    assert "1 of 3 threads" in shown
    assert "1 told 2 not answered yet" in shown
    assert "kept at 11:25 UTC" in shown
    assert "Next word promised by 12:48 UTC in 48 min" in shown
    assert "The page still says investigating." in shown
    assert "Investigating 12:00 UTC page, 1 thread" in shown
    assert "open, 1 thread" in shown
    assert page.count('class="pic"') == 1
    assert "The same as a table" in shown


def test_a_new_issue_says_what_is_not_there_yet_and_what_comes(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(thread=None)]))
    with visiting(ground) as visit:
        shown = words(visit.see(f"/console/issues/{issue}"))
    assert "No thread of people speaks of it" in shown
    assert "Nothing is promised yet" in shown
    assert "No text is drafted yet" in shown


def test_forty_threads_are_cells_and_more_are_one_bar(ground: Ground) -> None:
    few = happen(ground, Incident(said=[Said(thread=f"a{n}") for n in range(40)]))
    many = happen(ground, Incident(said=[Said(thread=f"b{n}") for n in range(41)]))
    with visiting(ground) as visit:
        assert 'class="share"' not in visit.see(f"/console/issues/GS-{few}")
        shown = visit.see(f"/console/issues/GS-{many}")
    assert 'class="share"' in shown
    assert "41 not answered yet" in words(shown)


def test_all_posts_are_a_link_away(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text=f"It hangs, {n}.") for n in range(12)]))
    with visiting(ground) as visit:
        page = visit.see(f"/console/issues/GS-{issue}")
        assert page.count('class="member"') == 8
        assert visit.see(f"/console/issues/GS-{issue}?posts=all").count('class="member"') == 12
        for span in ("day", "week", "nonsense"):
            visit.see(f"/console/issues/GS-{issue}?span={span}")


def test_the_list_holds_what_is_open_and_on_request_everything(ground: Ground) -> None:
    happen(ground, Incident(title="Open one"))
    done = happen(ground, Incident(title="Done one"))
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, done)
        row.state = IssueState.RESOLVED
        session.add(row)
    with visiting(ground) as visit:
        assert "Done one" not in visit.see("/console/issues")
        shown = words(visit.see("/console/issues?show=all"))
    assert shown.index("Open one") < shown.index("Done one")


def test_an_empty_list_never_says_that_all_is_well(ground: Ground) -> None:
    with visiting(ground) as visit:
        shown = words(visit.see("/console/issues"))
    assert "nothing new was noticed in what was heard" in shown
    assert "See where we listen" in shown
