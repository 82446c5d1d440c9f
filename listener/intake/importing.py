"""Posts that a person brings: a history file, a pasted text, the address of one page.

Apart from the crawl because nothing is watched: they belong to a source that is never looked at.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path

from sqlmodel import Session

from config.database import reading, transaction
from config.errors import PermanentError, SettingsError
from config.ground import Ground
from config.http_client import PoliteClient
from listener import store, store_batch
from listener.cleaning import clean_line
from listener.intake.fetching_threads import Thread, fetch_thread
from listener.opening import rules_for
from listener.preparing import prepare
from listener.reading.language import detect_language
from listener.reading.parsing import clean_bodies
from listener.sources.base import RawPost
from listener.sources.records import BadLine, read_records
from listener.store_batch import Stored
from listener.tables import Product, Source, SourceState

CHUNK = 500
"""Posts written in one transaction."""
BAD_LINES_NAMED = 10
LONGEST_PLACE = 80
"""Characters of a place's name that a file may give."""
_LAST = datetime.max.replace(tzinfo=UTC)
BY_HAND = "by hand"
"""The source of pasted texts."""


def import_file(
    ground: Ground,
    file: Path,
    *,
    product: str | None,
    live: bool,
    progress: Callable[[int], None] | None = None,
) -> Stored:
    """Store the posts of a JSONL or CSV file.

    Args:
        ground: the installation.
        file: the file; the same file again adds nothing.
        product: the product they are about; the only one when None.
        live: they arrive now and may alert; otherwise they are history.
        progress: called with the number of posts read so far.

    Raises:
        PermanentError: the file cannot be read, or a line is bad.
    """
    stable_ids = _refuse_bad_lines(file)
    raws = iter(read_records(file))
    stored, read = Stored(), 0
    while chunk := list(islice(raws, CHUNK)):
        with reading(ground.engine) as session:
            own = _free_name(session, file.name, chosen_product(session, product))
            here = store.told_ids(session, own, [raw.remote_id for raw in chunk])
        for place, some in by_place(chunk, whole=file.name, here=here, in_order=live):
            stored += store_posts(
                ground, some, source=place, product=product, live=live, stable_ids=stable_ids
            )
        read += len(chunk)
        if progress:
            progress(read)
    return stored


def by_place(
    raws: Sequence[RawPost], *, whole: str, here: Container[str], in_order: bool
) -> list[tuple[str, list[RawPost]]]:
    """Part the posts of a file by the place that each was written at.

    What names no place, or was stored before under the file as a whole, belongs to the file.

    Args:
        raws: the posts.
        whole: the name of the file.
        here: ids of the posts that the file as a whole holds already.
        in_order: they are to be decided as they were written, whatever place comes between.
    """
    named = [(whole if raw.remote_id in here else _place_of(raw) or whole, raw) for raw in raws]
    if not in_order:
        parts: dict[str, list[RawPost]] = {}
        for place, raw in named:
            parts.setdefault(place, []).append(raw)
        return list(parts.items())
    ordered = sorted(named, key=lambda one: one[1].published_at or _LAST)
    runs = groupby(ordered, key=lambda one: one[0])
    return [(place, [raw for _, raw in run]) for place, run in runs]


def _place_of(raw: RawPost) -> str:
    return clean_line(raw.place or "")[:LONGEST_PLACE].strip()


def _refuse_bad_lines(file: Path) -> bool:
    """Read the file once for its faults, so that it is stored whole or not at all.

    Returns whether every post has an id of its own, by which alone it is then known.
    """
    bad: list[BadLine] = []
    ids = [raw.remote_id for raw in read_records(file, on_bad=bad.append)]
    if bad:
        named = "; ".join(str(line) for line in bad[:BAD_LINES_NAMED])
        more = f"; and {len(bad) - BAD_LINES_NAMED} more" if len(bad) > BAD_LINES_NAMED else ""
        raise PermanentError(
            f"{file}: {named}{more}. Nothing was added; correct these lines or leave them out"
        )
    return all(ids) and len(set(ids)) == len(ids)


def add_text(ground: Ground, text: str, *, product: str | None, url: str | None = None) -> Stored:
    """Store one pasted text as if it had been heard now."""
    if not text.strip():
        raise SettingsError("there is no text to add; give some after --text")
    raw = RawPost(remote_id="", body=text, is_html=False, url=url)
    return store_posts(ground, [raw], source=BY_HAND, product=product, live=True)


@dataclass(frozen=True)
class Brought:
    """What an address brought."""

    stored: Stored
    source: str
    """The source that holds it now."""
    first: RawPost
    """The post that the address names, or the first of its thread."""
    posts: int


