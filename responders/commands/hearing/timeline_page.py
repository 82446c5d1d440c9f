"""The picture of a backtest as one file: no script, no address outside, light and dark.

Apart from the numbers of it (timeline.py), because a template is read from the disk.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import responders.page
from responders.commands.hearing.timeline import OVERVIEW_H, STRIP_H, Picture

FILE = "timeline.html"
FOLDER = Path(__file__).parent / "templates"
TOKENS = Path(responders.page.__file__).parent / "static" / "tokens.css"


def timeline_page(shown: Picture) -> str:
    """Return the page; strangers' words in it are text and nothing else."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = TOKENS.read_text(encoding="utf-8") + (FOLDER / "timeline.css").read_text(
        encoding="utf-8"
    )
    page = environment.get_template(FILE).render(
        shown=shown,
        style=Markup(style),  # noqa: S704 - our own two files
        heights=(OVERVIEW_H, STRIP_H),
    )
    return page.encode("utf-8", "replace").decode()
