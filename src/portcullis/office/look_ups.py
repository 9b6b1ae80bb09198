"""May anybody be looked up now? Looking is itself restricted (26 U.S.C. 7213A): it is asked first.

The recipient may receive on this day, and no order that stops look-ups reaches the request. A clock
that was put back makes no day of it on which the recipient still might. All is read inside the gate
lock, which is held until the look-up is on the ledger: so none that an order reaches stands after.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import polars as pl

from portcullis import tables
from portcullis.errors import Refused
from portcullis.office import files, locks, persons, subjects
from portcullis.office.home import Home
from portcullis.office.models import Batch, History
from portcullis.office.orders import newest_entry, orders_stopping
from portcullis.office.safeguards import standing_today
from portcullis.standing import LOOK_UP, Order, Standing, gate, in_scope

ORDER_STANDS = "order-stands"


def may_look_up(home: Home, batch: Batch) -> Standing:
    """Return whether anybody of a batch may be looked up now, and every reason why not."""
    orders = orders_stopping(home, LOOK_UP)
    standing = gate(orders, subjects.of_batch(home, batch), standing_today(home))
    return Standing.of([*standing.reasons, *_put_back(home)])


def _put_back(home: Home) -> Iterator[str]:
    if home.today() < newest_entry(home).date():
        yield "clock-wrong: By this machine's clock it is a day before the ledger's newest entry."


def stopped(home: Home, batch: Batch) -> pl.Series:
    """Return the rows of a batch that an order reaches by package, officer or person.

    They are not looked up. Packages are there once release has begun: it may look up again.
    """
    orders = orders_stopping(home, LOOK_UP)
    none = pl.Series("row", [], dtype=pl.UInt32)
    if not orders:
        return none
    return (
        pl.concat(
            [
                none,
                _by_packages(batch, orders),
                *_by_officers(home, batch, orders),
                _by_persons(home, batch, orders),
            ]
        )
        .unique()
        .sort()
    )


@contextmanager
def looking_up(home: Home, batch: Batch, rows: Iterable[int]) -> Iterator[None]:
    """Hold the gate, shared, while it is put on the ledger that ``rows`` are about to be looked up.

    Raises Refused where one of them may not be.
    """
    with locks.gate(home).shared():
        standing = may_look_up(home, batch)
        if not standing.met:
            raise _refused(standing.reasons)
        if not set(stopped(home, batch)).isdisjoint(rows):
            raise _refused(["order-stands: An order reaches the request."])
        yield


@contextmanager
def looking_up_history(home: Home, history: History) -> Iterator[None]:
    """Hold the gate likewise for an imported history: no order that stops look-ups reaches it.

    The recipient's standing is not asked: nothing is to be disclosed, and what was is to be judged.
    """
    with locks.gate(home).shared():
        orders = orders_stopping(home, LOOK_UP)
        if orders and in_scope(orders, subjects.of_history(home, history)):
            raise _refused(["order-stands: An order reaches the history."])
        yield


def _refused(reasons: Iterable[str]) -> Refused:
    return Refused(
        "Nobody is looked up. " + " ".join(reasons),
        "It can be done once the order is lifted, or the recipient may receive. An order that "
        "leaves look-ups open is filed with --stops release --stops use.",
    )


def _by_packages(batch: Batch, orders: Iterable[Order]) -> pl.Series:
    wanted = {name for order in orders for name in order.scope.packages}
    named = batch.packages.values_list("id", "row") if wanted else ()
    return pl.Series("row", [row for id_, row in named if id_ in wanted], dtype=pl.UInt32)


def _by_officers(home: Home, batch: Batch, orders: Iterable[Order]) -> Iterator[pl.Series]:
    wanted = sorted({name for order in orders for name in order.scope.officers})
    if not wanted:
        return
    path = files.accounting(home, batch.id, "requests.tbl")
    key = home.derived_key("accounting")
    for part in tables.scan_table(path, key, ["row", "officers"]):
        one_of_them = pl.element().str.strip_chars().is_in(wanted)
        reached = pl.col("officers").str.split(";").list.eval(one_of_them).list.any()
        # Who names nobody is not known to name none of them.
        yield part.filter(reached.fill_null(value=True))["row"]


def _by_persons(home: Home, batch: Batch, orders: Iterable[Order]) -> pl.Series:
    sets = tuple(dict.fromkeys(name for order in orders for name in order.scope.persons))
    reached = persons.in_batch(home, batch.id, sets)
    if reached.always:
        path = files.accounting(home, batch.id, "requests.tbl")
        return tables.read_table(path, home.derived_key("accounting"), ["row"])["row"]
    return pl.Series("row", list(reached.by_row), dtype=pl.UInt32)
