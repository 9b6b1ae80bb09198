"""A recall under a hold, and counsel's clearance to destroy all the same."""

import pytest

from portcullis.standing import Scope
from tests.office import acts, disclosed
from tests.office import world as worlds
from tests.office.test_recalls import SAFE, attest, counsel, hold, opened


@pytest.mark.parametrize("kind", ["histories", "batches"])
def test_what_counsel_cleared_is_disposed_of_under_the_hold(stage, kind: str) -> None:
    world = stage("released")
    from portcullis.office.clearances import Clearance, clear
    from portcullis.office.models import Package

    if kind == "histories":
        disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    source = disclosed.HISTORY if kind == "histories" else worlds.BATCH
    opened(world, "named", "order", **{kind: (source,)})
    hold(world, Scope(batches=(source,)))
    refused = lambda: attest(world, SAFE, "disposed")  # noqa: E731 - tried again below
    acts.denied(world, "recall-attest", "safeguards", "hold", refused)
    named = [source] if kind == "histories" else list(Package.objects.values_list("id", flat=True))
    what = {"histories": named} if kind == "histories" else {"packages": named[1:]}
    home = world.home()
    clear(home, counsel(world), Clearance("hold-1", acts.DOCKET, acts.DOCUMENT, **what))
    if kind == "batches":
        acts.denied(world, "recall-attest", "safeguards", "hold", refused)
        rest = Clearance("hold-1", acts.DOCKET, acts.DOCUMENT, packages=named[:1])
        clear(home, counsel(world), rest)
    assert attest(world, SAFE, "disposed").stage == "disposed"
