"""The accounting for the person concerned: who may have it, what it tells, and what it does not."""

from datetime import date, timedelta

import polars as pl
import pytest

from portcullis import tables
from portcullis.errors import Misuse, Refused
from portcullis.oversight.reports import pdf
from tests.office import acts, checks, disclosed
from tests.office import world as worlds

MINE, NOBODYS = "T-REQ-00001", "T-DAY90"
DOCUMENT = "b" * 64


def specialist(world):
    return acts.hands(world, "specialist")


def inspector(world):
    if world.home().roster.get("inspector") is None:
        acts.enrol(world, "inspector", ["inspector"])
    return acts.hands(world, "inspector")


def prove(world, taxpayer: str, how: str = "in-person"):
    from portcullis.office import individuals

    return individuals.prove_identity(world.home(), specialist(world), taxpayer, how)


def attest(world):
    from portcullis.office import individuals

    return individuals.attest(world.home(), inspector(world))


def determine(world, of: str = worlds.BATCH, *, reached: bool):
    from portcullis.office import individuals

    counsel = acts.hands(world, "counsel")
    return individuals.determine(world.home(), counsel, of, reached=reached, document=DOCUMENT)


def account(world, taxpayer: str, language: str = "en"):
    from portcullis.office import individuals

    return individuals.account(world.home(), specialist(world), taxpayer, language)


@pytest.fixture
def ready(stage) -> worlds.World:
    """Return an answered world, its accounting attested, two persons' identities proven."""
    world = stage("released")
    attest(world)
    prove(world, MINE)
    prove(world, NOBODYS)
    return world


def test_nothing_and_something_withheld_read_alike_to_the_byte(ready) -> None:
    for language in ("en", "es"):
        mine, nobodys = account(ready, MINE, language), account(ready, NOBODYS, language)
        assert mine.json == nobodys.json
        assert mine.text == nobodys.text
        assert pdf(mine) == pdf(nobodys)
    # Nor does a determination that (b)(7) reaches them make a difference.
    determine(ready, reached=True)
    assert account(ready, MINE).json == nobodys.json or account(ready, MINE).tables == ()
    assert account(ready, MINE).json == account(ready, NOBODYS).json


def test_what_may_be_told_is_told_to_its_person_alone_and_names_no_other(ready) -> None:
    determine(ready, reached=False)
    told = account(ready, MINE).facts["tables"]["disclosures"]
    assert told == [
        {
            "on": worlds.ANSWER_DAY.isoformat(),
            "nature": "last known address",
            "purpose": "Nontax law enforcement, 26 USC 6103(i)(2)",
            "recipient": "Department of Homeland Security, Washington, DC 20528",
        }
    ]
    assert account(ready, NOBODYS).tables == ()
    text = account(ready, MINE).text
    for other in ("officer-1", "officer-2", "approver", "INV-", "Specimen St", "900-"):
        assert other not in text
    determine(ready, reached=True)
    assert account(ready, MINE).tables == (), "the newest determination counts"


def test_it_is_keyed_on_whom_the_determination_found(ready) -> None:
    home = ready.home()
    path = home.path / "accounting" / worlds.BATCH / "disclosures.tbl"
    kept = tables.read_table(path, home.derived_key("accounting"))
    assert kept["taxpayer"].to_list() == [f"T-{each}" for each in kept["request_id"]]
    for column in ("received_on", "requested_by", "approved_by", "authorised_on", "recipient"):
        assert kept[column].null_count() == 0


def test_disclosures_made_elsewhere_are_told_of_once_it_is_known_whose_they_are(stage) -> None:
    world = stage("released")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    disclosed.compare(world)
    attest(world)
    prove(world, MINE)
    determine(world, disclosed.HISTORY, reached=False)
    (told,) = account(world, MINE).facts["tables"]["disclosures"]
    assert (told["on"], told["recipient"]) == (
        disclosed.DAY.isoformat(), "Immigration and Customs Enforcement",
    )  # fmt: skip


def test_no_letter_without_a_fresh_proof_of_identity(ready) -> None:
    with pytest.raises(Refused, match="No proof of this person's identity"):
        account(ready, "T-REQ-00002")
    ready.home().set_date(worlds.ANSWER_DAY + timedelta(days=31))
    with pytest.raises(Refused, match="No proof of this person's identity"):
        account(ready, MINE)


