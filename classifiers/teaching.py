"""From verdicts in the store to what the live pass knows of them: kinds, what is dismissed, level.

Apart from detect.py because it reads other rows, and apart from learning.py because that is pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from classifiers import store_decisions
from classifiers.calibration import Told, learned_extra
from classifiers.corrections import store_verdicts
from classifiers.corrections.learning import QUIET, LearnedKinds, Taught
from classifiers.embedding import embed
from classifiers.judging import Judge
from classifiers.languages import Bounded
from classifiers.relevance import KindJudge
from classifiers.tables import VerdictKind
from config.logs import event_log

WEEKS_LOOKED_AT = 4.0

log = event_log(__name__)


@dataclass(frozen=True)
class _Words:
    """As much of a post as its kind depends on."""

    words: str


@dataclass(frozen=True)
class _Lesson:
    verdicts: tuple[int, ...]
    model: str
    kinds: LearnedKinds


class Lessons:
    """What verdicts on posts taught of each product, made anew when they change."""

    def __init__(self, seeds: KindJudge) -> None:
        self._seeds = seeds
        self._of: dict[int, _Lesson] = {}

    def of(self, session: Session, product_id: int, embedder: Bounded) -> LearnedKinds:
        """Return what was learned of a product's posts up to now."""
        rows = store_verdicts.said_of_posts(session, product_id)
        ids = tuple(verdict.id or 0 for verdict, _, _ in rows)
        known = self._of.get(product_id)
        if known is None or (known.verdicts, known.model) != (ids, embedder.model_id):
            hashes = sorted({text_hash for _, _, text_hash in rows})
            stored = store_decisions.vectors(session, hashes, embedder.model_id)
            taught = []
            for verdict, post, text_hash in rows:
                found = stored.get(text_hash)
                vector = embed([post.text], embedder)[0] if found is None else found.astype("f4")
                taught.append(Taught(_Words(post.text), vector, verdict.said))
            known = _Lesson(ids, embedder.model_id, LearnedKinds(self._seeds, taught))
            self._of[product_id] = known
        return known.kinds

    def note(self, session: Session, product_id: int, *, at: datetime) -> int:
        """Write down a new version if what decides now differs from the last one noted.

        Returns:
            The version that decides; 0 while nothing was ever learned.
        """
        last = store_verdicts.newest_learned(session, product_id)
        now = self._of.get(product_id)
        if now is None or (not now.verdicts and last is None):
            return 0
        if last and (tuple(last.verdicts), last.model) == (now.verdicts, now.model):
            return last.version
        version = store_verdicts.add_learned(
            session, product_id, model=now.model, verdicts=now.verdicts, at=at
        )
        log.info("posts_learned", product=product_id, version=version, verdicts=len(now.verdicts))
        return version


def teach(session: Session, product_id: int, judge: Judge) -> None:
    """Tell a judge what people dismissed, and take out of its memory what is no evidence."""
    judge.dismiss(store_verdicts.dismissed_emergences(session, product_id))
    rows = store_verdicts.said_of_posts(session, product_id)
    quiet = {str(post.id) for found, post, _ in rows if found.said in QUIET}
    held = quiet.intersection(judge.window.ids)
    if held:
        judge.forget(sorted(held))


def told(session: Session, product_id: int, *, now: datetime) -> Told:
    """Count what people said of the alerts of the last weeks."""
    since = now - timedelta(weeks=WEEKS_LOOKED_AT)
    alerted = store_verdicts.alerted_since(session, product_id, since)
    issue_ids = [issue_id for issue_id, judged in alerted if judged]
    false = sum(_is_false(session, issue_id) for issue_id in issue_ids)
    return Told(alerts=len(alerted), confirmed=len(issue_ids) - false, dismissed=false)


def level_extra(session: Session, product_id: int, *, budget: float, now: datetime) -> float:
    """Return what people's verdicts on alerts add to the level of a product."""
    found = told(session, product_id, now=now)
    return learned_extra(found, budget=budget, weeks=WEEKS_LOOKED_AT).extra


def _is_false(session: Session, issue_id: int) -> bool:
    said: Sequence[object] = store_verdicts.standing(
        session, [VerdictKind.NOT_AN_ISSUE], issue_id=issue_id
    )
    return bool(said)
