"""The defects of 2025, R1 to R16, each as a few requests against a small world of records.

The build fails if one that must not be released is. What no single request can show is listed
in ``NOT_ROWS`` with the place where it is tested.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from portcullis.agreements import builtin_pack, load_pack
from portcullis.canonical import record_column, sha256_column
from portcullis.intake import OFFICERS_SCHEMA

NOT_ROWS: Mapping[str, str] = {
    "R9": "a whole population: the window's volume, tested in screening",
    "R10": "who signs: tested at intake",
    "R12": "excess columns: dropped at intake, before storage",
    "R13": "one custodian for all: packages are sealed to named officers, tested in release",
    "R14": "open safeguard findings: workflow test, held",
    "R15": "late notice: workflow test, recall in time",
    "R17": "contradicted figures: workflow test, numbers reconcile",
}

_FIELDS = load_pack(builtin_pack()).fields
_BLANK: dict[str, str | None] = dict.fromkeys(_FIELDS)
_VALID = _BLANK | {
    "taxable_periods": "2022;2023;2024",
    "statute": "8 USC 1253(a)(1)(A)",
    "investigation_stage": "investigation",
    "investigation_opened_on": "2025-02-03",
    "order_date": "2023-05-02",
    "finality_event": "appeal-waived",
    "finality_date": "2023-05-02",
    "charge": "8 USC 1227(a)(1)(B)",
    "judicial_review_had": "no",
    "nonimmigration_custody_had": "no",
    "status_checked_on": "2025-06-20",
    "stay_applied_for": "no",
    "stay_in_force": "no",
    "review_pending": "no",
    "supervision_compliant": "no",
    "protection_granted": "no",
    "deferred_action": "no",
    "removal_impracticable": "no",
    "removal_period_extended": "no",
    "reopened": "no",
    "departed": "no",
    "deceased": "no",
    "citizen": "no",
    "officers": "ice-officer-0001",
    "items": "last_known_address",
}

_ELMGATE = ("4120 N ELMGATE ST", None, "ALDENTON", "OH", "44120")
_OAKWOOD = ("77 OAKWOOD AVE APT 4B", None, "FERNPORT", "TX", "78111")
_ROSEFIELD = ("9 ROSEFIELD LN", None, "GLENWICK", "CA", "95012")

# Taxpayer: TIN, given, middle, family, suffix, prior names; then addresses, each with its period.
_Home = tuple[str, str | None, str, str, str]
_WORLD: dict[str, tuple[tuple[str | None, ...], tuple[tuple[_Home, int], ...]]] = {
    "ana": (("000110001", "Ana", None, "García López", None, None),
            ((_OAKWOOD, 2022), (_ELMGATE, 2024))),
    "robert": (("000110002", "Robert", "J", "Ellison", None, None), ((_ROSEFIELD, 2023),)),
    "father": (("000110003", "Luis", None, "Ortega", "Sr", None),
               ((("600 HAWSTONE DR", None, "BELLMONT", "FL", "33011"), 2024),)),
    "son": (("000110004", "Luis", None, "Ortega", "Jr", None),
            ((("600 HAWSTONE DR", None, "BELLMONT", "FL", "33011"), 2024),)),
    "twin": (("000110005", "María", "Elena", "Solís", None, None),
             ((("31 LILACDALE CT", None, "SUMFORD", "GA", "30044"), 2024),)),
    "other-twin": (("000110006", "María", "Isabel", "Solís", None, None),
                   ((("31 LILACDALE CT", None, "SUMFORD", "GA", "30044"), 2024),)),
    "sharer": (("666110007", "Wei", None, "Chen", None, None),
               ((("815 IVYBROOK RD", None, "RAVENTON", "NY", "11702"), 2024),)),
    "other-sharer": (("666110007", "Wei", None, "Chen", None, None),
                     ((("816 SAGEFIELD RD", None, "RAVENTON", "NY", "11702"), 2024),)),
    "guest": (("912004567", "Emeka", None, "Okafor", None, None),
              ((("GENERAL DELIVERY", None, "NORFIELD", "AZ", "85002"), 2024),)),
}  # fmt: skip


def _as(person: str, home: _Home | None = None, *, tin: bool = True) -> dict[str, str | None]:
    """Return the fields that name a taxpayer of the world at an address (the last by default)."""
    (number, given, middle, family, suffix, _), homes = _WORLD[person]
    line1, line2, city, state, zip_code = home or homes[-1][0]
    return {
        "tin": number if tin else None, "given_name": given, "middle_name": middle,
        "family_name": family, "suffix": suffix, "address_line1": line1, "address_line2": line2,
        "city": city, "state": state, "zip": zip_code,
    }  # fmt: skip


_NOWHERE: _Home = ("18 QUILLMERE WAY", None, "DOVERLEY", "WA", "98033")
_CASES: tuple[tuple[str, str, str, dict[str, str | None]], ...] = (
    ("R1", "Failed to Provide beside a ZIP", "refused",
     _as("ana", ("Failed to Provide", None, "", "", "44120"))),
    ("R1", "Unknown Address beside a ZIP", "refused",
     _as("ana", ("Unknown Address", None, "ALDENTON", "OH", "44120"))),
    ("R1", "Domicilio desconocido beside a ZIP", "refused",
     _as("ana", ("DOMICILIO DESCONOCIDO", None, "ALDENTON", "OH", "44120"))),
    ("R2", "Don't Care 12345", "refused", _as("ana", ("Don't Care 12345", None, "", "", ""))),
    ("R2", "00000", "refused", _as("ana", ("00000", None, "", "", ""))),
    ("R2", "99999 0000", "refused", _as("ana", ("99999 0000", None, "", "", ""))),
    ("R2", "blank", "refused", _as("ana", ("", None, "", "", ""))),
    ("R3", "TIN and name, an address never theirs", "no_disclosure", _as("ana", _NOWHERE)),
    ("R3", "TIN and name, another taxpayer's address", "no_disclosure", _as("ana", _ROSEFIELD)),
    ("R4", "no TIN, the name alone", "no_disclosure", _as("ana", _NOWHERE, tin=False)),
    ("R4", "name and address of one whose TIN is another", "no_disclosure",
     _as("robert") | {"tin": "989661234"}),
    ("R5", "no order number", "returned", _as("ana") | {"order_number": None}),
    ("R5", "status left blank", "returned", _as("ana") | {"departed": None}),
    ("R5", "day 90", "returned", _as("ana") | {"finality_date": "2025-03-29"}),
    ("R5", "a ground of inadmissibility", "referred",
     _as("ana") | {"charge": "8 USC 1182(a)(6)(A)(i)"}),
    ("R6", "an officer who never attested", "refused",
     _as("ana") | {"officers": "ice-assistant-director"}),
    ("R7", "no taxable period", "refused", _as("ana") | {"taxable_periods": None}),
    ("R7", "all periods", "refused", _as("ana") | {"taxable_periods": "all"}),
    ("R7", "no reason", "refused", _as("ana") | {"reason": None}),
    ("R7", "locate for removal", "refused", _as("ana") | {"reason": "Locate for removal"}),
    ("R7", "the last known address is of another period", "no_disclosure",
     _as("ana") | {"taxable_periods": "2021;2022"}),
    ("R8", "no investigation", "refused", _as("ana") | {"investigation_id": None}),
    ("R8", "no stage", "refused", _as("ana") | {"investigation_stage": None}),
    ("R11", "exactly as of record", "released", _as("ana")),
    ("R11", "an earlier address", "released", _as("ana", _OAKWOOD)),
    ("R11", "small letters, words in full, surnames in the other order", "released",
     _as("ana", ("4120 north elmgate street", None, "Aldenton", "OH", "44120-0917"))
     | {"family_name": "LOPEZ GARCIA"}),
    ("R11", "unit on the second line", "released",
     _as("ana", ("77 Oakwood Avenue", "# 4b", "Fernport", "TX", "78111"))),
    ("R11", "name and address without a TIN", "released", _as("robert", tin=False)),
    ("R11", "a letter missing in the street", "referred",
     _as("ana", ("4120 N ELMGTE ST", None, "ALDENTON", "OH", "44120"))),
    ("R16", "father and son, no TIN, no suffix", "no_disclosure",
     _as("son", tin=False) | {"suffix": None}),
    ("R16", "twins by first name alone", "no_disclosure",
     _as("twin", tin=False) | {"middle_name": None}),
    ("R16", "two of one name use the TIN", "no_disclosure", _as("sharer")),
    ("R16", "a borrowed TIN", "no_disclosure",
     _as("robert") | {"given_name": "Tadesse", "family_name": "Kebede"}),
    ("R16", "the son's TIN, the father's suffix", "no_disclosure", _as("son") | {"suffix": "Sr"}),
    ("R16", "general delivery without a TIN", "no_disclosure", _as("guest", tin=False)),
)  # fmt: skip


@dataclass(frozen=True)
class RCases:
    """The cases and their world.

    ``requests``: ``case`` (``R1`` ...), ``what``, ``expected_outcome``, and the requests table
    (``row``, ``source_row``, the fields, ``request_hash`` and who signed). ``taxpayers`` and
    ``addresses`` are the records' tables. Each row is a case by itself: several ask about one
    person, so measures of repeats are not to be taken over them.
    """

    requests: pl.DataFrame
    taxpayers: pl.DataFrame
    addresses: pl.DataFrame


def r_cases() -> RCases:
    """Return the cases R1 to R16 that requests can show, to be judged as of ``AS_OF``."""
    rows = [_row(number, fields) for number, (_, _, _, fields) in enumerate(_CASES, start=1)]
    engaged = pl.col("officers") == _VALID["officers"]
    requests = pl.DataFrame(rows, schema=dict.fromkeys(_FIELDS, pl.String)).with_columns(
        pl.Series("case", [case for case, _, _, _ in _CASES]),
        pl.Series("what", [what for _, what, _, _ in _CASES]),
        pl.Series("expected_outcome", [outcome for _, _, outcome, _ in _CASES]),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        (pl.int_range(pl.len(), dtype=pl.UInt32) + 1).alias("source_row"),
        pl.lit("agency-head").alias("signed_by"),
        pl.lit(value=True).alias("officers_employed"),
        pl.lit(value=True).alias("officers_same_agency"),
        engaged.alias("engaged"),
        engaged.alias("sole_use"),
        record_column("portcullis/request/1", _FIELDS).alias("text"),
    )
    hashes = sha256_column(requests["text"]).alias("request_hash")
    return RCases(
        requests.with_columns(hashes).select(
            "case", "what", "expected_outcome", "row", "source_row", *_FIELDS, "request_hash",
            *OFFICERS_SCHEMA,
        ),
        _taxpayers(),
        _addresses(),
    )  # fmt: skip


def _row(number: int, fields: dict[str, str | None]) -> dict[str, str | None]:
    own = {
        "request_id": f"R-CASE-{number:04d}",
        "order_number": f"A099-000-{number:03d}",
        "investigation_id": f"HSI-2025-{number:06d}",
        "reason": (
            f"A utility account opened in case {number} shows the respondent in the country after "
            "the order became final. The address is evidence of willful failure to depart."
        ),
        "wilfulness_basis": f"Served in person with the order in case {number}; did not depart.",
    }
    return {name: value or None for name, value in (_VALID | own | fields).items()}


def _taxpayers() -> pl.DataFrame:
    columns = ("taxpayer_id", "tin", "given_name", "middle_name", "family_name", "suffix",
               "prior_names")  # fmt: skip
    rows = [(person, *facts) for person, (facts, _) in _WORLD.items()]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    kind = pl.when(pl.col("tin").str.starts_with("9")).then(pl.lit("ITIN")).otherwise(pl.lit("SSN"))
    return frame.select(*columns[:2], kind.alias("tin_type"), *columns[2:])


def _addresses() -> pl.DataFrame:
    rows = [
        (person, *home, period, "return", date(period + 1, 4, 15), False)
        for person, (_, homes) in _WORLD.items()
        for home, period in homes
    ]
    lines = ("taxpayer_id", "line1", "line2", "city", "state", "zip")
    schema = dict.fromkeys(lines, pl.String) | {
        "taxable_period": pl.Int16, "source_kind": pl.String, "processed_on": pl.Date,
        "protected": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
