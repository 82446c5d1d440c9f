"""A wish that an admin takes off the list: the thread it silenced gets its text, once."""

from config.database import transaction
from config.ground import Ground
from responders.decisions.drafts.approve import approve
from responders.decisions.people.optout import add_optout, remove_optout
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftState
from tests.listener.installation import rows
from tests.responders.decisions.deciding import ADMIN, RUTH
from tests.responders.incidents import Incident, Said, happen


def reply(ground: Ground) -> Draft:
    (draft,) = [row for row in rows(ground, Draft) if row.thread_id]
    return draft


def test_what_was_approved_silenced_and_allowed_again_is_approved_and_queued_anew(
    ground: Ground,
) -> None:
    happen(ground, Incident(said=[Said(author="Ann")]))
    respond_due(ground)
    with transaction(ground.engine) as session:
        number = session.get_one(Draft, reply(ground).id).id or 0
    message = approve(ground, RUTH, number, undo_s=60).delivery_id
    wish = add_optout(ground, ADMIN, author="Ann", place="forum.example")
    respond_due(ground)
    assert reply(ground).state is DraftState.SILENT
    assert rows(ground, Delivery)[0].state is DeliveryState.CANCELLED
    assert respond_due(ground) == 0
    remove_optout(ground, ADMIN, wish.id or 0, "she wrote to us herself")
    respond_due(ground)
    assert reply(ground).state is DraftState.PENDING
    assert reply(ground).text
    assert approve(ground, RUTH, number).delivery_id == message
    (row,) = [one for one in rows(ground, Delivery) if one.id == message]
    assert (row.state, row.forbidden) == (DeliveryState.QUEUED, "")
    assert respond_due(ground) == 0
