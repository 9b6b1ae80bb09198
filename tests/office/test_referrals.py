"""Near misses before two reviewers: what may be found, by whom, and what comes of it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from portcullis.errors import Misuse, Refused
from portcullis.standing import Scope
from tests.office import acts, checks, near, restored
from tests.office.homes import switch
from tests.office.near import CAST, FINDABLE
from tests.office.world import BATCH, World


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from django.db import connections

    world = near.build(tmp_path_factory.mktemp("near") / "world")
    connections.close_all()
    return world.folder


@pytest.fixture
def world(_made: Path, tmp_path: Path) -> World:
    """A fresh world whose batch is determined and full of near misses."""
    shutil.copytree(_made, tmp_path / "world")
    fresh = World(tmp_path / "world")
    switch(fresh.home_path)
    return fresh


def test_every_near_miss_waits_and_nothing_else(world: World) -> None:
    assert near.states(world) == dict.fromkeys(CAST, "open")


def test_what_may_be_found_and_what_never_may(world: World) -> None:
    from portcullis.matching import NOT_FINDABLE

    for name, (_, _, expected) in CAST.items():
        if name in FINDABLE:
            near.find(world, name, expected)
            continue
        rule = "unit-left-out" if name == "two-units" else "street-slip"
        refused = refused_finding(world, name, rule)
        told = NOT_FINDABLE.get(expected, "Another element of the match is not met.")
        assert refused.message.startswith(told)
    assert near.states(world) == {name: "found" if name in FINDABLE else "open" for name in CAST}


def test_no_rule_but_the_one_that_fits_finds_anything(world: World) -> None:
    for rule in ("household", "number-slip", "nickname", "unit-left-out", ""):
        refused_finding(world, "street", rule)
    assert near.states(world)["street"] == "open"


def refused_finding(world: World, name: str, rule: str) -> Refused:
    """Assert that the finding is denied, on the record, in the one word the ledger has for it."""
    return acts.denied(
        world, "review", "reviewer", "not-findable", lambda: near.find(world, name, rule), signed=2
    )


def test_another_address_of_record_is_not_found(world: World) -> None:
    acts.denied(
        world, "review", "reviewer", "not-findable",
        lambda: near.find(world, "street", "street-slip", number=2), signed=2,
    )  # fmt: skip


def test_a_finding_needs_words_and_a_near_miss(world: World) -> None:
    from portcullis.office import referrals

    person = acts.hands(world, "reviewer")
    with pytest.raises(Refused, match="reason"):
        referrals.find(
            world.home(), BATCH, "street", person, number=1, rule="street-slip", reason=" "
        )
    with pytest.raises(Refused, match="No near miss"):
        near.find(world, "REQ-00001", "street-slip")
    near.find(world, "street", "street-slip")
    with pytest.raises(Refused, match="found already"):
        near.find(world, "street", "street-slip", by="reviewer-2")


def test_two_different_reviewers_and_neither_had_another_part(world: World) -> None:
    with pytest.raises(Refused, match="Nothing waits"):
        near.confirm(world, "street")
    near.find(world, "street", "street-slip")
    near.seen(world, "street", "reviewer")
    acts.denied(
        world, "review", "reviewer", "two-people",
        lambda: near.confirm(world, "street", by="reviewer"),
    )  # fmt: skip
    acts.change_person(world, "specialist", roles=("specialist", "reviewer"))
    acts.denied(
        world, "review", "specialist", "two-people",
        lambda: near.confirm(world, "street", by="specialist"),
    )  # fmt: skip
    acts.denied(
        world, "review", "sampler", "role", lambda: near.confirm(world, "street", by="sampler")
    )
    near.confirm(world, "street")


def test_who_answers_has_looked_and_answers_the_finding_that_stands(world: World) -> None:
    from portcullis.office import referrals
    from portcullis.office.files import find_batch

    def log() -> str:
        waiting = referrals.waiting(world.home(), find_batch(BATCH))
        return next(each.log for each in waiting if each.request_id == "street")

    home, second = world.home(), acts.hands(world, "reviewer-2")
    near.find(world, "street", "street-slip")
    first = log()
    before = checks.of_kind(home, "reviewed")
    for more in ({}, {"finding_log": first}, {"refuse": "It is another."}):
        with pytest.raises(Refused, match="has looked"):
            referrals.confirm(home, BATCH, "street", second, **more)
    assert checks.of_kind(home, "reviewed") == before
    near.confirm(world, "street", refuse="Not sure.")
    near.find(world, "street", "street-slip")
    assert log() != first
    with pytest.raises(Refused, match="Another finding stands"):
        near.confirm(world, "street", finding_log=first)
    assert near.states(world)["street"] == "found"
    near.confirm(world, "street", finding_log=log())
    assert near.states(world)["street"] == "confirmed"


LATER: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "specialist": ("adjudicate", "determined", near.supplement),
    "impairment-official": ("impairment", "determined", acts.impair),
    "sampler": ("sample", "determined", acts.draw),
    "approver": ("approve", "examined", acts.approve),
    "transmitter": ("transmit", "approved", acts.release),
}


def test_who_reviewed_does_nothing_else_to_the_batch(world: World) -> None:
    from portcullis.office.models import Batch

    near.look(world, "street")
    acts.change_person(world, "reviewer", roles=("reviewer", *LATER))
    for act, state, do in LATER.values():
        Batch.objects.update(state=state)
        refused = acts.denied(
            world, act, "reviewer", "two-people", partial(do, world, by="reviewer")
        )
        assert "reviewed near misses" in refused.message


def test_a_refused_finding_stays_silent_until_another_is_confirmed(world: World) -> None:
    near.find(world, "street", "street-slip")
    near.confirm(world, "street", refuse="The street is another.")
    assert near.states(world)["street"] == "refused"
    with pytest.raises(Refused, match="No confirmed finding"):
        near.supplement(world)
    near.find(world, "street", "street-slip", by="reviewer-2")
    near.confirm(world, "street", by="reviewer")
    assert near.states(world)["street"] == "confirmed"


def walk_to_approval(world: World) -> None:
    for name, rule in FINDABLE.items():
        near.find(world, name, rule)
        near.confirm(world, name)
    with pytest.raises(Refused, match="on no list yet"):
        acts.impair(world)
    near.supplement(world)
    acts.impair(world)
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    acts.approve(world)


@pytest.fixture(scope="module")
def _walked(_made: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    fresh = World(tmp_path_factory.mktemp("walked") / "world")
    shutil.copytree(_made, fresh.folder)
    switch(fresh.home_path)
    walk_to_approval(fresh)
    acts.release(fresh)
    return fresh


@pytest.fixture
def walked(_walked: World) -> World:
    """The world whose findings were confirmed, listed, approved and released."""
    switch(_walked.home_path)
    return _walked


def test_the_whole_way_from_near_miss_to_opened_package(walked: World) -> None:
    from portcullis import ledger
    from portcullis.office.files import find_batch, list_in_force
    from portcullis.office.listing import check_final_list, check_list
    from portcullis.office.public import FILE, read_public

    world = walked
    listed = list_in_force(find_batch(BATCH))
    assert (listed.number, listed.eligible) == (2, near.LAWFUL + len(FINDABLE))
    ends = acts.outcomes(world)
    assert {name for name, end in ends.items() if end == "released"} == {
        *FINDABLE, *(f"REQ-{number:05d}" for number in range(1, near.LAWFUL + 1)),
    }  # fmt: skip
    home, batch = world.home(), find_batch(BATCH)
    check_list(home, batch)
    check_final_list(home, batch)
    assert lists(world) == [(1, False), (2, False), (3, True)]
    kinds = [entry["number"] for _, entry in checks.of_kind(home, "determination-list")]
    assert kinds == [1, 2, 3]
    code, shown = opened(world, "street")
    assert code == 0, shown
    assert "7 Marigld Ave" in shown
    public = read_public(home.path / FILE)
    found = ledger.verify_log(
        home.ledger, list(public.ledger), list(public.witnesses), public.k, trees=home.trees
    )
    assert found.ok


def opened(world: World, request_id: str) -> tuple[int, str]:
    """Open a request's package as its officer does; the proof is checked on the way."""
    from tests.cli.run import on_a_terminal

    home, package = world.home(), acts.package_of(world, request_id)
    return on_a_terminal(
        *("open", home.outgoing / BATCH / "packages" / f"{package.id}.json"),
        *("--as", package.officer, "--key", world.key_path(package.officer)),
        *("--holder", home.path, "--requests", world.batch_file),
        *("--recipient", world.folder / "recipient", "--acknowledge"),
    )


