"""Floor principle 8: limits and repeats over a rolling window, however a person is written."""

import hashlib
from datetime import timedelta

import polars as pl
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from portcullis.screening import WINDOW_SCHEMA, empty_window, screen
from portcullis.screening.digests import digest_column
from tests.law.cases import BASIS, DAY
from tests.screening.batches import KEY, measured, request, table


def _cmac(key, text):
    mac = CMAC(AES(key))
    mac.update(hashlib.sha256(f"tin\x1f{text}".encode()).digest()[:16])
    return mac.finalize()


def column(found, name):
    return found.measures[name].to_list()


def outcome(requests, window=None, **kwargs):
    measures = measured(requests, window, **kwargs).measures
    return screen(table(requests), BASIS, measures).table["face_outcome"].to_list()


class TestRepeats:
    """Probing: the same person again under another address, or written another way."""

    FIRST = request(1)

    @pytest.mark.parametrize(
        "changes",
        [
            {"address_line1": "9 Other Rd", "order_number": "A999999999"},
            {"tin": "910-00-0001", "address_line1": "9 Other Rd", "order_number": "A999999999"},
            {"tin": "91-0000001", "address_line1": "9 Other Rd", "order_number": "A999999999"},
            {"tin": None, "address_line1": "9 Other Rd"},
            {"tin": None, "address_line1": "9 Other Rd", "order_number": "a200-000-001"},
            {"tin": None, "address_line1": "9 Other Rd", "order_number": "A 0200 000 001"},
            {"tin": None, "order_number": "A999999999"},
            {"tin": None, "order_number": "A999999999", "address_line1": "101 OAK STREET"},
            {"tin": None, "order_number": "A999999999", "given_name": "LUÍS", "zip": "62701-0000"},
        ],
    )
    def test_the_same_person_again_is_a_repeat(self, changes):
        again = self.FIRST | {"request_id": "R-again", "investigation_id": "INV-901"} | changes
        assert column(measured([self.FIRST, again]), "m_repeat") == [0, 1]
        assert outcome([self.FIRST, again]) == ["passed", "returned"]
        window = measured([self.FIRST], batch_id="B-0").digests
        assert outcome([again], window) == ["returned"]

    def test_the_order_of_a_compound_surname_makes_no_other_person(self):
        first = request(1, tin=None, family_name="García López")
        again = request(2, tin=None, family_name="Lopez Garcia", given_name=first["given_name"],
                        address_line1=first["address_line1"])  # fmt: skip
        assert column(measured([first, again]), "m_repeat") == [0, 1]

    def test_other_people_are_no_repeats(self):
        assert outcome([request(n) for n in range(40)]) == ["passed"] * 40

    def test_a_father_and_a_son_of_one_name_are_two(self):
        father = request(1, suffix="Sr")
        son = father | {"request_id": "R-son", "suffix": "Jr", "tin": "920000001",
                        "order_number": "A300000001", "investigation_id": "INV-902",
                        "reason": request(2)["reason"]}  # fmt: skip
        assert outcome([father, son]) == ["passed", "passed"]

    def test_citing_the_earlier_one_and_the_change_goes_to_a_person(self):
        cited = self.FIRST | {
            "request_id": "R-2",
            "supersedes": "R-1",
            "change": "address corrected",
        }
        window = measured([self.FIRST], batch_id="B-0").digests
        assert outcome([cited], window) == ["referred"]
        assert outcome([self.FIRST, cited]) == ["passed", "referred"]

    @pytest.mark.parametrize(
        "citing",
        [
            {"supersedes": "R-1"},
            {"change": "address corrected"},
            {"supersedes": "R-77", "change": "address corrected"},
            {"supersedes": "R-2", "change": "address corrected"},
        ],
    )
    def test_citing_another_request_or_no_change_does_not_do(self, citing):
        again = self.FIRST | {"request_id": "R-2"} | citing
        bystander = request(77)
        window = measured([self.FIRST, bystander], batch_id="B-0").digests
        assert outcome([again], window) == ["returned"]
        assert outcome([self.FIRST, bystander, again])[2] == "returned"

    def test_a_later_request_cannot_be_cited(self):
        citing = self.FIRST | {"request_id": "R-2", "supersedes": "R-1", "change": "x"}
        third = self.FIRST | {"request_id": "R-3"}
        assert column(measured([third, citing, self.FIRST]), "m_repeat_cited") == [False] * 3

    def test_the_window_forgets_after_its_days_and_never_before(self):
        old = measured([self.FIRST], batch_id="B-0", on=DAY - timedelta(days=90)).digests
        older = measured([self.FIRST], batch_id="B-0", on=DAY - timedelta(days=91)).digests
        assert outcome([self.FIRST], old) == ["returned"]
        assert outcome([self.FIRST], older) == ["passed"]

    def test_measuring_a_batch_again_does_not_count_it_twice(self):
        window = measured([self.FIRST], batch_id="B-1").digests
        assert column(measured([self.FIRST], window, batch_id="B-1"), "m_repeat") == [0]

    def test_another_key_recognises_nobody(self):
        digests = measured([self.FIRST], batch_id="B-0").digests
        other = digest_column(pl.Series(["910000001"]), "tin", b"another key of 32 bytes for them")
        assert other[0] not in digests["digest"].to_list()


