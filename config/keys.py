"""The key of the installation: pseudonyms of authors and sessions are made with it.

It stands in ``secret.key`` beside the store, readable by its owner only, and goes into the backup:
without it the same person would look like somebody new.
"""

import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from config.errors import SettingsError

KEY_FILE = "secret.key"
KEY_BYTES = 32


def make_key(path: Path) -> bytes:
    """Return the key at ``path``, made now if there is none; a key is never overwritten."""
    if path.exists():
        return load_key(path)
    descriptor, whole = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # rights 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link never overwrites, and nobody ever reads half a key.
        with suppress(FileExistsError):
            os.link(whole, path)
    finally:
        Path(whole).unlink()
    return load_key(path)


def load_key(path: Path) -> bytes:
    """Return the key of the installation.

    Raises:
        SettingsError: the file is missing, damaged or open to other people of the machine.
    """
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path} is missing; run `groundswell init`, or restore the key from a backup "
            "so that authors stay the same"
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}); check its owner and its rights"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is damaged; restore it from a backup") from error
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsError(f"{path} can be read by others; run `chmod 600 {path}`")
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise SettingsError(f"{path} is damaged; restore it from a backup") from error
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{path} is damaged; restore it from a backup")
    return key


def pseudonym(key: bytes, source: str, remote_author: str) -> str:
    """Return the name by which a person at a source is counted: 32 hexadecimal digits.

    The same person at the same source always gets the same one; without the key nobody can tell
    who it is (HMAC-SHA-256, cut to 128 bits).
    """
    message = f"{source}\x00{remote_author}".encode("utf-8", "replace")
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]
