"""Whoever pauses is in a hurry: what the act does not need is not imported before it is done."""

import subprocess
import sys

HEAVY = (
    "listener.tables", "classifiers.tables", "responders.voice.tables", "numpy",
    "responders.delivery.tables", "argon2", "sklearn", "torch", "alembic",
)  # fmt: skip


def test_pausing_imports_nothing_that_it_does_not_need() -> None:
    asked = (
        "import sys, responders.commands.pausing\n"
        f"print([one for one in {HEAVY!r} if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"
