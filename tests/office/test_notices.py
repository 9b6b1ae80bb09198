"""What an order freezes and a hold preserves with the recipient, and who has attested to it."""

from datetime import timedelta

import pytest

from portcullis import standing
from portcullis.errors import Refused
from portcullis.standing import EVERYTHING, Hold, Order, Scope
from tests.office import acts, checks, disclosed
from tests.office import world as worlds
from tests.office.test_order_scopes import two


def file(world: worlds.World, scope: Scope = EVERYTHING, kind: type = Order, **more) -> None:
    from portcullis.office import notices

    home = world.home()
    placed = kind("order-1", acts.DOCKET, "dcd", home.today(), acts.DOCUMENT, scope, **more)
    notices.file(home, acts.hands(world, "counsel"), placed)


def notice(world: worlds.World) -> str:
    return (world.home_path / "notices" / "order-1.jws").read_text()


def holder(world: worlds.World) -> dict[str, str]:
    from portcullis.office.public import FILE, read_public

    return read_public(world.home_path / FILE).holder


def listed(world: worlds.World) -> dict[str, set[str]]:
    said = standing.read_notice(notice(world), holder(world))
    return {
        each["custodian"]: {one["request_id"] for one in each["disclosures"]}
        for each in said["custodians"]
    }


def attest(world: worlds.World, by: str, custodian: str = "", text: str = "") -> str:
    return standing.attest(
        text or notice(world),
        holder(world),
        by,
        world.key(by),
        custodian=custodian or by,
        at=world.home().now(),
    )


def record(world: worlds.World, attestation: str):
    from portcullis.office.notices import attested

    return attested(world.home(), acts.hands(world, "safeguards"), attestation)


def tracked(world: worlds.World):
    from portcullis.office.notices import tracked as run

    return run(world.home(), "order-1")


def test_the_notice_lists_what_was_delivered_in_scope_for_each_custodian(stage) -> None:
    world = stage("released")
    acts.token(world, acts.package_of(world, "REQ-00001"))
    file(world, two(world))
    assert listed(world) == {"officer-1": {"REQ-00003"}, "officer-2": {"REQ-00004"}}
    said = standing.read_notice(notice(world), holder(world))
    assert said["says"] == "freeze"
    assert said["of"]["docket"] == acts.DOCKET
    assert "scope" not in said["of"]
    ((_, entry),) = checks.of_kind(world.home(), "notice-issued")
    assert entry["notice"] == standing.notices.digest(notice(world))
    assert "REQ-" not in str(checks.entries(world.home()))
    with pytest.raises(Refused, match="does not verify"):
        standing.read_notice(notice(world)[:-8] + "AAAAAAAA", holder(world))


def test_what_was_not_delivered_is_not_told(stage) -> None:
    world = stage("sealed")
    file(world)
    assert listed(world) == {}
    assert tracked(world).outstanding == ()


def test_an_order_on_releases_alone_asks_nothing_of_the_recipient(stage) -> None:
    world = stage("released")
    file(world, stops=("look-up", "release"))
    assert tracked(world).notice is None
    from portcullis.office.notices import issue

    with pytest.raises(Refused, match="asks nothing"):
        issue(world.home(), acts.hands(world, "counsel"), "order-1")


def test_custodians_are_tracked_until_all_have_attested(stage) -> None:
    world = stage("released")
    file(world)
    assert tracked(world).outstanding == ("officer-1", "officer-2")
    record(world, attest(world, "officer-1"))
    assert tracked(world).outstanding == ("officer-2",)
    # For an officer who cannot, a signatory of the requester attests.
    record(world, attest(world, "head", "officer-2"))
    found = tracked(world)
    assert found.outstanding == ()
    assert [each.signed_by for each in found.duties] == ["officer-1", "head"]
    assert found.standing
    with pytest.raises(Refused, match="attested to this already"):
        record(world, attest(world, "officer-1"))
    entries = [entry for _, entry in checks.of_kind(world.home(), "custodian-attested")]
    assert [(one["custodian"], one["signed_by"]) for one in entries] == [
        ("officer-1", "officer-1"),
        ("officer-2", "head"),
    ]
    checks.ledger_verifies(world.home())


