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
from portcullis.oversight.reports import Check, Counted, Document, Due, Told
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


def test_a_public_report_does_not_say_how_many_entries_came_by_its_day() -> None:
    """Those of two days would tell how many packages left between them."""
    counted = made_up.counted()
    more = replace(
        counted,
        source=replace(counted.source, by=99),
        checks=(*counted.checks, Check("packages authorised", 3, 3)),
    )
    due = Due(2025, reports.due_day(2025), None)
    for make in (reports.register, lambda each: reports.report_c(each, due)):
        assert make(counted).json == make(more).json
        assert reports.pdf(make(counted)) == reports.pdf(make(more))
    assert reports.safeguards(counted).json != reports.safeguards(more).json


def test_the_public_yearly_figures_are_those_the_law_names_and_no_fourth() -> None:
    counted = made_up.counted()
    known = replace(counted, instances=counted.instances.with_columns(taxpayer=pl.lit("T-1")))
    due = Due(2025, reports.due_day(2025), None)
    notes = {reports.report_c(each, due).tables[0].note for each in (counted, known)}
    assert len(notes) == 1
    made = reports.report_b(counted, due, SAID).tables[-1].records
    assert [each["of_nobody"] for each in made] == [0, 1, 1]


def later(counted: Counted, *bodies: dict) -> Counted:
    """Return the count with more entries, each after all before it."""
    told = {kind: list(each) for kind, each in counted.entries.items()}
    for position, body in enumerate(bodies, start=100):
        told.setdefault(body["kind"], []).append((position, body))
    return replace(counted, entries=told)


def of_table(document: Document, name: str) -> list[dict]:
    (found,) = [each for each in document.tables if each.id == name]
    return found.records


def test_safeguards_tells_of_a_recall_of_what_was_imported() -> None:
    at = {"recall": "R-1", "at": "2025-11-22T09:00:00+00:00"}
    opened = {
        "kind": "recall-opened", "because": {"kind": "named", "of": "order"}, "cause": "order",
        "due_on": "2025-12-22", "disclosures": 47_289, "covered": "c0" * 32, "sealed": [], **at,
    }  # fmt: skip
    lots = [
        {"kind": "recall-lot", "lot": lot, "of": "history", "source": "august", "custodian": "",
         "disclosures": number, **at}
        for lot, number in (("1", 47_000), ("2", 289))
    ]  # fmt: skip
    sent = {"kind": "recall-demanded", "lots": ["1"], "sent_on": "2025-11-23", **at}
    closed = {"kind": "recall-closed", **at, "at": "2026-01-05T09:00:00+00:00"}
    standing = reports.safeguards(later(made_up.counted(), opened, *lots, sent))
    named, by_entry = of_table(standing, "recalls")
    assert named == {
        "recall": "R-1", "opened_on": "2025-11-22", "cause": "order", "disclosures": 47_289,
        "packages": 0, "demanded": 47_000, "due_on": "2025-12-22", "stage": "listed",
        "closed_on": None, "entry": 100,
    }  # fmt: skip
    assert (by_entry["recall"], by_entry["packages"]) == (None, 1)
    # It stood in 2025 and in 2026; neither before nor after.
    counted = later(made_up.counted(), opened, *lots, sent, closed)
    told = {
        year: [each["closed_on"] for each in of_table(document, "recalls") if each["recall"]]
        for year in (2024, 2025, 2026, 2027)
        for document in [reports.safeguards(replace(counted, by=date(year, 12, 31)))]
    }
    assert told == {2024: [], 2025: ["2026-01-05"], 2026: ["2026-01-05"], 2027: []}


def test_safeguards_tells_of_incidents_and_how_far_they_are() -> None:
    at = {"incident": "I-1", "at": "2025-11-22T09:00:00+00:00"}
    suspected = {
        "kind": "incident-suspected", "suspected_at": "2025-11-21T20:00:00-05:00",
        "zone": "America/New_York", "hours": 24, **at,
    }  # fmt: skip
    reported = {
        "kind": "incident-reported",
        "number": 1,
        "unknown": ["copies"],
        "discovered_at": None,
        **at,
    }
    told = {
        "kind": "incident-notice", "to": "tigta", "sent_at": "2025-11-22T10:00:00+00:00",
        "reference": "x", "by": "counsel", **at,
    }  # fmt: skip
    counted = later(made_up.counted(), suspected, reported, told)
    assert of_table(reports.safeguards(made_up.counted()), "incidents") == []
    (said,) = of_table(reports.safeguards(counted), "incidents")
    assert said == {
        "incident": "I-1", "suspected_at": "2025-11-22 01:00", "due_at": "2025-11-23 01:00",
        "reported_at": "2025-11-22 09:00", "safeguards_told_at": None,
        "tigta_told_at": "2025-11-22 10:00", "unknown": "copies", "closed_on": None, "entry": 100,
    }  # fmt: skip


def test_a_court_is_told_of_rows_that_could_not_be_read() -> None:
    counted = made_up.counted()
    day = date(2025, 11, 1)
    unread = pl.DataFrame(
        [("history", "august", day, day, None, "quarantined", 300)],
        schema=reports.REQUESTS,
        orient="row",
    )
    more = replace(counted, requests=pl.concat([counted.requests, unread]))
    assert "could not be read: 300." in reports.court(more, statements(more)).text
    assert "could not be read" not in reports.court(counted, statements(counted)).text
    assert reports.register(more).json == reports.register(counted).json


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
