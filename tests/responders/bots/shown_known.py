"""Something that the public page shows, for those who ask a chat what is known."""

from config.database import transaction
from config.ground import Ground
from responders.page.tables import Incident
from tests.conftest import NOON


def show_on_the_page(ground: Ground, issue_id: int, name: str) -> None:
    """Let the public page show an issue."""
    with transaction(ground.engine) as session:
        session.add(
            Incident(
                public_id=f"gs-{issue_id}", issue_id=issue_id, name=name, status="identified",
                impact="major", started_at=NOON, created_at=NOON, updated_at=NOON,
            )
        )  # fmt: skip