class TestLimits:
    def test_officers_load_runs_over_batches(self):
        first = [request(n, officers="officer-1;officer-2") for n in range(5)]
        window = measured(first, batch_id="B-0").digests
        now = measured(
            [request(10, officers="officer-3"), request(11, officers="officer-2")], window
        )
        assert column(now, "m_officer_load_max") == [1, 6]

    def test_an_officer_named_twice_in_a_request_counts_once(self):
        now = measured([request(1, officers="officer-1; officer-1")])
        assert column(now, "m_officer_load_max") == [1]

    def test_identical_reasons_run_over_batches_case_and_spaces(self):
        window = measured([request(1, reason="The same words, for many.")], batch_id="B-0").digests
        now = measured([request(2, reason="the  same words, FOR many."), request(3)], window)
        assert column(now, "m_identical_reasons") == [2, 1]

    def test_persons_at_one_address_are_counted_however_it_is_written(self):
        first = [request(n, address_line1="5 Oak Street", address_line2="Apt 2") for n in range(3)]
        window = measured(first, batch_id="B-0").digests
        now = measured([request(9, address_line1="5 OAK ST APT 2"), request(10)], window)
        assert column(now, "m_shared_address") == [4, 1]

    def test_one_person_asked_for_twice_is_one_person_at_the_address(self):
        again = request(1) | {"request_id": "R-9"}
        assert column(measured([request(1), again]), "m_shared_address") == [1, 1]

    def test_an_investigation_is_one_persons(self):
        mass = [request(n, investigation_id="INV-MASS") for n in range(3)]
        assert column(measured(mass), "m_duplicate_investigation") == [2, 2, 2]
        window = measured(mass, batch_id="B-0").digests
        later = measured([request(5, investigation_id="inv mass"), request(6)], window)
        assert column(later, "m_duplicate_investigation") == [3, 0]

    def test_the_same_persons_investigation_is_no_duplicate(self):
        window = measured([request(1)], batch_id="B-0").digests
        assert column(measured([request(1)], window), "m_duplicate_investigation") == [0]

    def test_volume_runs_over_batches(self):
        window = measured([request(n) for n in range(30)], batch_id="B-0").digests
        assert column(measured([request(40), request(41)], window), "m_window_volume") == [32, 32]

    def test_what_is_not_stated_is_not_counted_as_the_same(self):
        blank = [request(n, reason=None, tin=None, officers=None, investigation_id=None,
                         order_number=None, address_line1=None) for n in range(3)]  # fmt: skip
        found = measured(blank)
        for name in ("m_identical_reasons", "m_officer_load_max", "m_shared_address", "m_repeat",
                     "m_duplicate_investigation"):  # fmt: skip
            assert column(found, name) == [0, 0, 0], name


class TestHalt:
    @pytest.mark.parametrize(
        ("rows", "same", "halted"), [(99, 99, False), (100, 50, False), (100, 51, True)]
    )
    def test_one_officer_in_more_than_the_share_halts_the_batch(self, rows, same, halted):
        batch = [request(n, **({"officers": "director"} if n < same else {})) for n in range(rows)]
        found = measured(batch)
        assert set(column(found, "m_batch_halt")) == {halted}
        assert set(column(found, "m_officer_in_all")) == {halted}

    def test_one_reason_in_more_than_the_share_halts_the_batch(self):
        words = "Each of these persons is needed for the investigation of wilful failure to depart."
        batch = [request(n, **({"reason": words} if n < 51 else {})) for n in range(100)]
        found = measured(batch)
        assert set(column(found, "m_batch_halt")) == {True}
        assert set(column(found, "m_officer_in_all")) == {False}

    def test_nothing_of_a_halted_batch_passes(self):
        batch = [request(n, officers="director") for n in range(100)]
        assert set(outcome(batch)) == {"referred"}


class TestDigests:
    def test_they_are_aes_cmac_of_the_labelled_texts_digest(self):
        texts = pl.Series("tin", ["910000001", None, "é", "910000001"])
        for key in (KEY, b"k" * 32):
            found = digest_column(texts, "tin", key).to_list()
            assert found[1] is None
            assert found[0] == found[3] == _cmac(key, "910000001")
            assert found[2] == _cmac(key, "é")

    def test_the_window_holds_no_value_of_a_request_but_officers_ids(self):
        digests = measured([request(n) for n in range(5)]).digests
        assert digests.schema == WINDOW_SCHEMA == empty_window().schema
        assert digests.filter(pl.col("digest").is_null()).height == 0
        hidden = digests.filter(~pl.col("kind").is_in(["officer", "volume"]))
        assert set(hidden["digest"].bin.size().to_list()) == {16}

    def test_the_window_may_come_back_from_a_file(self, tmp_path):
        digests = measured([request(1)], batch_id="B-0").digests
        digests.write_parquet(tmp_path / "window.parquet")
        window = pl.read_parquet(tmp_path / "window.parquet")
        assert column(measured([request(1)], window), "m_repeat") == [1]
        plain = window.cast({"kind": pl.String})
        assert column(measured([request(1)], plain), "m_repeat") == [1]
