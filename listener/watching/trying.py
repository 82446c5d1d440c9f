"""Try an address once, the polite way, before or after it is watched.

Apart from the crawl because nothing is stored: an operator asks what is there, and reads what it
was recognised as or why it was refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from config.errors import GroundswellError, PermanentError, SettingsError
from config.ground import Ground
from config.http_client import PoliteClient, Response
from listener.answers import check_answer, host_of
from listener.diagnoses import DiagnosedError
from listener.health import Diagnosis, diagnose
from listener.opening import open_source
from listener.pacing.page_manners import ask_robots, looks_like_feed
from listener.reading.parsing import clean_bodies
from listener.sources.base import RawPost
from listener.tables import Source, SourceState
from listener.watching.discovering import Offer, feeds_at_common_paths, kinds_by_address, offers_of
from listener.watching.opml import without_feed_scheme

NEWEST = 3
INSTEAD = "give the address of its feed, or --kind feed if this is one"


@dataclass(frozen=True)
class Tried:
    """What one try came to."""

    url: str
    final_url: str | None
    status: int | None
    ok: bool
    recognised_as: str
    """A kind of source, or what came instead."""
    reason: str
    posts: tuple[RawPost, ...] = ()
    """The newest few, their texts cleaned."""


class _Witness(PoliteClient):
    """The polite client, remembering the last answer it gave."""

    def __init__(self, client: PoliteClient) -> None:
        self._client = client
        self.last: Response | None = None

    @property
    def agent(self) -> str:
        """The name of the real client."""
        return self._client.agent

    def get(self, url: str, **asked: Any) -> Response:
        """Fetch through the real client."""
        self.last = self._client.get(url, **asked)
        return self.last

    def head(self, url: str) -> Response:
        """Ask the real client for the head of an answer."""
        self.last = self._client.head(url)
        return self.last

    def post(self, url: str, **asked: Any) -> Response:
        """Send through the real client: log-ins and GraphQL need it."""
        self.last = self._client.post(url, **asked)
        return self.last

    def slow_down(self, url: str, spacing_s: float | None) -> None:
        """Leave the real client a longer pause at a host."""
        self._client.slow_down(url, spacing_s)


def try_address(
    ground: Ground,
    client: PoliteClient,
    url: str,
    *,
    kind: str | None = None,
    credential: str | None = None,
    follow: bool = False,
    is_feed: bool = False,
) -> Tried:
    """Fetch an address as a source of ``kind``, or as what it seems to be.

    Args:
        ground: the installation.
        client: the polite client.
        url: what a person gave.
        kind: the kind they named.
        credential: the credential they named; only the host of ``url`` gets it.
        follow: of a page that is no source itself, try what it offers; ``url`` of the outcome
            then is that.
        is_feed: the address was named as that of a feed, whatever it looks like; robots.txt, which
            is about pages, is not asked.
    """
    url = without_feed_scheme(url)
    guess = kind or first_guess(url)
    is_page = (guess, kind) == ("feed", None) and not (is_feed or looks_like_feed(url))
    kept_out = _kept_out(client, url) if is_page and host_of(url) else None
    first = kept_out or _try_as(ground, client, url, guess, credential)
    if first.tried.ok or kind is not None or (first.answer is None and not first.kept_out):
        return first.tried
    for offer in _offers(first, client, ground, follow=follow):
        if offer.url == url and offer.kind == "feed":
            continue  # just tried
        at = offer.url if follow or offer.kind == "feed" else url
        own = credential_for(at, credential, given_for=url)
        tried = _try_as(ground, client, at, offer.kind, own).tried
        if tried.ok:
            return tried
    return first.tried


def credential_for(url: str, credential: str | None, *, given_for: str) -> str | None:
    """Return the credential for an address that another one led to; no other host may have it."""
    return credential if host_of(url) == host_of(given_for) else None


def _offers(
    first: "_Attempt", client: PoliteClient, ground: Ground, *, follow: bool
) -> Sequence[Offer]:
    timeout_s, answer = ground.settings.listen.parse_timeout_s, first.answer
    if answer is None:
        at = first.tried.url
        return feeds_at_common_paths(client, at, timeout_s=timeout_s) if follow else []
    offers = offers_of(answer, timeout_s=timeout_s) if answer.status == 200 else []
    if not follow:
        return [offer for offer in offers if offer.kind != "feed"]
    if not offers and answer.status == 200:
        offers = feeds_at_common_paths(client, answer.final_url, timeout_s=timeout_s)
    return offers


@dataclass(frozen=True)
class _Attempt:
    tried: Tried
    answer: Response | None
    kept_out: bool = False
    """robots.txt lets no program read the page."""


def _kept_out(client: PoliteClient, url: str) -> _Attempt | None:
    """Return the outcome for a page that robots.txt does not let us read; None if we may."""
    witness = _Witness(client)
    kept_out = False
    try:
        ask_robots(witness, url, instead=INSTEAD)
    except GroundswellError as error:
        diagnosis, answer = diagnose(error), witness.last
        kept_out = isinstance(error, PermanentError) and answer is not None and answer.status == 200
        if kept_out:
            diagnosis = replace(diagnosis, state=SourceState.FORBIDDEN)
        elif answer is not None:
            diagnosis = _said_by(answer) or diagnosis
    else:
        return None
    tried = Tried(
        url=url,
        final_url=None,
        status=None if kept_out or answer is None else answer.status,
        ok=False,
        recognised_as=diagnosis.state.value,
        reason=diagnosis.reason,
    )
    return _Attempt(tried, None, kept_out)


def _said_by(answer: Response) -> Diagnosis | None:
    """Return what a robots.txt that does not come means: the host is busy, or broken."""
    try:
        check_answer(answer)
    except DiagnosedError as error:
        return diagnose(error)
    return None


def _try_as(
    ground: Ground, client: PoliteClient, url: str, kind: str, credential: str | None
) -> _Attempt:
    witness = _Witness(client)
    source = Source(
        product_id=0,
        name=url,
        kind=kind,
        url=url,
        credential=credential,
        created_at=ground.clock.now(),
    )
    try:
        batch = open_source(ground, witness, source).fetch({})
        newest = _cleaned(batch.posts[-NEWEST:][::-1], ground)
    except SettingsError:
        raise  # our own fault, no matter of the place's: a kind or a credential that is not there
    except GroundswellError as error:
        diagnosis = diagnose(error)
        outcome: Mapping[str, Any] = {
            "ok": False,
            "recognised_as": diagnosis.state.value,
            "reason": diagnosis.reason,
        }
    else:
        found = len(batch.posts)
        outcome = {
            "ok": True,
            "recognised_as": kind,
            "reason": f"{found} posts" if found else "it answers, and holds no post yet",
            "posts": newest,
        }
    answer = witness.last
    tried = Tried(
        url=url,
        final_url=answer.final_url if answer else None,
        status=answer.status if answer else None,
        **outcome,
    )
    return _Attempt(tried, answer)


def _cleaned(posts: Sequence[RawPost], ground: Ground) -> tuple[RawPost, ...]:
    texts = clean_bodies(posts, timeout_s=ground.settings.listen.parse_timeout_s)
    pairs = zip(posts, texts, strict=True)
    return tuple(replace(post, body=text, is_html=False) for post, text in pairs)


def first_guess(url: str) -> str:
    """Return the kind an address seems to be of."""
    if "://" not in url or url.startswith("file:"):
        return "records"
    return next(iter(kinds_by_address(url)), "feed")