def test_the_answers_say_nothing_of_a_review(walked: World) -> None:
    world = walked
    answers = acts.answers(world)
    said = dict(answers.select("request_id", "answer").iter_rows())
    for name in CAST:
        assert said[name] == ("disclosed" if name in FINDABLE else "no disclosure")
    assert set(answers.filter(answer="no disclosure")["findings"].list.len()) == {0}
    outside = b"".join(
        path.read_bytes() for path in sorted(world.home().outgoing.rglob("*")) if path.is_file()
    )
    for word in (b"review", b"near-miss", b"slip"):
        assert word not in outside
    for _, entry in checks.of_kind(world.home(), "reviewed"):
        assert set(entry) == {
            "at", "batch", "by", "index", "kind", "log", "signature", "statute",
        }  # fmt: skip


@pytest.mark.long
def test_a_batch_without_review_goes_as_it_always_did(world: World) -> None:

    near.look(world, "street")
    near.find(world, "street", "street-slip")
    acts.impair(world)
    with pytest.raises(Refused, match="ended"):
        near.confirm(world, "street")
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    acts.approve(world)
    acts.release(world)
    assert lists(world) == [(1, False), (2, True)]
    assert acts.outcomes(world)["street"] == "referred"
    # A home of the version before did not say which list is the final one: its second is.
    from django.core.management import call_command

    call_command("migrate", "office", "0004", verbosity=0)
    call_command("migrate", "office", verbosity=0)
    assert lists(world) == [(1, False), (2, True)]


