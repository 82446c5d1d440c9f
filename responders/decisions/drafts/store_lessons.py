"""What was approved beside what the templates drew: the query behind the report on edits."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from responders.decisions.tables import Approval
from responders.voice.addressing import PAGE
from responders.voice.lessons import Sample
from responders.voice.tables import Draft, DraftVersion

AT_ONCE = 500


def samples(session: Session, *, since: datetime, until: datetime) -> Sequence[Sample]:
    """Return the texts approved in a span whose approval still stands, oldest first.

    Texts that a person wrote from nothing are left out: they teach no template.
    """
    return [
        sample
        for approval, draft in _approved(session, since=since, until=until)
        if (sample := _sample(session, approval, draft)) is not None
    ]


def _approved(
    session: Session, *, since: datetime, until: datetime
) -> Iterator[tuple[Approval, Draft]]:
    after = 0
    while True:
        query = (
            select(Approval, Draft)
            .join(Draft, col(Draft.id) == col(Approval.draft_id))
            .where(col(Approval.taken_back_at).is_(None), col(Approval.id) > after)
            .where(Approval.at >= since, Approval.at < until)
            .order_by(col(Approval.id))
            .limit(AT_ONCE)
        )
        found = session.exec(query).all()
        if not found:
            return
        yield from found
        after = found[-1][0].id or 0


def _sample(session: Session, approval: Approval, draft: Draft) -> Sample | None:
    query = select(DraftVersion).where(DraftVersion.draft_id == draft.id)
    texts = {row.version: (row.text, row.by) for row in session.exec(query).all()}
    texts[draft.version] = (draft.text, draft.edited_by)
    approved, by = texts.get(approval.version, ("", ""))
    drawn = [text for number, (text, who) in sorted(texts.items())
             if not who and number <= approval.version]  # fmt: skip
    if by and not drawn:
        return None
    return Sample(
        kind="page" if draft.channel == PAGE else draft.kind,
        phase=draft.phase,
        language=draft.language,
        drawn=drawn[-1] if drawn else "",
        approved=approved,
        edited=bool(by),
        rules=[str(one.get("rule", "")) for one in draft.findings]
        if approval.version == draft.version
        else (),
    )