def test_only_the_custodian_or_a_signatory_attests_and_only_safeguards_record_it(stage) -> None:
    world = stage("released")
    file(world)
    with pytest.raises(Refused, match="Only the custodian"):
        record(world, attest(world, "officer-1", "officer-2"))
    forged = standing.attest(
        notice(world), holder(world), "officer-2", world.key("officer-1"),
        custodian="officer-2", at=world.home().now(),
    )  # fmt: skip
    with pytest.raises(Refused, match="does not verify"):
        record(world, forged)
    for nothing in ("", "a.b.c", "{}"):
        with pytest.raises(Refused):
            record(world, nothing)
    with pytest.raises(Refused, match="lists nothing"):
        attest(world, "head")
    from portcullis.office.notices import attested

    good = attest(world, "officer-1")
    counsel = acts.hands(world, "counsel")
    acts.denied(
        world, "custodian-attested", "counsel", "role",
        lambda: attested(world.home(), counsel, good),
    )  # fmt: skip
    assert tracked(world).outstanding == ("officer-1", "officer-2")


def test_what_is_delivered_in_scope_later_is_attested_to_anew(stage) -> None:
    world = stage("sealed")
    from portcullis.office.files import find_batch
    from portcullis.office.notices import issue
    from portcullis.office.release import publish

    home, batch = world.home(), find_batch(worlds.BATCH)
    first, third = acts.package_of(world, "REQ-00001"), acts.package_of(world, "REQ-00003")
    publish(home, batch, first.id)
    file(world, stops=("use",))
    older = attest(world, "officer-1")
    record(world, older)
    assert tracked(world).outstanding == ()
    publish(home, batch, third.id)
    assert tracked(world).outstanding == ("officer-1",)
    with pytest.raises(Refused, match="holds now"):
        record(world, older)
    issue(home, acts.hands(world, "counsel"), "order-1")
    assert listed(world) == {"officer-1": {"REQ-00001", "REQ-00003"}}
    record(world, attest(world, "officer-1"))
    assert tracked(world).outstanding == ()


def test_packages_that_left_after_an_order_took_effect_are_counted(stage) -> None:
    world = stage("released")
    effective = world.home().now() - timedelta(days=1)
    file(world, Scope(officers=("officer-1",)), effective_at=effective)
    assert tracked(world).since_effect == 3


@pytest.mark.long
def test_imported_disclosures_are_the_agencys(stage) -> None:
    world = stage("new")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    file(world, two(world))
    assert listed(world) == {"agency": {"REQ-00003", "REQ-00004"}}
    record(world, attest(world, "head", "agency"))
    assert tracked(world).outstanding == ()


def test_a_hold_asks_to_preserve_and_a_lift_says_that_it_is_over(stage) -> None:
    world = stage("released")
    file(world, kind=Hold)
    assert standing.read_notice(notice(world), holder(world))["says"] == "preserve"
    record(world, attest(world, "officer-1"))
    from portcullis.office import notices

    for name in ("counsel", "counsel-2"):
        person = acts.hands(world, name)
        notices.lift(world.home(), person, "order-1", acts.DOCKET, acts.DOCUMENT)
    assert standing.read_notice(notice(world), holder(world))["says"] == "lifted"
    with pytest.raises(Refused, match="nothing to attest"):
        attest(world, "officer-2")


def test_an_order_stands_although_nobody_can_be_told_of_it_yet(stage) -> None:
    from portcullis.office import notices, orders
    from portcullis.office.entries import OnRecord

    world = stage("released")
    table = world.home_path / "accounting" / worlds.BATCH / "disclosures.tbl"
    away = table.rename(table.with_suffix(".away"))
    with pytest.raises(OnRecord, match="The recipient is not told of it yet"):
        file(world)
    assert [each.id for each in orders.standing_orders()] == ["order-1"]
    assert len(checks.of_kind(world.home(), "order-filed")) == 1
    away.rename(table)
    assert not (world.home_path / "notices").exists()
    notices.issue(world.home(), acts.hands(world, "counsel"), "order-1")
    assert standing.read_notice(notice(world), holder(world))["says"] == "freeze"
