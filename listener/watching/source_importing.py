"""Watch many places at once: every feed of a list is tried politely and kept by itself.

Apart from trying because it stores: each place in a transaction of its own, so that a kill or a
dead feed costs no other, and the same list read again goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from config.database import reading, transaction
from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from config.http_client import PoliteClient
from listener import store
from listener.answers import host_of
from listener.tables import Source
from listener.watching.declaring import DeclaredSource, apply_source, name_for
from listener.watching.opml import Outline
from listener.watching.trying import Tried, credential_for, first_guess, try_address

Outcome = Literal["added", "known", "repeated", "failed"]
LONGEST_TITLE = 100


@dataclass(frozen=True)
class Imported:
    """What became of one feed of the list."""

    url: str
    outcome: Outcome
    name: str | None = None
    kind: str | None = None
    reason: str = ""


def import_sources(
    ground: Ground,
    client: PoliteClient,
    outlines: Sequence[Outline],
    *,
    product: str,
    credential: str | None,
    anyway: bool,
    note: Callable[[Imported], None],
) -> None:
    """Try every feed of a list and watch those that answer.

    Args:
        ground: the installation.
        client: the polite client.
        outlines: the list.
        product: the product they are about.
        credential: the name of the credential to read them with.
        anyway: watch also those that do not answer now.
        note: called with the outcome of each, as it comes about.

    Raises:
        SettingsError: there is no such credential, or the list names more than its one host.
    """
    _refuse_to_spread(ground, credential, outlines)
    fresh: list[Outline] = []
    for outline, outcome in _sorted_out(ground, outlines):
        if outcome is None:
            fresh.append(outline)
        else:
            note(outcome)
    hosts: dict[str, list[Outline]] = {}
    for outline in fresh:
        hosts.setdefault(host_of(outline.url), []).append(outline)
    importing = _Importing(ground, client, product, credential, anyway)
    workers = ground.settings.listen.workers
    with ThreadPoolExecutor(min(workers, len(hosts) or 1), thread_name_prefix="import") as pool:
        turns = [pool.submit(_in_turn, importing, own, note) for own in hosts.values()]
        for turn in as_completed(turns):
            turn.result()


def _refuse_to_spread(ground: Ground, name: str | None, outlines: Iterable[Outline]) -> None:
    if name is None:
        return
    ground.settings.credential(name)
    hosts = sorted({host_of(outline.url) for outline in outlines})
    if len(hosts) > 1:
        raise SettingsError(
            f"the list names {len(hosts)} hosts ({', '.join(hosts[:3])}, …), and a credential "
            "belongs to one: import a list of that host alone, the others without --credential"
        )


def _sorted_out(
    ground: Ground, outlines: Iterable[Outline]
) -> Iterator[tuple[Outline, Imported | None]]:
    """Give each feed of the list, with its outcome where there is nothing to try."""
    with reading(ground.engine) as session:
        watched = {_address(row.url): row for row in store.sources(session) if row.enabled}
    seen: set[str] = set()
    for outline in outlines:
        address = _address(outline.url)
        row = watched.get(address)
        if address in seen:
            yield outline, Imported(outline.url, "repeated", reason="the list names it twice")
        elif row is not None:
            yield (
                outline,
                Imported(outline.url, "known", row.name, row.kind, "it is watched already"),
            )
        else:
            yield outline, None
        seen.add(address)


def _in_turn(
    importing: "_Importing", outlines: Sequence[Outline], note: Callable[[Imported], None]
) -> None:
    for outline in outlines:
        note(importing.outcome(outline))


@dataclass(frozen=True)
class _Importing:
    ground: Ground
    client: PoliteClient
    product: str
    credential: str | None
    anyway: bool

    def outcome(self, outline: Outline) -> Imported:
        """Try one feed and watch it."""
        try:
            tried = try_address(
                self.ground,
                self.client,
                outline.url,
                credential=self.credential,
                follow=True,
                is_feed=True,
            )
            if not tried.ok and not self.anyway:
                return Imported(outline.url, "failed", reason=tried.reason)
            return self._kept(outline, tried)
        except GroundswellError as error:
            return Imported(outline.url, "failed", reason=str(error))

    def _kept(self, outline: Outline, tried: Tried) -> Imported:
        kind = tried.recognised_as if tried.ok else first_guess(outline.url)
        with transaction(self.ground.engine) as session:
            known = _watched(store.sources(session), tried.url)
            if known is not None:
                reason = f"it leads to {known.name}, which is watched already"
                return Imported(outline.url, "known", known.name, known.kind, reason)
            title = outline.title[:LONGEST_TITLE].strip()
            taken = not title or store.source_named(session, title) is not None
            name = name_for(session, tried.url) if taken else title
            declared = DeclaredSource(
                name=name,
                kind=kind,
                url=tried.url,
                product=self.product,
                credential=credential_for(tried.url, self.credential, given_for=outline.url),
            )
            apply_source(session, declared, now=self.ground.clock.now())
        return Imported(outline.url, "added", name, kind, "" if tried.ok else tried.reason)


def _watched(rows: Iterable[Source], url: str) -> Source | None:
    address = _address(url)
    return next((row for row in rows if row.enabled and _address(row.url) == address), None)


def _address(url: str) -> str:
    """Return an address as it is compared: a parameter may name another feed, a fragment not."""
    try:
        parts = urlsplit(url.partition("#")[0])
    except ValueError:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"