def lists(world: World) -> list[tuple[int, bool]]:
    """Return number of each list of the batch, and whether it is the final one."""
    from portcullis.office.files import find_batch

    world.home()
    made = find_batch(BATCH).lists.order_by("number")
    return list(made.values_list("number", "final"))


def test_an_index_made_since_finds_nothing(world: World) -> None:
    from portcullis.office.indexing import index_records

    path = world.folder / "records" / "taxpayer.parquet"
    pl.read_parquet(path).with_columns(tin_type=pl.lit("SSN")).write_parquet(path)
    index_records(world.home(), world.folder / "records")
    with pytest.raises(Refused, match="indexed anew"):
        near.find(world, "street", "street-slip")


def test_a_finding_whose_file_is_gone_is_void(world: World) -> None:
    near.find(world, "street", "street-slip")
    near.find(world, "number", "number-slip")
    near.confirm(world, "number", refuse="Another house.")
    folder = world.home().batch(BATCH) / "review"
    newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    newest.unlink()
    assert set(near.states(world).values()) == {"open"}


def test_no_near_miss_is_read_while_an_order_stands_or_the_recipient_may_not_receive(
    world: World,
) -> None:
    near.seen(world, "street")
    acts.place(world, "order-1", Scope(batches=(BATCH,)), stops=("look-up",))
    before = len(checks.of_kind(world.home(), "reviewed"))
    with pytest.raises(Refused, match="order-stands"):
        near.find(world, "street", "street-slip")
    for person in ("counsel", "counsel-2"):
        acts.lift(world, person)
    near.find(world, "street", "street-slip")
    world.home().set_date(world.home().today() + timedelta(days=1))
    with pytest.raises(Refused, match="not-attested-today"):
        near.confirm(world, "street")
    assert len(checks.of_kind(world.home(), "reviewed")) == before + 2


def test_the_picture_shows_one_record_and_nobody_else(world: World) -> None:
    page = near.look(world, "street").as_html()
    assert "MARIG" in page
    assert "decides nothing" in page
    assert "1 other taxpayer is at this address" in page
    assert "WILHELMINA" not in page
    assert "All nine digits of the TIN agree." in page
    tins = [row["tin"] for row in _taxpayers(world) if row["tin"]]
    assert not [tin for tin in tins if tin in page.replace("-", "")]
    assert len(checks.of_kind(world.home(), "reviewed")) == 2
    assert len(checks.of_kind(world.home(), "model-trained")) == 1
    near.look(world, "number")
    assert len(checks.of_kind(world.home(), "model-trained")) == 1


