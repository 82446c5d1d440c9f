"""The command line as its users have it: words in, an exit code and two streams of text out."""

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import schema
from config.clock import SystemClock
from config.database import make_engine, transaction
from config.keys import KEY_FILE, make_key
from listener.tables import Product
from responders import cli
from responders.workspace import CHOICE, close_opened


@dataclass(frozen=True)
class Said:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return standard output as the one JSON document it must be."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Workspace:
    """A workspace with one product, used through the command line."""

    folder: Path

    def __call__(self, *words: str) -> Said:
        """Carry a command out."""
        out, err = io.StringIO(), io.StringIO()
        file = self.folder / "groundswell.toml"
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = cli.carry_out([*words, "--config", str(file)])
            finally:
                CHOICE.config = None
                close_opened()
        return Said(code, out.getvalue(), err.getvalue())

    def write(self, name: str, text: str) -> str:
        """Write a file into the workspace; return its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


def make_workspace(folder: Path, store_url: str, *products: str) -> Workspace:
    """Make a workspace that may read this machine and waits for nobody."""
    text = f'[database]\nurl = "{store_url}"\n[http]\nallow_hosts = ["127.0.0.1"]\nspacing_s = 0\n'
    (folder / "groundswell.toml").write_text(text, encoding="utf-8")
    make_key(folder / KEY_FILE)
    engine = make_engine(store_url)
    if schema.pending(engine):
        schema.upgrade(engine)
    with transaction(engine) as session:
        for name in products:
            session.add(Product(name=name, created_at=SystemClock().now()))
    engine.dispose()
    return Workspace(folder)
