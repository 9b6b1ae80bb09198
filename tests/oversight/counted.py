"""A count made up by hand: what the documents are made of, without a home."""

from datetime import date

import polars as pl

from portcullis.oversight import reports
from portcullis.oversight.reports import Check, Counted, Heading, Source

BY = date(2025, 12, 31)
HEADING = Heading(
    "Specimen Memorandum (irs-dhs-2025, version 1)",
    "Internal Revenue Service, Department of the Treasury",
    "Department of Homeland Security",
    "DHS",
    "26 USC 6103(i)(2)",
    date(2025, 4, 7),
)
ORIGIN = "portcullis/irs-dhs-2025/1234"
STATUTE = "8 USC 1253(a)(1)(A)"


def _entry(day: str, kind: str, **facts: object) -> dict:
    return {"kind": kind, "at": f"{day}T12:00:00+00:00", **facts}


BASIS = {
    "as_of": "2025-06-28",
    "agreement": "irs-dhs-2025",
    "agreement_version": "1",
    "readings": ["address-of-the-taxpayer"],
}
ENTRIES = [
    _entry("2025-06-27", "batch-received", batch="june-1", rows=230, taken=228, quarantined=2),
    _entry(
        "2025-06-27", "safeguards", recipient="ICE", by="staff-1", signature="0", record="ab" * 32
    ),
    _entry("2025-06-28", "looked-up", batch="june-1", index="1d" * 32, log="70" * 32),
    _entry(
        "2025-06-28",
        "determination-list",
        batch="june-1",
        number=1,
        by="specialist-1",
        signature="1",
        basis=BASIS,
        index="1d" * 32,
    ),
    _entry("2025-07-07", "approve", batch="june-1", by="approver-1", signature="2"),
    _entry("2025-07-08", "release-authorised", package="p1", binding="00"),
    _entry("2025-07-08", "delivered", package="p1"),
    _entry("2025-07-08", "not-sent", package="p2", reason="officer-not-in-force"),
    _entry("2025-07-08", "answered", batch="june-1", answers="00"),
    _entry(
        "2025-07-09",
        "opening-granted",
        package="p1",
        officer="officer-1",
        purpose="investigation",
        nonce="00",
    ),
    _entry("2025-07-09", "opening-refused", package="p1", officer="officer-2"),
    _entry("2025-08-01", "transmittal-refused", code="signature", file="00"),
    _entry(
        "2025-08-01",
        "accounted",
        of={"kind": "refused", "id": "r1"},
        file="requests.tbl",
        rows=40,
        refused=11,
    ),
    _entry(
        "2025-11-21",
        "order-filed",
        id="order-1",
        court="dcd",
        docket="1:25-cv-00457",
        on="2025-11-21",
    ),
    _entry(
        "2025-11-22",
        "recall",
        packages=["p1"],
        cause="order",
        due_on="2025-12-22",
        by="staff-1",
        signature="3",
    ),
    _entry(
        "2025-07-07",
        "denied",
        act="approve",
        person="specialist-1",
        reason="two-people",
        times=3,
        batch="june-1",
    ),
]

ROWS = [
    ("batch", "june-1", date(2025, 6, 27), date(2025, 7, 8), STATUTE, "returned", 60),
    ("batch", "june-1", date(2025, 6, 27), date(2025, 7, 8), STATUTE, "refused", 20),
    ("batch", "june-1", date(2025, 6, 27), date(2025, 7, 8), STATUTE, "no_disclosure", 100),
    ("batch", "june-1", date(2025, 6, 27), date(2025, 7, 8), STATUTE, "referred", 3),
    ("batch", "june-1", date(2025, 6, 27), date(2025, 7, 8), STATUTE, "released", 45),
    ("batch", "june-1", date(2025, 6, 27), date(2025, 7, 8), None, "quarantined", 2),
    ("refused", "r1", date(2025, 8, 1), date(2025, 8, 1), STATUTE, "refused-whole", 40),
    ("history", "august", date(2025, 8, 7), date(2025, 8, 7), STATUTE, "imported", 2),
]


ROUTES = [
    ("june-1", date(2025, 7, 8), "tin", "released", 40),
    ("june-1", date(2025, 7, 8), "name-address", "released", 5),
]


def counted() -> Counted:
    told: dict[str, list] = {}
    for position, body in enumerate(ENTRIES):
        told.setdefault(body["kind"], []).append((position, body))
    on = date(2025, 7, 8)
    made = [
        ("batch", "june-1", at, f"officer-{at % 2 + 1}", f"T-{at}", f"p{at}", STATUTE, on, 6)
        for at in range(45)
    ] + [
        ("history", "august", 0, None, "T-1", None, STATUTE, date(2025, 8, 7), None),
        ("history", "august", 1, None, None, None, STATUTE, date(2025, 8, 7), None),
    ]  # fmt: skip
    elements = [("june-1", date(2025, 7, 8), "address-stated", "returned", 60),
                ("june-1", date(2025, 7, 8), "ninety-days", "refused", 20)]  # fmt: skip
    return Counted(
        BY,
        HEADING,
        Source(ORIGIN, 17, "9f" * 32, f"{ORIGIN}\n17\n…", 16),
        told,
        pl.DataFrame(ROWS, schema=reports.REQUESTS, orient="row"),
        pl.DataFrame(made, schema=reports.INSTANCES, orient="row"),
        pl.DataFrame(elements, schema=reports.ELEMENTS, orient="row"),
        pl.DataFrame(ROUTES, schema=reports.ROUTES, orient="row"),
        (Check("requests of batch june-1", 228, 228),),
    )  # fmt: skip
