"""What an issue says of the release it followed: while its posts tell, and then no more."""

from datetime import timedelta

from classifiers.issues import IssueWriter
from classifiers.register.following import follow_anew, follow_release, release_of
from classifiers.tables import Issue, IssueKind, IssueState, Release
from config.database import transaction
from config.ground import Ground
from listener.tables import Product
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen

HOUR = timedelta(hours=1)
SAID = [Said(thread=None, text="It hangs since 5.2."), Said(thread=None), Said(thread=None)]


def shipped(ground: Ground, version: str = "5.2", hours: float = 1.0) -> None:
    """Put a release into the register that came out so long before noon."""
    with transaction(ground.engine) as session:
        at = NOON - HOUR * hours
        session.add(
            Release(product_id=1, version=version, released_at=at, source="test", heard_at=NOON)
        )


def followed(ground: Ground, number: int, *, later: timedelta = timedelta()) -> str | None:
    """Let the issue look at the register, so long after it was opened."""
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, number)
        follow_release(session, issue, now=NOON + later)
        session.add(issue)
        return issue.release


def set_state(ground: Ground, number: int, state: IssueState) -> None:
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, number)
        issue.state = state
        session.add(issue)


def test_what_its_posts_name_counts_when_they_join(ground: Ground) -> None:
    number = happen(ground, Incident(said=SAID))
    shipped(ground)
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, number)
        product = session.get_one(Product, row.product_id)
        IssueWriter(session, product, now=NOON).explain_anew([number])
        session.refresh(row)
        assert row.release == "5.2"
        assert "1 of 1 person who names a version names it" in (row.release_reason or "")


def test_without_a_register_nothing_is_followed(ground: Ground) -> None:
    assert followed(ground, happen(ground, Incident(said=SAID))) is None


def test_spam_follows_no_release(ground: Ground) -> None:
    number = happen(ground, Incident(said=SAID, kind=IssueKind.SPAM))
    shipped(ground)
    assert followed(ground, number) is None


def test_after_a_week_it_stays_as_it_was(ground: Ground) -> None:
    number = happen(ground, Incident(said=SAID))
    assert followed(ground, number) is None
    shipped(ground)
    assert followed(ground, number, later=timedelta(days=8)) is None
    assert followed(ground, number, later=timedelta(days=6)) == "5.2"


def test_of_a_resolved_issue_nothing_changes(ground: Ground) -> None:
    number = happen(ground, Incident(said=SAID))
    set_state(ground, number, IssueState.RESOLVED)
    shipped(ground)
    assert followed(ground, number) is None
    with transaction(ground.engine) as session:
        assert follow_anew(session, 1, changed_at=NOON - HOUR) == 0


def test_a_change_of_the_register_counts_for_old_open_issues_and_as_a_change(
    ground: Ground,
) -> None:
    number = happen(ground, Incident(said=SAID))
    shipped(ground)
    with transaction(ground.engine) as session:
        assert follow_anew(session, 1, changed_at=NOON - HOUR) == 1
        assert follow_anew(session, 1, changed_at=NOON - HOUR) == 0, "nothing new, no change"
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, number)
        assert (row.release, row.version) == ("5.2", 2)


def test_a_release_long_before_or_after_looks_at_no_issue(ground: Ground) -> None:
    happen(ground, Incident(said=SAID))
    shipped(ground)
    with transaction(ground.engine) as session:
        for far in (NOON - timedelta(days=60), NOON + timedelta(days=2)):
            assert follow_anew(session, 1, changed_at=far) == 0


def test_a_product_with_many_issues_blames_its_release_less(ground: Ground) -> None:
    number = happen(ground, Incident(said=SAID))
    shipped(ground)
    with transaction(ground.engine) as session:
        alone = release_of(session, session.get_one(Issue, number))
    for _ in range(2):
        before = happen(ground, Incident(said=[], alerted=False))
        with transaction(ground.engine) as session:
            session.get_one(Issue, before).first_seen_at = NOON - HOUR
    with transaction(ground.engine) as session:
        among_many = release_of(session, session.get_one(Issue, number))
    assert alone is not None
    assert among_many is not None
    assert among_many.probability < alone.probability
