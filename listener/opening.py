"""From settings and rows to what a look needs: the reader of a source, the rules for its posts."""

from datetime import timedelta

from config import plugins
from config.ground import Ground
from config.http_client import PoliteClient
from config.keys import pseudonym
from listener.preparing import Rules
from listener.query import compile_query
from listener.reading.language import detect_language
from listener.sources.base import Place
from listener.sources.base import Source as Reader
from listener.tables import Product, Source

SOURCES = "listener.sources"


def open_source(ground: Ground, client: PoliteClient, source: Source) -> Reader:
    """Return the reader of a declared source.

    Raises:
        SettingsError: its kind is unknown, or the credential it names is not in the settings.
    """
    settings = ground.settings
    module = plugins.load(SOURCES, source.kind)
    options = settings.plugins.get(source.kind) or plugins.options_of(SOURCES, source.kind)()
    place = Place(
        url=source.url,
        options=options,
        credential=settings.credential(source.credential),
        folder=settings.folder,
        max_items=settings.listen.max_items,
        parse_timeout_s=settings.listen.parse_timeout_s,
        now=ground.clock.now,
    )
    reader: Reader = module.build(place, client)
    return reader


def rules_for(
    ground: Ground, product: Product, source: str, *, first_fetch: bool, stable_ids: bool = False
) -> Rules:
    """Return what product and settings say about posts of a source."""
    return Rules(
        query=compile_query(
            product.query, names=[product.name, *product.aliases], ignore=product.ignore
        ),
        staff=frozenset(name.casefold() for name in product.staff),
        bots=frozenset(name.casefold() for name in product.bots),
        pseudonym=lambda author: pseudonym(ground.key, source, author),
        detect_language=detect_language,
        history=timedelta(hours=ground.settings.listen.backfill_after_hours),
        first_fetch=first_fetch,
        stable_ids=stable_ids,
    )