def test_the_likelihood_is_trained_once_and_the_same_each_time(world: World) -> None:
    from portcullis.office import likelihood

    reviewer = acts.hands(world, "reviewer")
    model, index = likelihood.model(world.home(), reviewer)
    ((before, begun),) = checks.of_kind(world.home(), "model-training")
    ((after, entry),) = checks.of_kind(world.home(), "model-trained")
    assert before < after
    assert {begun["by"], entry["by"]} == {"reviewer"}
    assert (entry["model"], entry["index"], begun["index"]) == (model.digest, index, index)
    (kept,) = (world.home().path / "models").iterdir()
    assert b"comparison" not in kept.read_bytes()
    kept.write_bytes(b"damaged")
    again, _ = likelihood.model(world.home(), reviewer)
    assert again == model
    assert b"damaged" not in kept.read_bytes()


def test_who_is_no_reviewer_trains_nothing(world: World) -> None:
    from portcullis.office import likelihood

    other = acts.hands(world, "specialist")
    acts.denied(
        world, "model-training", "specialist", "role",
        lambda: likelihood.model(world.home(), other),
    )  # fmt: skip
    assert not checks.of_kind(world.home(), "model-training")


def steps(world: World, request_id: str) -> list[tuple[str, str | None, str]]:
    """Return what the journal says of a request: act, what was intended, and by whom."""
    from portcullis.office import files
    from portcullis.office.review_journal import acts as journal

    home, batch = world.home(), files.find_batch(BATCH)
    requests = files.read_step(home, batch, files.REQUESTS)
    row = requests.filter(request_id=request_id)["row"].item()
    return [(each.act, each.intended, each.by) for each in journal(home, batch, row) if each]


def test_a_denial_says_of_which_request_to_who_may_decrypt(world: World) -> None:
    refused_finding(world, "protected", "street-slip")
    read, denied = "reading", "denied"
    assert steps(world, "protected") == [(read, "found", "reviewer"), (denied, "found", "reviewer")]
    assert steps(world, "street") == []
    kinds = [entry["kind"] for entry in checks.entries(world.home())]
    assert kinds[-3:] == ["reviewed", "reviewed", "denied"]
    assert near.states(world)["protected"] == "open"


@pytest.mark.long
def test_looks_and_findings_are_one_on_the_ledger(world: World) -> None:
    from portcullis.office import likelihood

    likelihood.model(world.home(), acts.hands(world, "reviewer"))
    for name in ("street", "number"):
        near.seen(world, name)

    def entered(do: Callable[[], Any]) -> list[tuple[str, set[str]]]:
        before = len(checks.entries(world.home()))
        do()
        return [(entry["kind"], set(entry)) for entry in checks.entries(world.home())[before:]]

    said = [
        entered(lambda: near.look(world, "street")),
        entered(lambda: near.find(world, "street", "street-slip")),
        entered(lambda: near.confirm(world, "street", refuse="Another street.")),
        entered(lambda: near.find(world, "number", "number-slip")),
        entered(lambda: near.confirm(world, "number")),
    ]
    assert all(each == said[0] for each in said)
    assert [kind for kind, _ in said[0]] == ["reviewed", "reviewed"]


