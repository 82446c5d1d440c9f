"""Each silence is told once, and ends with a word."""

from datetime import timedelta

from sqlmodel import select

from classifiers.tables import Severity
from config.database import reading
from config.ground import Ground
from responders.delivery.opening import destinations
from responders.delivery.tables import Delivery
from responders.voice.ledger import store_silence
from responders.voice.ledger.silences import tell_of_silences
from responders.voice.tables import Silence
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, erase, forget, happen
from tests.responders.voice.acts import (
    flag,
    later,
    merge,
    notices,
    pages,
    respond,
    send,
    set_state,
)

FOUR = Incident(said=[Said(thread=f"t{number}") for number in range(4)])


def silences(ground: Ground) -> list[Silence]:
    with reading(ground.engine) as session:
        return list(session.exec(select(Silence).order_by(Silence.id)).all())  # type: ignore[arg-type]  # a column


def told(ground: Ground) -> list[Delivery]:
    return [row for row in notices(ground) if "|silence|" in row.key]


def test_each_destination_is_told_once_of_a_silence(ground: Ground) -> None:
    issue = happen(ground, FOUR)
    respond(ground)
    assert tell_of_silences(later(ground, hours=3.9)) == 0
    for hours in (4, 5, 50):
        tell_of_silences(later(ground, hours=hours))
    names = [to.name for to in destinations(ground.settings)]
    assert [row.key for row in told(ground)] == [f"{name}|{issue}|silence|1" for name in names]
    text = told(ground)[0].text
    assert text.startswith(f"GS-{issue} “App hangs when a note is opened”: 4 posts, and no public")
    assert text.endswith("Say what is known, even if that is little. 5 drafts wait for a decision.")
    assert not any(row.public for row in told(ground))


def test_it_ends_with_a_word_and_the_next_one_is_another(ground: Ground) -> None:
    issue = happen(ground, FOUR)
    respond(ground)
    tell_of_silences(later(ground, hours=4))
    five = later(ground, hours=5)
    respond(five)
    send(five, pages(five, issue)[0])
    assert tell_of_silences(later(ground, hours=5)) == 1
    assert [row.ended_at for row in silences(ground)] == [NOON + timedelta(hours=5)]
    # A promise runs now, so that nothing more is a silence until it is kept or the issue is over.
    assert tell_of_silences(later(ground, hours=300)) == 0


def test_an_issue_that_needs_no_word_any_more_is_not_silent(ground: Ground) -> None:
    issue = happen(ground, FOUR)
    tell_of_silences(later(ground, hours=4))
    set_state(ground, issue, "resolved")
    five = later(ground, hours=5)
    assert tell_of_silences(five) == 1
    assert [row.ended_at for row in silences(ground)] == [five.clock.now()]


def test_a_hushed_issue_makes_no_silence_and_one_for_people_does(ground: Ground) -> None:
    hushed, ours = happen(ground, FOUR), happen(ground, FOUR)
    flag(ground, hushed, "muted")
    flag(ground, ours, "human-only")
    tell_of_silences(later(ground, hours=9))
    assert [row.issue_id for row in silences(ground)] == [ours]


def test_posts_of_staff_history_and_erased_ones_are_no_noise(ground: Ground) -> None:
    said = [Said(), Said(), Said(role="staff"), Said(backfill=True), Said(erased=True)]
    happen(ground, Incident(said=said))
    assert tell_of_silences(later(ground, hours=9)) == 0


def test_a_small_issue_counts_once_a_person_took_it_for_ours(ground: Ground) -> None:
    small = Incident(said=FOUR.said, severity=Severity.MINOR)
    issue = happen(ground, small)
    assert tell_of_silences(later(ground, hours=90)) == 0
    set_state(later(ground, hours=90), issue, "investigating")
    assert tell_of_silences(later(ground, hours=91)) == 1


def test_a_silence_about_a_part_ends_and_the_whole_has_its_own(ground: Ground) -> None:
    part, whole = happen(ground, FOUR), happen(ground, FOUR)
    tell_of_silences(later(ground, hours=4))
    merge(ground, part, whole)
    tell_of_silences(later(ground, hours=5))
    with reading(ground.engine) as session:
        assert set(store_silence.silences(session)) == {whole}


def test_a_text_that_left_and_is_not_recorded_yet_is_waited_for(ground: Ground) -> None:
    from tests.responders.voice.acts import approve, end

    issue = happen(ground, FOUR)
    respond(ground)
    page = pages(ground, issue)[0]
    approve(ground, page)
    end(ground, page)
    assert tell_of_silences(later(ground, hours=9)) == 0


def test_a_notice_that_waits_is_drawn_anew_without_what_was_erased(ground: Ground) -> None:
    said = [Said(text=f"It hangs, says number {number}.", thread=f"t{number}") for number in "1234"]
    issue = happen(ground, Incident(said=said))
    four = later(ground, hours=4)
    tell_of_silences(four)
    erase(ground, "number 1")
    forget(ground, issue, title="It hangs")
    respond(four)
    rows = told(ground)
    assert rows
    assert all(row.text.startswith(f"GS-{issue} “It hangs”: 3 posts, and no") for row in rows)
    assert {row.drawn_without for row in rows} == {1}