def add_thread(ground: Ground, client: PoliteClient, url: str, *, product: str | None) -> Brought:
    """Fetch the thread at an address and store its posts; old ones are history.

    Raises:
        TransientError, PermanentError: it cannot be had.
    """
    found = fetch_thread(ground, client, url)
    named = [post for post in found.posts if url in {post.url, post.remote_id}]
    first = (named or found.posts)[0]
    source = found.source if _is_about(ground, found.source, product) else None
    if source is None:
        stored, name = _store_by_hand(ground, found.posts, product=product)
    else:
        stored, name = _store_as_heard(ground, found, source), source.name
    return Brought(stored, name, first, len(found.posts))


def _is_about(ground: Ground, source: Source | None, product: str | None) -> bool:
    if source is None or product is None:
        return source is not None
    with reading(ground.engine) as session:
        row = store.product_named(session, product)
    return row is not None and row.id == source.product_id


def _store_by_hand(
    ground: Ground, posts: Sequence[RawPost], *, product: str | None
) -> tuple[Stored, str]:
    stored = store_posts(
        ground, posts, source=BY_HAND, product=product, live=True, old_is_history=True
    )
    with reading(ground.engine) as session:
        return stored, _free_name(session, BY_HAND, chosen_product(session, product))


def _store_as_heard(ground: Ground, found: Thread, source: Source) -> Stored:
    """Store posts under the declared source that gave them, beside the looks of the crawl."""
    texts = clean_bodies(found.posts, timeout_s=ground.settings.listen.parse_timeout_s)
    with reading(ground.engine) as session:
        about = session.get_one(Product, source.product_id)
    rules = rules_for(ground, about, source.name, first_fetch=True, stable_ids=found.stable_ids)
    now = ground.clock.now()
    ready = prepare(found.posts, texts, rules, now=now)
    with transaction(ground.engine) as session:
        row = store.source_to_change(session, source.name)
        if row is None:
            raise PermanentError(f"{source.name} was removed meanwhile; nothing was added")
        return store_batch.save_posts(session, row, ready, now=now)


def store_posts(
    ground: Ground,
    raws: Sequence[RawPost],
    *,
    source: str,
    product: str | None,
    live: bool,
    stable_ids: bool = False,
    old_is_history: bool = False,
) -> Stored:
    """Store posts under a source that is never looked at."""
    now = ground.clock.now()
    timeout_s = ground.settings.listen.parse_timeout_s
    texts = clean_bodies(raws, timeout_s=timeout_s)
    # Before the store is held: its models load for seconds, in which nobody else could write.
    any(map(detect_language, texts[:20]))
    with transaction(ground.engine) as session:
        about = chosen_product(session, product)
        row = _source(session, source, product=about, ground=ground)
        history = old_is_history or not live
        rules = rules_for(ground, about, row.name, first_fetch=history, stable_ids=stable_ids)
        rules = replace(rules, all_history=not live)
        ready = prepare(_titled(raws), texts, rules, now=now)
        return store_batch.save_posts(session, row, ready, now=now)


def chosen_product(session: Session, name: str | None) -> Product:
    """Return the product of that name, or the only one there is."""
    found = store.products(session)
    chosen = [product for product in found if name in {None, product.name}]
    if len(chosen) == 1:
        return chosen[0]
    known = (
        " | ".join(product.name for product in found) or "none yet; `groundswell apply` adds one"
    )
    raise SettingsError(f"say which product it is about with --product: {known}")


def _titled(raws: Iterable[RawPost]) -> list[RawPost]:
    return [replace(raw, title=clean_line(raw.title)) if raw.title else raw for raw in raws]


def _source(session: Session, name: str, *, product: Product, ground: Ground) -> Source:
    """Return the source of a file, one for each product that it was read for."""
    name = _free_name(session, name, product)
    row = store.source_named(session, name)
    if row is None:
        row = Source(
            product_id=product.id or 0,
            name=name,
            kind=store.MANUAL,
            url=name,
            state=SourceState.OK,
            enabled=False,
            created_at=ground.clock.now(),
        )
        session.add(row)
        session.flush()
    row.last_heard_at = ground.clock.now()
    return row


def _free_name(session: Session, name: str, product: Product) -> str:
    """Return the name unless another source has it: a watched place, or another product's file."""
    row = store.source_named(session, name)
    if row is None or (row.kind == store.MANUAL and row.product_id == product.id):
        return name
    return f"{name} ({product.name})"
