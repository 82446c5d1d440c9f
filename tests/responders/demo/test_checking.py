from datetime import UTC, datetime
from io import StringIO

from rich.console import Console

from responders.demo.checking import Outcome, as_table

NINE = datetime(2026, 5, 12, 9, tzinfo=UTC)


def test_the_table_says_when_each_step_happened_and_which_did_not() -> None:
    out = StringIO()
    outcomes = [
        Outcome("heard", NINE, "3 posts \x1b[2J[bold]"),
        Outcome("sent", None, "did not happen"),
    ]
    Console(file=out, width=120).print(as_table(outcomes))
    lines = out.getvalue().splitlines()
    assert [outcome.ok for outcome in outcomes] == [True, False]
    assert any("heard" in line and "09:00" in line and "[bold]" in line for line in lines)
    assert any("sent" in line and "–" in line and "did not happen" in line for line in lines)
    assert "\x1b" not in out.getvalue()
