"""Feeds: RSS, RDF, Atom and JSON Feed; see ``listener/platforms/feed_following.py``."""

from config.http_client import PoliteClient
from listener.platforms.feed_following import FeedSource
from listener.sources.base import Place, SourceOptions


class Options(SourceOptions):
    """Feeds have no settings of their own."""


def build(place: Place, client: PoliteClient) -> FeedSource:
    """Return the source at a place."""
    return FeedSource(place, client)
