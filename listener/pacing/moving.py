"""A place that moved for good (301, 308): followed when it says so twice, never with a secret.

Apart from the crawl because it changes what the operator declared.
"""

from config.logs import event_log
from listener.answers import host_of, shown_address
from listener.tables import Source, SourceState

log = event_log(__name__)


def follow_move(source: Source, moved_to: str | None) -> None:
    """Note where a look says that a source moved; at the second time in a row it is its address.

    One redirect may be a mistake of the day. A credential belongs to the host it was given for, so
    a source with one is never led to another host.
    """
    if moved_to is None or moved_to == source.url:
        source.moved_to = None
        return
    if source.credential is not None and host_of(moved_to) != host_of(source.url):
        source.moved_to = moved_to
        source.state = SourceState.MOVED
        source.reason = (
            f"it moved to {shown_address(moved_to)}, another host, which does not get its "
            "credential: if you trust it, give the new address to `groundswell source add`"
        )
        return
    if source.moved_to != moved_to:
        source.moved_to = moved_to
        return
    log.info("source_moved", source=source.name, to=shown_address(moved_to))
    source.url, source.moved_to = moved_to, None
    source.reason = f"it moved; its address is now {shown_address(moved_to)}"
