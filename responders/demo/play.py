"""Play the incident day: the workspace made or reopened, the places started, the clock set.

`prepare` is the whole seam to the command line: what it returns names the settings file and the
environment with which any command, and the service itself, runs on the demo.
"""

import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from sqlalchemy import Engine

from config import schema
from config.clock import ENVIRONMENT_KEY, PacedClock
from config.database import make_engine, reading, transaction
from config.errors import GroundswellError
from config.keys import KEY_FILE, make_key
from config.settings import load_settings
from listener import declaring, store
from responders.demo.declared import PRODUCT, SETTINGS, sources
from responders.demo.hosting import Places, Ports
from responders.demo.narration import Narration
from responders.demo.remembering import LOCK, MEMORY, Memory, alone, recall, remember
from responders.demo.script import DAY_END, DAY_START
from responders.workspace import DEMO_FILE, plugin_sections

REMEMBER_EVERY_S: Final = 0.5
"""What a kill may cost, in seconds of the machine."""
HEAD_START_S: Final = 10.0
"""How long the clock stands still at first, so that the model is loaded when the day goes on."""


class Workspace:
    """A demo workspace on the disk, held by this process alone until it is closed."""

    def __init__(self, folder: Path, *, fresh: bool) -> None:
        """Make the workspace, or reopen it.

        Args:
            folder: where it stands.
            fresh: forget an earlier day; only a demo's own folder is ever cleared.

        Raises:
            GroundswellError: the folder cannot be used, or somebody plays in it.
        """
        self.folder = folder.absolute()
        self.file = self.folder / DEMO_FILE.name
        self._held = ExitStack()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._held.enter_context(alone(self.folder))
            if fresh:
                self._clear()
            self.engine = self._open()
        except OSError as error:
            self._held.close()
            raise GroundswellError(
                f"the demo cannot be kept in {self.folder} ({error.strerror}); "
                "run it where you may write"
            ) from error
        except BaseException:
            self._held.close()
            raise

    def close(self) -> None:
        """Let others play in the folder."""
        self.engine.dispose()
        self._held.close()

    def memory(self) -> Memory | None:
        """Return what the last run left, its time never before what the store holds."""
        found = recall(self.folder)
        with reading(self.engine) as session:
            heard = [row.last_heard_at for row in store.sources(session) if row.last_heard_at]
        if found is None:
            return Memory(shown=max(heard)) if heard else None
        return Memory(shown=max([found.shown, *heard]), ports=found.ports)

    def declare(self, ports: Ports) -> None:
        """Write the product, if it is not there, and where its places are now."""
        with transaction(self.engine) as session:
            known = store.product_named(session, PRODUCT.name) is not None
            declared = declaring.Declaration(
                product=[] if known else [PRODUCT], source=sources(ports)
            )
            declaring.apply(session, declared, file=self.file, now=DAY_START)

    def _clear(self) -> None:
        names = {path.name for path in self.folder.iterdir()} - {LOCK}
        if names and MEMORY not in names and self.folder != DEMO_FILE.parent.absolute():
            raise GroundswellError(f"{self.folder} is no demo workspace; it was left as it is")
        for name in names:
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _open(self) -> Engine:
        if not self.file.exists():
            self.file.write_text(SETTINGS, encoding="utf-8")
        make_key(self.folder / KEY_FILE)
        settings = load_settings(self.file, plugins=plugin_sections())
        engine = make_engine(settings.database_url())
        if schema.pending(engine):
            schema.upgrade(engine)
        return engine


class Demo:
    """The day being played; leaving the block stops the places for certain."""

    def __init__(self, workspace: Workspace, *, speed: float, head_start_s: float) -> None:
        self._workspace = workspace
        memory = workspace.memory()
        self.clock = PacedClock(
            started=datetime.now(UTC) + timedelta(seconds=head_start_s),
            shown=memory.shown if memory else DAY_START,
            speed=speed,
            fast_until=DAY_END,
        )
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self.places = Places(
            clock=self.clock.as_text(),
            ports=memory.ports if memory else None,
            moved=workspace.declare,
        )
        self._keep()
        workspace.declare(self.places.ports)
        self._go("demo-memory", self._keep_on)

    @property
    def config(self) -> Path:
        """The settings file of the workspace."""
        return self._workspace.file

    @property
    def environ(self) -> Mapping[str, str]:
        """What every process of the demo has in its environment."""
        return {ENVIRONMENT_KEY: self.clock.as_text()}

    def watch(self, console: Console | None = None) -> None:
        """Tell on the terminal what happens, until stopped."""
        narration = Narration(self._workspace.engine, self.clock, console=console, file=self.config)
        self._go("demo-narration", lambda: narration.go_on(self._stopped))

    def stop(self) -> None:
        """Stop the places, note the time, let the workspace go; a second call does nothing."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        self.places.stop()
        self._keep()
        self._workspace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _go(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _keep_on(self) -> None:
        while not self._stopped.wait(REMEMBER_EVERY_S):
            self._keep()

    def _keep(self) -> None:
        memory = Memory(shown=self.clock.now(), ports=dict(self.places.ports))
        remember(self._workspace.folder, memory)


def prepare(
    *,
    fresh: bool = False,
    speed: float = 60.0,
    workspace: Path | None = None,
    head_start_s: float = HEAD_START_S,
) -> Demo:
    """Start the demo, or go on where it stopped.

    Args:
        fresh: begin the day again in an empty workspace.
        speed: seconds of the day in a second of the machine, until the day's end; then 1.
        workspace: its folder; by default data/run/demo.
        head_start_s: how long the clock stands still before it goes on.

    Raises:
        GroundswellError: the workspace cannot be used, or the places did not start.
    """
    opened = Workspace(workspace or DEMO_FILE.parent, fresh=fresh)
    try:
        return Demo(opened, speed=speed, head_start_s=head_start_s)
    except BaseException:
        opened.close()
        raise
