"""Play the incident day: the workspace made or reopened, the places started, the clock set.

`prepare` is the whole seam to the command line: what it returns names the settings file and the
environment with which any command, and the service itself, runs on the demo.
"""

import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from sqlalchemy import Engine

from config import schema
from config.clock import CLOCK_FILE, ENVIRONMENT_KEY, Clock, FixedClock, PacedClock, rfc3339
from config.database import make_engine, reading, transaction
from config.errors import GroundswellError
from config.ground import Ground
from config.keys import KEY_FILE, load_key, make_key
from config.leases import make_holder
from config.settings import load_settings
from listener import store
from listener.watching import declaring
from responders.demo.declared import PRODUCT, SETTINGS, sources, with_credential
from responders.demo.hosting import Places, Ports
from responders.demo.letting_in import USER, let_in, new_password
from responders.demo.narration import Narration
from responders.demo.remembering import LOCK, MEMORY, Memory, alone, recall, remember, write_whole
from responders.demo.replies import FILE, read_replies
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
            self.memory = self._recall()
            self._let_in()
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

    @property
    def replies(self) -> Path:
        """Where the places keep what was written there."""
        return self.folder / FILE

    def ground(self, clock: Clock) -> Ground:
        """Return what passes and acts stand on."""
        return Ground(
            settings=load_settings(self.file, plugins=plugin_sections()),
            engine=self.engine,
            clock=clock,
            key=load_key(self.folder / KEY_FILE),
            holder=make_holder(),
        )

    def keep(self, *, shown: datetime, ports: Ports, clock: str | None = None) -> None:
        """Remember the time and the ports for the next run, and the clock for every command.

        Args:
            shown: the time of the day now.
            ports: where the places are.
            clock: a clock that goes on by itself; None where it stands still at ``shown``.
        """
        self.memory = replace(self.memory, shown=shown, ports=dict(ports))
        remember(self.folder, self.memory)
        write_whole(self.folder / CLOCK_FILE, clock or rfc3339(shown))

    def _let_in(self) -> None:
        """Note who may log in, then let them: a kill in between leaves a password for nobody."""
        password = self.memory.password or new_password()
        again = not self.memory.password
        self.memory = replace(self.memory, password=password)
        remember(self.folder, self.memory)  # from now on the folder is known as a demo's
        let_in(self.ground(FixedClock(self.memory.shown)), password, again=again)

    def _recall(self) -> Memory:
        """Return what the last run left, its time never before what store and places hold."""
        found = recall(self.folder) or Memory(shown=DAY_START)
        with reading(self.engine) as session:
            heard = [row.last_heard_at for row in store.sources(session) if row.last_heard_at]
        written = [reply.at for reply in read_replies(self.replies)]
        return replace(found, shown=max([found.shown, *heard, *written]))

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
        known = self.file.read_text(encoding="utf-8") if self.file.exists() else SETTINGS
        if not self.file.exists() or with_credential(known) != known:
            self.file.write_text(with_credential(known), encoding="utf-8")
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
        memory = workspace.memory
        self.clock = PacedClock(
            started=datetime.now(UTC) + timedelta(seconds=head_start_s),
            shown=memory.shown,
            speed=speed,
            fast_until=DAY_END,
        )
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self.places = Places(
            clock=self.clock.as_text(),
            ports=memory.ports,
            replies=workspace.replies,
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
    def log_in(self) -> str:
        """With what a person logs in at the console, as the ready line says it."""
        return f"user={USER} password={self._workspace.memory.password}"

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
        clock = None if self._stopped.is_set() else self.clock.as_text()
        self._workspace.keep(shown=self.clock.now(), ports=self.places.ports, clock=clock)


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
