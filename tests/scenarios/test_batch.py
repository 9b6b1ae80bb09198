import polars as pl
import pytest

from portcullis import keys
from portcullis.agreements import builtin_pack, load_pack, load_roster
from portcullis.errors import Misuse
from portcullis.scenarios import ASSISTANT_DIRECTOR, make_batch, make_records

OWN_REASON = ("no-reason", "locate-for-removal-only", "identical-reasons", "malformed")


def read(batch):
    rows = pl.scan_csv(
        batch.path, infer_schema=False, truncate_ragged_lines=True, encoding="utf8-lossy"
    )
    rows = rows.with_row_index("source_row", offset=1).collect()
    return rows.join(pl.read_parquet(batch.truth).drop("request_id"), on="source_row")


@pytest.fixture(scope="module")
def sent(per_person):
    return read(per_person)


def test_the_file_has_the_agreements_fields_and_more(per_person, sent):
    header = per_person.path.open().readline().strip().split(",")
    assert header == [*load_pack(builtin_pack()).fields, "date_of_birth", "fingerprint_id"]
    assert sent.height == per_person.rows == 5_000


def test_the_same_seed_gives_the_same_batch(holder, per_person, tmp_path):
    again = make_batch(tmp_path, holder, 5_000, "per-person", 11)
    assert again.path.read_bytes() == per_person.path.read_bytes()
    assert pl.read_parquet(again.truth).equals(pl.read_parquet(per_person.truth))


def test_both_variants_ask_about_the_same_people(sent, as_filed):
    filed = read(as_filed)
    same = ["request_id", "given_name", "family_name", "tin", "address_line1", "order_number"]
    good = pl.col("truth_class") != "malformed"
    assert filed.filter(good).select(same).equals(sent.filter(good).select(same))
    officers = filed.filter(good)["officers"]
    assert set(officers) == {ASSISTANT_DIRECTOR}
    assert as_filed.signing == (ASSISTANT_DIRECTOR,)
    assert filed["lawful"].sum() == 0


def test_officers_reasons_and_investigations_are_each_ones_own(per_person, sent):
    good = sent.filter(pl.col("truth_class") != "malformed")
    loads = dict(good.select(pl.col("officers").str.split(";").explode()).to_series()
                 .value_counts().iter_rows())  # fmt: skip
    assert loads.pop(per_person.people.overloaded) == 600
    assert max(loads.values()) <= 500
    assert per_person.people.unsigned in loads
    assert per_person.people.unsigned not in per_person.signing
    assert len(loads) > 10
    own = good.filter(~pl.col("truth_class").is_in(OWN_REASON))
    assert own["reason"].value_counts()["count"].max() == 1
    assert own["investigation_id"].drop_nulls().is_unique().all()
    assert own["order_number"].drop_nulls().is_unique().all()


def test_nobody_is_in_no_record(holder, sent):
    nobodies = sent.filter(pl.col("standing") == "nobody", pl.col("truth_class") != "malformed")
    people = pl.read_parquet(holder / "taxpayer.parquet")
    addresses = pl.read_parquet(holder / "address_of_record.parquet")
    tins = nobodies["tin"].drop_nulls().str.replace_all("-", "")
    assert not tins.is_in(people["tin"].implode()).any()
    lines = nobodies.filter(pl.col("address_line1").str.contains("^[0-9]+ [A-Z]"))["address_line1"]
    known = addresses["line1"].str.to_uppercase().unique()
    assert not lines.str.to_uppercase().is_in(known.implode()).any()
    assert 0.3 < nobodies["tin"].is_not_null().mean() < 0.4


def test_nobody_but_the_duplicates_is_asked_for_twice(sent):
    good = sent.filter(pl.col("truth_class") != "malformed")
    once = good.filter(~pl.col("truth_class").is_in(["duplicate-uncited", "duplicate-cited"]))
    assert once["taxpayer_id"].drop_nulls().is_unique().all()
    assert once["tin"].drop_nulls().str.replace_all("-", "").is_unique().all()
    cited = good.filter(truth_class="duplicate-cited")
    earlier = cited.join(
        good, left_on="supersedes", right_on="request_id", how="left", suffix="_earlier"
    )
    assert (earlier["source_row"] > earlier["source_row_earlier"]).all()
    assert (earlier["family_name"] == earlier["family_name_earlier"]).all()
    assert earlier["change"].null_count() == 0


def test_the_roster_is_enrolled_with_the_keys_that_lie_beside_it(per_person):
    roster = load_roster(per_person.people.roster)
    for person in ("dhs-secretary", "ice-preparer", "irs-approver", per_person.people.officers[0]):
        key = per_person.people.key(person)
        assert keys.public_jwk(key) == roster.person(person).jwk
    assert roster.person("dhs-secretary").authority == "agency-head"
    assert {role for person in roster.people for role in person.roles} >= {
        "preparer", "signatory", "officer", "specialist", "impairment-official", "sampler",
        "approver", "transmitter", "counsel", "safeguards",
    }  # fmt: skip


def test_too_few_taxpayers_are_refused_with_the_class_named(tmp_path):
    make_records(tmp_path / "records", 300, 1)
    with pytest.raises(Misuse, match=r"too few taxpayers for .* of the class"):
        make_batch(tmp_path / "sent", tmp_path / "records", 20_000, "per-person", 1)


def test_records_of_another_make_are_refused(tmp_path):
    with pytest.raises(Misuse, match="not the scenario's own"):
        make_batch(tmp_path / "sent", tmp_path, 5_000, "per-person", 1)
