"""Which way a reply takes to its place: the place's own interface, or a person's hands.

Apart from the sender, because it is asked when a text is proposed: a text that a person must carry
is drawn, shown and counted as one.
"""

from config import plugins
from config.settings import Settings
from listener.tables import Source
from responders.delivery.opening import ROOM

BY_HAND = "manual"
"""The channel of a thread that a person must answer with their own hands."""


def channel_for(source: Source, settings: Settings) -> str:
    """Return the channel of a reply: its place's own if that takes ours, else a person's hands."""
    return BY_HAND if why_by_hand(source, settings) else source.kind


def why_by_hand(source: Source, settings: Settings) -> str | None:
    """Return why a person must answer at a source; None where Groundswell can."""
    if source.kind not in plugins.names(ROOM):
        return f"no reply leaves by itself to a place of the kind {source.kind}"
    module = plugins.load(ROOM, source.kind)
    if not getattr(module, "PUBLIC", False):
        return f"no reply leaves by itself to a place of the kind {source.kind}"
    takes = getattr(module, "takes_replies", None)
    if takes is not None and not takes(source.url):
        return "this part of the place is read only"
    if not source.reply:
        return "`reply = true` does not stand on the source"
    lacking = getattr(module, "lacking", None)
    options = settings.plugins.get(source.kind) or module.Options()
    named = settings.credentials.get(source.credential or "")
    missing = lacking(options, named) if lacking else None
    return f"it lacks {missing}" if missing else None


def may_change(kind: str) -> bool:
    """Tell whether replies that left by a channel can be changed and taken away there."""
    known = kind in plugins.names(ROOM)
    return known and bool(getattr(plugins.load(ROOM, kind), "CHANGES", False))