def test_no_letter_before_an_inspector_has_counted(stage) -> None:
    world = stage("released")
    prove(world, MINE)
    with pytest.raises(Refused, match="not been counted again"):
        account(world, MINE)
    found = attest(world)
    assert (found.delivered, found.bound, found.resolved) == (6, 6, 6)
    account(world, MINE)


@pytest.mark.parametrize("how", ["left out", "another's", "twice"])
def test_an_accounting_that_is_not_whole_is_not_attested(stage, how: str) -> None:
    world = stage("released")
    home = world.home()
    path, key = (
        home.path / "accounting" / worlds.BATCH / "disclosures.tbl",
        home.derived_key("accounting"),
    )
    kept = tables.read_table(path, key)
    changed = {
        "left out": kept.head(5),
        "another's": kept.with_columns(taxpayer=pl.lit("T-REQ-00002")),
        "twice": pl.concat([kept, kept.head(1)]),
    }[how]
    tables.write_table(path, changed, key)
    with pytest.raises(Refused, match="not attested"):
        attest(world)
    assert not checks.of_kind(home, "accounting-attested")


def test_a_history_is_counted_again_too(stage) -> None:
    world = stage("released")
    home = world.home()
    attest(world)
    prove(world, MINE)
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    with pytest.raises(Refused, match="not been counted again"):
        account(world, MINE)
    assert (attest(world).delivered, attest(world).imported) == (6, disclosed.disclosures().height)
    disclosed.compare(world)
    with pytest.raises(Refused, match="not been counted again"):
        account(world, MINE)
    attest(world)
    path = home.path / "accounting" / "history" / disclosed.HISTORY / "resolved.tbl"
    key = home.derived_key("accounting")
    kept = tables.read_table(path, key)
    tables.write_table(path, kept.with_columns(taxpayer=pl.lit(NOBODYS)), key)
    with pytest.raises(Refused, match="not attested: resolved"):
        attest(world)
    with pytest.raises(Refused, match="No letter is written: resolved"):
        account(world, MINE)


def test_no_letter_rests_on_a_file_that_is_missing_or_was_changed(ready) -> None:
    home = ready.home()
    path = home.path / "accounting" / worlds.BATCH / "disclosures.tbl"
    key = home.derived_key("accounting")
    kept = tables.read_table(path, key)
    tables.write_table(path, kept.with_columns(taxpayer=pl.lit(NOBODYS)), key)
    with pytest.raises(Refused, match="does not say what the ledger"):
        account(ready, NOBODYS)
    path.unlink()
    with pytest.raises(Refused, match="is missing"):
        account(ready, MINE)
    with pytest.raises(Refused, match="not attested: disclosures"):
        attest(ready)
    assert not checks.of_kind(home, "account-given")


def test_each_act_is_its_persons_own_and_names_nobody(ready) -> None:
    from portcullis.office import individuals

    home = ready.home()
    with pytest.raises(Refused):
        individuals.attest(home, specialist(ready))
    with pytest.raises(Refused):
        individuals.account(home, inspector(ready), MINE, "en")
    with pytest.raises(Misuse, match="proven by"):
        prove(ready, MINE, "hearsay")
    with pytest.raises(Refused, match="no batch and no history"):
        determine(ready, "batch-9", reached=False)
    account(ready, MINE)
    for kind in ("identity-proven", "account-given", "accounting-attested"):
        for _, entry in checks.of_kind(home, kind):
            assert "REQ" not in str(entry)
    subjects = [entry["subject"] for _, entry in checks.of_kind(home, "identity-proven")]
    prove(ready, MINE)
    subjects.append(checks.of_kind(home, "identity-proven")[-1][1]["subject"])
    assert len(set(subjects)) == 3, "the same person twice cannot be told from two"


def test_a_letter_tells_when_it_was_counted_again(ready) -> None:
    said = account(ready, MINE, "es").text
    assert "El 7 de julio de 2025 un auditor" in said
    assert date.fromisoformat(account(ready, MINE).facts["as_of"]) == worlds.ANSWER_DAY
