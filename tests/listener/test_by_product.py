"""Work by product: each has its turn, and a lease keeps two processes apart."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from config import leases
from config.clock import SystemClock
from config.database import reading
from config.ground import Ground
from config.logs import event_log
from listener.by_product import changing, each_product
from listener.tables import Product
from tests.listener.installation import declare

LOG = event_log(__name__)


def names(session: Session) -> list[str]:
    return [row.name for row in session.exec(select(Product).order_by(Product.name)).all()]


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (ValueError("it broke"), "work_broke"),
        (leases.LeaseLost("taken over"), "work_left_to_another_process"),
    ],
)
def test_one_that_breaks_keeps_no_other_waiting(
    ground: Ground, caplog: pytest.LogCaptureFixture, trouble: Exception, told: str
) -> None:
    for name in ("a", "b", "c"):
        declare(ground, name=name)

    def act(product: Product) -> int:
        if product.name == "b":
            raise trouble
        return 2

    assert each_product(ground, act, log=LOG, of="work") == 4
    assert told in caplog.text


def test_only_who_holds_the_lease_changes_rows(ground: Ground) -> None:
    number = declare(ground, name="old")
    other = replace(ground, holder=leases.make_holder() + "-other")
    with (
        leases.holding(ground.engine, "work", clock=SystemClock(), holder=other.holder),
        changing(ground, "work") as session,
    ):
        assert session is None
    with changing(ground, "work") as session:
        assert session is not None
        session.get_one(Product, number).name = "new"
    with reading(ground.engine) as session:
        assert names(session) == ["new"]


def test_what_fails_writes_nothing_and_gives_the_lease_back(ground: Ground) -> None:
    number = declare(ground, name="old")

    def rename() -> None:
        with changing(ground, "work") as session:
            assert session is not None
            session.get_one(Product, number).name = "new"
            session.flush()
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        rename()
    with changing(ground, "work") as session:
        assert session is not None
        assert names(session) == ["old"]
