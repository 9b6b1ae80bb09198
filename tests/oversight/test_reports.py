"""What the reports say, word for word, and that their PDFs are fit for a screen reader."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from portcullis.errors import Refused
from portcullis.ledger import Statement
from portcullis.ledger.statements import Seen
from portcullis.oversight import reports
from portcullis.oversight.reports import Check, Document, Due, Told
from tests.oversight import counted as made_up

HERE = Path(__file__).parent / "golden_reports"
SAID = {
    "address-stated": ("26 USC 6103(i)(2)(B)(i)", "The request sets forth the taxpayer's address."),
    "ninety-days": ("8 USC 1253(a)(1)(A)", "More than 90 days have passed."),
}


def statements(counted) -> list[Statement]:
    note = "portcullis/irs-dhs-2025/1234\n17\n" + "A" * 43 + "=\n"
    seen = Seen(17, "2026-01-02T00:00:05+00:00", note)
    return [
        Statement(kind, None, counted.by, tuple(at for at, _ in counted.told(kind)), (), (), (), (),
                  len(counted.told(kind)), True, None, None, seen, note)
        for kind in reports.COURT_KINDS
    ]  # fmt: skip


def letters() -> list[Document]:
    told = [Told(date(2025, 7, 8), "last_known_address", "26 USC 6103(i)(2)",
                 "Department of Homeland Security, Washington, DC 20528")]  # fmt: skip
    return [
        reports.letter(
            made_up.HEADING, disclosures, attested_on=date(2026, 1, 5), on=date(2026, 1, 7),
            language=language,
        )
        for language in ("en", "es")
        for disclosures in ([], told)
    ]  # fmt: skip


def documents() -> dict[str, Document]:
    counted = made_up.counted()
    due = Due(2025, reports.due_day(2025), None)
    none_en, some_en, none_es, some_es = letters()
    return {
        "register": reports.register(counted),
        "joint-committee-b": reports.report_b(counted, due, SAID),
        "joint-committee-c": reports.report_c(counted, due),
        "court": reports.court(counted, statements(counted)),
        "safeguards": reports.safeguards(counted),
        "workload": reports.workload(counted),
        "oversight": reports.export(counted, reports.OVERSEERS["tigta"], "c0" * 32, 47),
        "letter-none-en": none_en,
        "letter-some-en": some_en,
        "letter-none-es": none_es,
        "letter-some-es": some_es,
    }


DOCUMENTS = documents()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_reads_as_it_always_did(name: str) -> None:
    assert DOCUMENTS[name].text == (HERE / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", ["court", "letter-some-es"])
def test_the_pdf_is_tagged_titled_and_always_the_same(name: str) -> None:
    data = reports.pdf(DOCUMENTS[name])
    assert data == reports.pdf(DOCUMENTS[name])
    for mark in (b"/StructTreeRoot", b"/MarkInfo", b"/DisplayDocTitle true", b"pdfuaid:part"):
        assert mark in data
    language = re.search(rb"/Lang *\(([^)]*)\)", data)
    assert language
    assert language.group(1).decode().startswith(DOCUMENTS[name].language)


def test_json_and_csv_say_the_same() -> None:
    for document in DOCUMENTS.values():
        facts = json.loads(document.json)
        for table in document.tables:
            rows = list(csv.DictReader(io.StringIO(table.csv)))
            assert rows == [
                {name: "" if value is None else str(value) for name, value in row.items()}
                for row in facts["tables"][table.id]
            ]


def test_what_does_not_agree_is_refused_by_name() -> None:
    agreed = Check("requests of batch a", 4, 4)
    reports.refuse_unless_agreed([agreed])
    with pytest.raises(Refused) as refused:
        reports.refuse_unless_agreed([agreed, Check("requests of batch b", 4, 5)])
    assert "requests of batch b: the ledger says 4, the accounting 5" in refused.value.message
    assert "batch a" not in refused.value.message


def test_a_court_is_told_of_an_entry_that_claims_another_day() -> None:
    counted = made_up.counted()
    said = statements(counted)
    of = next(at for at, each in enumerate(said) if each.kind == "delivered")
    said[of] = replace(said[of], positions=(), backdated=(6,))
    text = reports.court(counted, said).text
    assert "Entries that claim an earlier day than the witnesses' clocks bear out: 6." in text
    said[of] = replace(said[of], backdated=())
    with pytest.raises(ValueError, match="delivered"):
        reports.court(counted, said)


def test_of_two_letters_only_what_may_be_told_differs() -> None:
    none, some, *_ = letters()
    assert none.about == some.about
    assert none.sections[1:] == some.sections[1:]
    assert none.source is None


def test_how_many_are_barred_from_disclosure_cannot_be_had_from_the_summary() -> None:
    """Held after all, less what was not sent, are the adverse findings of 6103(i)(6)."""
    counted = made_up.counted()

    def barred(outcome: str, number: int) -> pl.DataFrame:
        row = ("batch", "june-1", made_up.ROWS[0][2], made_up.ROWS[0][3], made_up.STATUTE)
        return pl.DataFrame([(*row, outcome, number)], schema=reports.REQUESTS, orient="row")

    day = made_up.ROUTES[0][1]
    of_held = pl.DataFrame([("june-1", day, "tin", "held", 7)], schema=reports.ROUTES, orient="row")
    causes = [("june-1", day, "no-record", "no_disclosure", 100)]
    of_none = pl.DataFrame(causes, schema=reports.ELEMENTS, orient="row")
    held, other = (
        replace(
            counted,
            requests=pl.concat([counted.requests, barred(outcome, 7)]),
            routes=pl.concat([counted.routes, *([of_held] if outcome == "held" else [])]),
            elements=pl.concat([counted.elements, of_none]),
        )
        for outcome in ("held", "no_disclosure")
    )
    due = Due(2025, reports.due_day(2025), None)
    assert reports.report_b(held, due, SAID).json == reports.report_b(other, due, SAID).json
    assert "no-record" not in reports.report_b(held, due, SAID).text
    for overseer in reports.OVERSEERS.values():
        assert (
            reports.export(held, overseer, "c0" * 32, None).json
            == reports.export(other, overseer, "c0" * 32, None).json
        )


def test_a_letter_says_how_many_disclosures_nobody_can_tell_of() -> None:
    for language, words in (("en", "but for 3:"), ("es", "salvo por 3:")):
        letter = reports.letter(
            made_up.HEADING, [], attested_on=date(2026, 1, 5), on=date(2026, 1, 7),
            language=language, lost=3,
        )  # fmt: skip
        assert words in letter.text


def test_disclosures_whose_accounting_was_lost_are_not_one_request_of_a_court() -> None:
    counted = made_up.counted()
    day = date(2025, 7, 8)
    lost = [("batch", "lost", None, None, None, f"q{at}", None, day, 7 + at) for at in range(3)]
    gone = pl.DataFrame(lost, schema=reports.INSTANCES, orient="row")
    counted = replace(counted, instances=pl.concat([counted.instances, gone]))
    lines = reports.court(counted, statements(counted)).facts["text"]["In short"]
    assert "48, in answer to 45 requests." in lines[1]
    assert lines[3].startswith("Of 3 of these disclosures it is not known any more which requests")
