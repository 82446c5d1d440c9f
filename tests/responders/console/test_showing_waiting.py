"""Who waits for a word, at the console."""

from config.ground import Ground
from tests.responders.console.rooms import visiting, words
from tests.responders.incidents import Incident, Said, happen
from tests.responders.voice.acts import respond


def test_those_who_wait_are_listed_with_why_the_longest_first(ground: Ground) -> None:
    law = Said(thread="b", text="It hangs and my lawyer will sue you.")
    happen(ground, Incident(said=[Said(thread="a"), law], title="It <b>hangs</b>"))
    respond(ground)
    with visiting(ground) as visit:
        page = visit.see("/console/waiting")
    said = words(page)
    assert "In 2 threads about open issues nothing of ours stands yet" in said
    assert "A draft waits for approval" in said
    assert "law" in said
    assert "It <b>hangs" not in page
    assert page.index("https://forum.example/t/a") < page.index("https://forum.example/t/b")
    assert 'href="/console/drafts/' in page
    assert 'aria-current="page">Waiting' in page


def test_where_nobody_waits_it_says_what_that_means(ground: Ground) -> None:
    with visiting(ground) as visit:
        assert "Nobody waits" in words(visit.see("/console/waiting"))


def test_strangers_are_shown_the_door(ground: Ground) -> None:
    with visiting(ground) as visit:
        visit.client.cookies.clear()
        answer = visit.client.get("/console/waiting", follow_redirects=False)
    assert answer.status_code == 303
