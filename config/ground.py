"""What every pass stands on, handed down from the wiring as one value."""

from dataclasses import dataclass

from sqlalchemy import Engine

from config.clock import Clock
from config.settings import Settings


@dataclass(frozen=True)
class Ground:
    """The settings, the store, the time and the key of one installation, in one process."""

    settings: Settings
    engine: Engine
    clock: Clock
    key: bytes
    """Pseudonyms are made with it (config/keys.py)."""
    holder: str
    """The name of this process in leases."""
