import pytest

from config.database import reading
from config.ground import Ground
from responders.decisions import store
from responders.decisions.acting import NotAllowed
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.drafts.edit import add_draft, edit
from responders.voice.words.drafting import digest
from tests.responders.decisions.deciding import (
    DRAFTER,
    RUTH,
    TEXT,
    TOM,
    audit,
    delivery_for,
    draft,
    entries,
    page_draft,
    propose,
    set_draft,
)
from tests.responders.decisions.drafts.test_edit import THREAD
from tests.responders.incidents import Incident, Said, happen

BAD = f"{TEXT} It will be fixed by tomorrow."
WARNED = f"{TEXT} More ASAP."


@pytest.fixture
def draft_id(ground: Ground) -> int:
    return propose(ground, happen(ground, Incident()), text=BAD)


def overrides(ground: Ground, draft_id: int) -> list[str]:
    with reading(ground.engine) as session:
        return [one.override for one in store.approvals(session, draft_id)]


def test_a_block_refuses_and_names_rule_words_and_a_better_phrase(
    ground: Ground, draft_id: int
) -> None:
    with pytest.raises(NotAllowed) as refused:
        approve(ground, RUTH, draft_id)
    for words in ("fix-date", "“fixed by tomorrow”", "not when it will be fixed", "--override"):
        assert words in str(refused.value)
    assert overrides(ground, draft_id) == []
    assert audit(ground) == []


def test_a_reason_lets_it_pass_and_is_kept_with_the_approval_and_in_the_audit(
    ground: Ground, draft_id: int
) -> None:
    approve(ground, RUTH, draft_id, override=" the director\nsaid so ")
    assert delivery_for(ground, draft_id).text == BAD
    assert overrides(ground, draft_id) == ["the director said so"]
    passed, approved = entries(ground)[:2]
    assert (passed.act, approved.act) == ("block let pass", "draft approved")
    assert passed.payload is not None
    assert passed.payload["reason"] == "the director said so"
    assert passed.payload["rules"] == ["fix-date", "promise"]
    assert passed.payload["text_sha256"] == digest(BAD)
    assert passed.payload["by"] == "Ruth"


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 201, "a\x00b"])
def test_what_is_no_reason_lets_nothing_pass(ground: Ground, draft_id: int, reason: str) -> None:
    with pytest.raises(NotAllowed):
        approve(ground, RUTH, draft_id, override=reason)
    assert overrides(ground, draft_id) == []


def test_a_warning_needs_no_reason_and_a_reason_without_a_block_is_not_kept(
    ground: Ground, draft_id: int
) -> None:
    edit(ground, DRAFTER, draft_id, WARNED)
    assert [one["rule"] for one in draft(ground, draft_id).findings] == ["soon", "local-link"]
    approve(ground, RUTH, draft_id, override="because")
    assert overrides(ground, draft_id) == [""]
    assert "block let pass" not in dict(audit(ground))


def test_a_reason_holds_for_one_text_only(ground: Ground, draft_id: int) -> None:
    approve(ground, RUTH, draft_id, override="the director said so", undo_s=30)
    take_back(ground, TOM, draft_id)
    with pytest.raises(NotAllowed, match="fix-date"):
        approve(ground, TOM, draft_id)


def test_an_edit_and_a_text_of_ones_own_are_read_at_once(ground: Ground, draft_id: int) -> None:
    edit(ground, DRAFTER, draft_id, f"{TEXT} You get a refund.")
    found = draft(ground, draft_id).findings
    assert [found[0][key] for key in ("rule", "level", "words")] == [
        "compensation",
        "block",
        "refund",
    ]
    other = happen(ground, Incident(said=[Said(thread="t2")]))
    own = add_draft(ground, DRAFTER, thread_url=THREAD, text="We know.", issue_id=other)
    assert {"doing", "symptom", "link"} <= {one["rule"] for one in draft(ground, own).findings}


def test_what_the_draft_found_once_does_not_count_but_what_is_so_now(
    ground: Ground, draft_id: int
) -> None:
    set_draft(ground, draft_id, findings=[])
    with pytest.raises(NotAllowed, match="fix-date"):
        approve(ground, RUTH, draft_id)
    edit(ground, DRAFTER, draft_id, TEXT)
    set_draft(ground, draft_id, findings=[{"rule": "x", "level": "block"}])
    approve(ground, RUTH, draft_id)


def test_the_page_is_read_by_its_own_rules(ground: Ground, draft_id: int) -> None:
    issue_id = draft(ground, draft_id).issue_id
    page = page_draft(
        ground, issue_id, text="App hangs when a note is opened\n\nMore by 18:00 UTC."
    )
    approve(ground, RUTH, page)
