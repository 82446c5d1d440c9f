"""What the demo's workspace says of itself: its settings, its product and its three sources.

Apart from the playing, because it is what an operator would have written by hand; whoever opens
data/run/demo finds an ordinary workspace.
"""

from collections.abc import Mapping
from typing import Final

from listener.watching.declaring import DeclaredProduct, DeclaredSource
from responders.demo.script import Place
from responders.demo.taking import API_KEY, USERNAME

CREDENTIAL: Final = "community"
OURS: Final = f"""\
# Replies in the community leave by its own interface; its source names this credential.
[credentials.{CREDENTIAL}]
api_key = "{API_KEY}"
api_username = "{USERNAME}"
"""

SETTINGS: Final = f"""\
# The demo's workspace: an ordinary one, made by `groundswell demo`. You may change it;
# `groundswell demo --fresh` makes it anew.

[database]
url = "sqlite:///groundswell.db"

[http]
# The demo's places are on this machine. A real installation keeps this list empty.
allow_hosts = ["127.0.0.1"]
# Nobody has to be spared here, and the demo's clock runs fast.
spacing_s = 0

[listen]
# Minutes of the demo's clock; a quiet place is looked at as often as the others.
interval_minutes = 5
longest_minutes = 5

[page]
name = "Fernsync"

[log]
# The narration tells the day; "info" shows every decision beside it.
level = "warning"

{OURS}"""

PRODUCT: Final = DeclaredProduct(
    name="Fernsync",
    aliases=["Fern Sync", "fernsync.example"],
    ignore=["Nimbusdrop", "Stashly", "Boxwren", "Tarnvault"],
    speaker="Ana at Fernsync",
    languages=["en"],
    staff=[USERNAME, "fern_tomasz"],
    bots=["fernbot"],
)

_READ_AS: Final[Mapping[Place, tuple[str, str]]] = {
    "community": ("discourse", "/"),
    "blog": ("feed", "/comments/feed/"),
    "gripes": ("feed", "/app.php/feed"),
}


def with_credential(settings: str) -> str:
    """Return settings that hold the community's credential; a demo of an older version has none."""
    return settings if f"[credentials.{CREDENTIAL}]" in settings else f"{settings}\n{OURS}"


def sources(ports: Mapping[Place, int]) -> list[DeclaredSource]:
    """Return the three places at their ports; only the community lets us reply by ourselves."""
    return [
        DeclaredSource(
            name=place,
            kind=kind,
            url=f"http://127.0.0.1:{ports[place]}{path}",
            product=PRODUCT.name,
            credential=CREDENTIAL if place == "community" else None,
            reply=place == "community",
        )
        for place, (kind, path) in _READ_AS.items()
    ]