@pytest.mark.parametrize("fault", ["index", "engine"])
def test_a_reading_that_fails_stays_on_record(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    near.find(world, "street", "street-slip")
    near.seen(world, "street")
    damage(world, monkeypatch, fault)
    attempts: list[tuple[str, str, str, Callable[[], Any]]] = [
        ("number", "looked", "reviewer", lambda: near.look(world, "number")),
        ("unit", "found", "reviewer", lambda: near.find(world, "unit", "unit-left-out")),
        ("street", "confirmed", "reviewer-2", lambda: near.confirm(world, "street")),
    ]
    for request_id, act, by, attempt in attempts:
        before = checks.of_kind(world.home(), "reviewed")
        with pytest.raises((Misuse, OSError)):
            attempt()
        ((_, entry),) = checks.of_kind(world.home(), "reviewed")[len(before) :]
        assert entry["by"] == by
        assert steps(world, request_id)[-1] == ("reading", act, by)
    assert near.states(world)["street"] == "found"
    assert not checks.of_kind(world.home(), "model-training")


def damage(world: World, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Let the index not open, or its engine fail once asked for the names of who was found."""
    if fault == "index":
        for path in (world.home_path / "index" / "segments").rglob("*"):
            if path.is_file():
                path.write_bytes(b"damaged")
        return
    from portcullis.records.index import DuckdbIndex

    def fail(*_: Any) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(DuckdbIndex, "names", fail)


def test_a_training_that_fails_stays_on_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portcullis.office import likelihood

    damage(world, monkeypatch, "engine")
    with pytest.raises(OSError, match="disk"):
        likelihood.model(world.home(), acts.hands(world, "reviewer"))
    ((_, entry),) = checks.of_kind(world.home(), "model-training")
    assert entry["by"] == "reviewer"
    assert not checks.of_kind(world.home(), "model-trained")


def test_what_does_not_meet_the_match_is_never_listed(world: World) -> None:
    from portcullis.office import files, referrals, review_journal

    near.find(world, "street", "street-slip")
    near.confirm(world, "street")
    home, batch = world.home(), files.find_batch(BATCH)
    ((row, review),) = referrals.confirmed(home, batch).items()
    assert review.answer is not None
    assert review.answer.match is not None
    protected = review.answer.match.with_columns(pl.lit(value=True).alias("protected"))
    steps_of = (
        ("reviewer", review.finding),
        ("reviewer-2", replace(review.answer, match=protected)),
    )
    for person, done in steps_of:
        hands = acts.hands(world, person)
        review_journal.record(home, batch, hands, "0" * 64, done)
    with pytest.raises(Refused, match=rf"every element of the match \(row {row}\)"):
        near.supplement(world)
    assert lists(world) == [(1, False)]


def test_an_explanation_says_that_two_reviewers_found_it(world: World) -> None:
    from portcullis.office.explanations import explain_request

    near.find(world, "street", "street-slip")
    near.confirm(world, "street")
    near.supplement(world)
    counsel = acts.hands(world, "counsel")
    explained = explain_request(world.home(), "street", counsel)
    assert explained.outcome == "eligible"
    assert explained.met
    assert "by the rule street-slip" in explained.as_text()
    assert "found otherwise" not in explained.as_text()


@pytest.mark.long
def test_a_review_in_the_backup_goes_on_after_it(world: World) -> None:
    near.find(world, "street", "street-slip")
    near.confirm(world, "street")
    near.supplement(world)
    again = restored.lost_and_put_back(world, lambda: acts.place(world))
    restored.whole_again(again, world.home_path)
    assert "street" not in near.states(again)
    from portcullis.office.models import Placed

    Placed.objects.update(standing=False)
    near.find(again, "number", "number-slip")
    near.confirm(again, "number")
    assert near.supplement(again).number == 3


def test_a_refusal_made_after_the_backup_voids_what_was_found_before(world: World) -> None:
    near.find(world, "street", "street-slip")
    again = restored.lost_and_put_back(
        world, lambda: near.confirm(world, "street", refuse="Another street.")
    )
    found = restored.catch_up(again, world.home_path)
    assert any("portcullis referral" in each for each in found.again)
    assert restored.accept(again, found.losses[0].id).whole
    with pytest.raises(Refused, match="Nothing waits"):
        near.confirm(again, "street", by="reviewer")
    assert near.states(again)["street"] == "open"


def test_a_supplementary_list_made_after_the_backup_is_a_loss_that_stays_closed(
    world: World,
) -> None:
    def since() -> None:
        near.find(world, "street", "street-slip")
        near.confirm(world, "street")
        near.supplement(world)

    again = restored.lost_and_put_back(world, since)
    found = restored.catch_up(again, world.home_path)
    assert f"batch:{BATCH}" in {loss.id for loss in found.losses}
    assert restored.closed(again) == ["loss-not-accepted"]


def _taxpayers(world: World) -> list[dict]:
    return pl.read_parquet(world.folder / "records" / "taxpayer.parquet").to_dicts()
