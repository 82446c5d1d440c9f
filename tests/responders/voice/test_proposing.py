"""Texts that know whom they speak to, what they were told, and in which language they stand."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import select

from classifiers.facts import facts_of
from classifiers.naming import Told
from classifiers.tables import Issue, IssueEvent, IssueState
from config.database import transaction
from config.ground import Ground
from listener.tables import Product
from responders.delivery.channels.base import Message
from responders.page.publish import PagePublisher
from responders.page.tables import Incident as Published
from responders.voice.addressing import delivery_of
from responders.voice.tables import Draft
from responders.voice.words import packing
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen
from tests.responders.voice.acts import (
    all_drafts,
    at,
    edit,
    later,
    pages,
    replies,
    respond,
    send_all,
    set_state,
)
from tests.responders.voice.words.test_packing import ACK, DUTCH, bring

EXPERT = "The app answers HTTP 502 behind my proxy on Android 14, version 4.2.1."


def in_languages(ground: Ground, *languages: str) -> None:
    with transaction(ground.engine) as session:
        session.get_one(Product, 1).languages = list(languages)


def test_a_novice_is_asked_in_plain_words(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    text = replies(ground, issue)[0].text
    assert "It would help us to know which version you use and on which device you see it." in text


def test_an_expert_is_told_what_we_noted_and_is_not_asked_for_it(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text=EXPERT)]))
    respond(ground)
    text = replies(ground, issue)[0].text
    assert "We noted from your post: version 4.2.1 and Android 14." in text
    assert "the steps that lead to it" in text
    assert "which version" not in text


def test_what_the_same_person_wrote_elsewhere_in_the_thread_is_not_asked(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(), Said(text="Another: it is version 4.2.1 here.")]))
    respond(ground)
    assert "which version" in replies(ground, issue)[0].text  # two people, two posts


def test_a_follow_up_keeps_its_promise_and_says_so(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    soon = later(ground, hours=1)
    set_state(soon, issue, "identified")
    respond(soon)
    (text,) = [row.text for row in replies(soon, issue) if row.kind == "update"]
    assert text.startswith("As promised on Tuesday 12 May, here is an update on the problem")


def test_once_the_time_passed_without_a_word_it_says_that_it_comes_late(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    soon = later(ground, hours=3)
    set_state(soon, issue, "identified")
    respond(soon)
    late = at(ground, NOON + timedelta(hours=5))
    respond(late)
    (text,) = [row.text for row in replies(late, issue) if row.kind == "update"]
    assert text.startswith("This update comes later than we promised on Tuesday 12 May, and we are")
    assert respond(late) == 0


def test_a_way_around_in_another_language_is_left_out_and_told_once(ground: Ground) -> None:
    german = Said(text="Die App hängt, wenn ich eine Notiz öffne.", lang="de")
    issue = happen(ground, Incident(said=[german, Said(thread="t2")]))
    with transaction(ground.engine) as session:
        session.get_one(Issue, issue).workaround = {
            "text": "Close the application and pair your device with it again.",
            "by": "Ruth", "at": "2026-05-12T12:00:00Z", "post_id": None, "quoted": False,
        }  # fmt: skip
    respond(ground)
    first, second = replies(ground, issue)
    assert (first.language, "pair your device" in first.text) == ("de", False)
    assert first.reason == "not in German, so left out: the way around"
    assert "Until then this may help: Close the application and pair your device" in second.text
    assert respond(ground) == 0


def test_the_end_says_how_to_avoid_it_as_a_person_said(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond(ground)
    send_all(ground, issue)
    with transaction(ground.engine) as session:
        session.get_one(Issue, issue).state = IssueState.RESOLVED
        session.add(
            IssueEvent(
                issue_id=issue, at=NOON, kind="state", text="resolved", by="Ruth",
                data={"to": "resolved", "note": "", "avoid": "Keep the app at version 4.3"},
            )
        )  # fmt: skip
    respond(ground)
    texts = [row.text for row in all_drafts(ground, issue) if row.phase == "resolved"]
    assert len(texts) == 2
    assert all("To avoid it next time: Keep the app at version 4.3." in text for text in texts)


def test_the_page_is_written_in_the_products_first_language(ground: Ground) -> None:
    issue = happen(ground, Incident(title="(erased)", key_phrases=()))
    in_languages(ground, "de", "en")
    respond(ground)
    page = pages(ground, issue)[0]
    assert page.language == "de"
    assert page.text.startswith("Ein Problem, das mehrere Menschen melden\n\nWir wissen von diesem")
    assert respond(ground) == 0


def test_a_language_without_a_page_falls_back_as_a_whole(ground: Ground) -> None:
    issue = happen(ground, Incident())
    in_languages(ground, "fr", "de")
    respond(ground)
    page = pages(ground, issue)[0]
    assert (page.language, page.reason) == (
        "de", "written in German: our French pack has no text for this phase yet",
    )  # fmt: skip


def test_a_language_that_nobody_reviewed_says_so(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(lang="fr")]))
    respond(ground)
    (reply,) = replies(ground, issue)
    assert reply.language == "fr"
    assert "nobody has reviewed our French texts" in reply.reason


def test_packs_of_the_operator_are_used(ground: Ground, tmp_path: Path) -> None:
    bring(tmp_path / "own", {"nl/pack.toml": DUTCH, "nl/ack_investigating.j2": ACK})
    settings = ground.settings
    voice = settings.voice.model_copy(update={"packs": str(tmp_path / "own")})
    own = replace(ground, settings=settings.model_copy(update={"voice": voice}))
    issue = happen(own, Incident(said=[Said(lang="nl")]))
    respond(own)
    (reply,) = replies(own, issue)
    assert (reply.language, reply.text.splitlines()[0][:23]) == ("nl", "We kennen het probleem ")


WINDOWS = ("It hangs on Windows since version 5.2.", "Windows here, hangs since version 5.2, too.")
SAYS_WHO = "We have heard of it on Windows with version 5.2."


def people_name(ground: Ground, issue: int, *texts: str) -> None:
    """Let the classifiers find in the issue what these people name."""
    told = [Told(str(one), text, author=f"a{one}") for one, text in enumerate(texts)]
    with transaction(ground.engine) as session:
        session.get_one(Issue, issue).facts = facts_of(told)


def test_replies_and_page_say_where_several_people_see_it(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    people_name(ground, issue, *WINDOWS)
    respond(ground)
    for draft in all_drafts(ground, issue):
        assert SAYS_WHO in draft.text
        assert not [one for one in draft.findings if one["level"] == "block"]
        assert "affected" not in {one["rule"] for one in draft.findings}


def test_one_person_is_not_enough_to_say_where_it_is_seen(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    people_name(ground, issue, WINDOWS[0], "It hangs.")
    respond(ground)
    for draft in all_drafts(ground, issue):
        assert "Windows" not in draft.text
        assert "affected" not in {one["rule"] for one in draft.findings}


def test_a_waiting_entry_says_it_once_it_is_clear_and_a_persons_words_stay(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    respond(ground)
    people_name(ground, issue, *WINDOWS)
    assert respond(ground) == 3
    (page,) = pages(ground, issue)
    assert SAYS_WHO in page.text
    assert respond(ground) == 0
    people_name(ground, issue, "It hangs.")
    assert respond(ground) == 3
    assert "Windows" not in pages(ground, issue)[0].text
    edit(ground, pages(ground, issue)[0], "Notes hang\n\nWe know of it, in my words.")
    people_name(ground, issue, *WINDOWS)
    assert respond(ground) == 2


def test_own_words_of_the_page_that_leave_it_out_are_not_drawn_again_and_again(
    ground: Ground, tmp_path: Path
) -> None:
    ours = Path(packing.__file__).parent.parent / "templates" / "en" / "page_investigating.j2"
    mine = ours.read_text(encoding="utf-8").replace('{% include "affects.j2" %}', "")
    bring(tmp_path, {"en/page_investigating.j2": mine})
    knobs = ground.settings.voice.model_copy(update={"packs": str(tmp_path)})
    own = replace(ground, settings=ground.settings.model_copy(update={"voice": knobs}))
    issue = happen(own, Incident())
    people_name(own, issue, *WINDOWS)
    assert respond(own) == 2
    assert respond(own) == 0


def test_an_approved_entry_fills_what_the_page_knows_of_the_issue(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    people_name(ground, issue, *WINDOWS)
    respond(ground)
    (page,) = pages(ground, issue)
    message = Message(key=page.key, text=page.text, target=delivered(ground, page))
    PagePublisher(ground).publish(message)
    with transaction(ground.engine) as session:
        known = session.exec(select(Published)).one().known
    assert known["affected_versions"] == ["5.2"]
    assert known["platforms"] == ["Windows"]


def delivered(ground: Ground, page: Draft) -> dict[str, Any]:
    with transaction(ground.engine) as session:
        return delivery_of(session, page, now=NOON, undo_s=0.0).target
