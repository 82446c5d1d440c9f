"""What people hand in by chat: kept at once, and made posts by the crawl a moment later.

Apart from ``importing``, which does the whole at once: cleaning and telling languages need seconds
and hundreds of megabytes when they begin, which the process that answers people must not spend.
Handing in is one row; the crawl, which has all of it loaded, takes it from there.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func
from sqlmodel import Session, col, delete, select, update

from config.database import reading, transaction
from config.errors import GroundswellError, PermanentError, TransientError
from config.ground import Ground
from config.http_client import PoliteClient
from config.logs import event_log, masked
from listener.cleaning import web_address
from listener.intake import importing
from listener.sources.base import RawPost
from listener.store_batch import Stored
from listener.tables import HandedIn, Product

BATCH = 20
"""Rows of one pass at the most; the looks at places must have their turn."""
PATIENCE = timedelta(minutes=2)
"""How long whoever took a row has for it; then another one takes it."""
AGAIN = timedelta(seconds=30)
TRIES = 3
MOST_WAITING = 500
"""Rows that wait at the most, a few minutes' work: a loop that reports must not fill the store."""
KEPT = timedelta(days=1)
"""How long the outcome of a row is kept; its words go at once."""

log = event_log(__name__)


@dataclass(frozen=True)
class Chat:
    """Where in a chat words stand, if they do; all as the chat tells it."""

    remote_id: str = ""
    url: str | None = None
    author: str | None = None


def hand_in(ground: Ground, text: str, *, product: str | None, chat: Chat | None = None) -> int:
    """Keep somebody's words, or a link to them; return the number to ask by.

    Args:
        ground: the installation.
        text: the words, or one address of the web.
        product: what they are about; the only one when None.
        chat: where they stand, if it is a message of a chat.

    Raises:
        PermanentError: there are no words.
        TransientError: too much waits already.
        SettingsError: there are several products, and it is not said which.
    """
    if not text.strip():
        raise PermanentError("there are no words in it to note")
    now, where = ground.clock.now(), chat or Chat()
    with transaction(ground.engine) as session:
        _refuse_floods(session)
        row = HandedIn(
            product_id=importing.chosen_product(session, product).id or 0,
            text=text.replace("\0", ""),
            remote_id=where.remote_id,
            url=where.url,
            author=where.author,
            at=now,
            next_try_at=now,
        )
        session.add(row)
        session.flush()
        return row.id or 0


def _refuse_floods(session: Session) -> None:
    waits = select(func.count(col(HandedIn.id))).where(col(HandedIn.done_at).is_(None))
    if int(session.exec(waits).one()) >= MOST_WAITING:
        raise TransientError(
            f"{MOST_WAITING} reports wait to be read, so no more is taken now; report it again in "
            "some minutes",
            retry_after_s=PATIENCE.total_seconds(),
        )


def outcome_of(ground: Ground, number: int) -> str | None:
    """Return what came of what was handed in; None while it waits."""
    with reading(ground.engine) as session:
        row = session.get(HandedIn, number)
        return row.outcome if row is not None and row.done_at is not None else None


def take_in_due(ground: Ground, client: PoliteClient) -> int:
    """Make posts of what was handed in; return how many rows are done."""
    now = ground.clock.now()
    with reading(ground.engine) as session:
        waits = col(HandedIn.done_at).is_(None) & (col(HandedIn.next_try_at) <= now)
        rows = session.exec(select(HandedIn).where(waits).order_by(col(HandedIn.id)).limit(BATCH))
        due = list(rows.all())
        old = select(HandedIn.id).where(col(HandedIn.done_at) < now - KEPT)
        stale = session.exec(old).first() is not None
    if stale:
        with transaction(ground.engine) as session:
            session.execute(delete(HandedIn).where(col(HandedIn.done_at) < now - KEPT))
    return sum([_take(ground, client, row) for row in due])


def _take(ground: Ground, client: PoliteClient, row: HandedIn) -> bool:
    with transaction(ground.engine) as session:
        product = _claimed(session, ground, row)
    if product is None:
        return False
    try:
        stored = _stored(ground, client, row, product)
    except TransientError as error:
        return _end(ground, row, masked(str(error)), over=row.tries + 1 >= TRIES)
    except GroundswellError as error:
        return _end(ground, row, masked(str(error)))
    except Exception as error:
        log.error("handed_in_broke", row=row.id, error=type(error).__name__, exc_info=True)
        words = "something broke here, and it was not noted; it stands in our log"
        return _end(ground, row, words, over=row.tries + 1 >= TRIES)
    log.info("handed_in_stored", row=row.id, posts=stored.new)
    if not stored.new:
        return _end(ground, row, "We have that one already; nothing was added.")
    posts = f"{stored.new} post{'s' * (stored.new != 1)}"
    return _end(ground, row, f"Thank you, it is noted: {posts}.")


def _claimed(session: Session, ground: Ground, row: HandedIn) -> str | None:
    """Take a row for ourselves; return its product's name, or None when another one was first."""
    statement = (
        update(HandedIn)
        .where(col(HandedIn.id) == row.id, col(HandedIn.done_at).is_(None))
        .where(col(HandedIn.next_try_at) == row.next_try_at)
        .values(tries=row.tries + 1, next_try_at=ground.clock.now() + PATIENCE)
    )
    if session.connection().execute(statement).rowcount != 1:
        return None
    return session.get_one(Product, row.product_id).name


def _stored(ground: Ground, client: PoliteClient, row: HandedIn, product: str) -> Stored:
    words = row.text.strip()
    if is_link(words):
        return importing.add_thread(ground, client, words, product=product).stored
    raw = RawPost(
        remote_id=row.remote_id, body=row.text, is_html=False, url=row.url, author_id=row.author
    )
    return importing.store_posts(
        ground, [raw], source=importing.BY_HAND, product=product, live=True
    )


def is_link(words: str) -> bool:
    """Tell whether words are one address of the web and nothing else."""
    return not words.split()[1:] and web_address(words) is not None


def _end(ground: Ground, row: HandedIn, outcome: str, *, over: bool = True) -> bool:
    """Note what came of a row; its words go with it, unless it is tried again."""
    now = ground.clock.now()
    values: dict[str, object] = {"outcome": outcome, "next_try_at": now + AGAIN}
    if over:
        gone = {"text": "", "author": None, "url": None, "remote_id": ""}
        values |= {"done_at": now, **gone}
    with transaction(ground.engine) as session:
        session.execute(update(HandedIn).where(col(HandedIn.id) == row.id).values(**values))
    return over
