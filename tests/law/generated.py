"""What generated requests are made of: for every fact, its lawful value and all that borders on it.

And under what they are judged: days about leap days and year ends, readings of every kind together,
delegation, tightened elements, the agreement's figures.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

import numpy as np
import polars as pl

from portcullis.law import READINGS, SIGNING, Basis, Effect, Phase, applicable, conflicts, judge
from portcullis.screening import prepare
from portcullis.screening.screen import outcome
from tests.law.cases import DAY, PACK, Agreement
from tests.oracle import requests_oracle as oracle
from tests.oracle import texts

DAYS = (
    DAY, date(2023, 3, 31), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 31),
    date(2024, 5, 29), date(2025, 1, 1), date(2025, 12, 31), date(2026, 2, 5), date(2100, 3, 1),
)  # fmt: skip
_DISTANCES = (-366, -2, -1, 0, 1, 2, 5, 29, 30, 31, 32, 60, 88, 89, 90, 91, 92, 93, 120, 365, 366,
              370, 400, 1461)  # fmt: skip
ODD_DATES = (
    None, "2025-02-29", "2024-02-29", "2000-02-29", "1900-02-29", "2025-2-3", "07/08/2025",
    "0000-01-01", "0999-01-01", "1000-01-01", "2025-13-01", "2025-00-10", "2025-04-31",
    "2025-08-07T00:00", "+202-01-01", "²⁰²⁵-01-01", "٢٠٢٥-01-01", "9999-12-31", "unknown", "no",
    "2025-08-07 ",
)  # fmt: skip
ANSWERS = ("no", "yes", None, "Yes", "NO", "n", "unknown", "yes ", "0")
BOOLEANS = (True, False, None)
COUNTS = (0, 1, 2, 3, None)
NUMBERS = ("A000-000-001", None, "INV-1", "000", "0000", "0000000", "N/A", "TBD", "ABCD", "12",
           "123", "1234", "A-0b", "²²²²")  # fmt: skip
WORDS = (
    "locate", "locating", "the", "alien", "subject", "persons", "for", "removal", "final",
    "administrative", "order", "orders", "of", "to", "be", "ordered", "remove", "removed",
    "deportation", "warrant", "arrest", "proceedings", "period", "hearing", "Criminal", "wilfully",
    "willful", "wilfullness", "prosecution", "grand", "jury", "1253", "civil", "detention", "ERO",
    "erotic", "remover", "needed", "witness", "statements", "N/A", "see", "file", "not",
    "provided", "a", "é", "K", "immigration", "enforcement", "incriminate", "fugitive",
    "Fugitives", "flight", "from", "avoid", "imminent", "danger", "death", "physical", "injury",
    "threat", "terrorism", "terrorist", "counterterrorism", "re_moved", "criminal_law",
)  # fmt: skip
TEXTS = (
    None, "Locate for removal", "See case file.", "N/A", "not  provided", "- unknown -", "pending",
    "Eight words can tell why this case matters", "Seven words are not enough for this",
    "a b c d e f g h", "He said that he stayed on; a witness heard it there",
    "The subject is a fugitive from justice and is sought by the marshals now",
    "There is an imminent danger to the life of a child at the address",
    "Danger of death; the officers must find the house before the night falls",
    "An investigation of terrorism in which the address of the subject is material",
    "Served with the final order of removal; witnesses there can tell that he stayed",
    "The final administrative order of removal of that alien is of the year before last",
    "Address needed so that ERO officers may locate the alien for removal from the country",
    "Criminal investigation under 8 USC 1253: locating the alien shows presence there",
    "In flight to avoid prosecution, as the indictment in the file of the case says",
)  # fmt: skip


def _phrases(phrases: Sequence[Sequence[set[str]]]) -> list[str]:
    return [" ".join(words) for each in phrases for words in product(*map(sorted, each))]


DECISIVE = (
    *(f"The {phrase} of which we write is noted in the file" for phrase in _phrases(texts.CIVIL)),
    *(f"The removal, and the {each}, are noted" for each in _phrases(texts.CRIMINAL)),
    *(f"The {each} of the year before is noted in the file" for each in _phrases(texts.THE_ORDER)),
    *(f"The {each}x and the x{each} of which we write here" for each in _phrases(texts.CIVIL)),
    *(f"The removal, {each}x or x{each} of it" for each in _phrases(texts.CRIMINAL)),
    *(f"It is {each} to be noted" for each in _phrases(texts.FUGITIVE)),
    *(f"It is {each} to be noted" for each in _phrases(texts.TERRORISM)),
    *(f"It is {each} to be noted" for each in _phrases(texts.DANGER)),
    *(each.replace(" ", gap) for each, gap in product(sorted(texts.FILLERS), (" ", "-", " / "))),
)
"""A text for each word and phrase that decides, so that each decides alone once."""

_SECTIONS = ("1253", "1306", "1324", "1325", "1326", "1327", "1328", "1182", "1226", "1231")
_DRUGS = ("841", "843", "844", "846", "848", "952", "959", "960", "963", "842")
STATUTES = (
    None, "8 USC 1253(a)(1)(A)", "8 U.S.C. § 1253(a)(1)(A)", "8USC1253(a)(1)(A)", "8 USC 1357",
    "8 USC 1253(a)(1)(D)", "8 USC 13260", "18 USC 1546(a)", "18 USC 0", "26 USC 7201",
    "21 USC 8411", "42 USC 1983", "8 usc 1253(a)(1)(A)", "8 USC 1324a(f)", "criminal law",
    "18 USC 1073", "18 U.S.C. § 1073", "18 USC 1073(1)", "18 USC 10730", "18 USC 3146(a)(1)",
    "18 USC 2331", "18 USC 2332b(a)", "18 USC 2333", "18 USC 2339D(a)", "18 USC 1028A",
    "118 USC 1073", "see 18 USC 1073", "Immigration Act 1971 s 24(1)(b)",
    "Immigration Act 1971 s. 24(1)(b)", "Immigration Act 1971 s 24(1)", "",
    *(f"8 USC {section}{rest}" for section in _SECTIONS
      for rest in ("", "(a)", "(b)", "(c)", "(d)", "(e)(1)")),
    *(f"21 USC {section}{rest}" for section in _DRUGS for rest in ("", "(a)(1)", "a")),
    *(f"18 USC 2332{letter}" for letter in ("", *"abcdefghijABZ")),
    *(f"18 USC 2339{letter}" for letter in ("", *"ABCDEabde1")),
)  # fmt: skip
CHARGES = (
    None, *(f"8 USC 1227(a)({number})(A)" for number in range(10)), "8 U.S.C. § 1227(a)(2)(A)(i)",
    "8 USC 1227(a)", "8 USC 1182(a)(6)(A)(i)", "INA 212(a)(6)", "ina 212", "Section 237", "sec. 9",
    "SEC", "section", "8 CFR 1", "8 usc 1182", "N/A", "overstay", "18 USC 2", "18 USC 1227(a)(1)",
)  # fmt: skip
ITEMS = (
    "last_known_address", None, "wages", "last_known_address;wages", "last_known_address;income",
    "Tax RETURN", "employers", "dependants", "refunds", "the bank", "name", "Last_Known_Address",
)  # fmt: skip
OFFICERS = (None, "officer-1", "o-1;o-2", "o-1 ; o-2", "a; b", "a;;b", ";", "a b", "a;", "é;ü",
            "a\u00a0b", "a;b c;d")  # fmt: skip
LINES = (None, "1250 Specimen St", "62701", "1234", "12345 Main", "Don't Care 12345", "6270-1",
         "123456", "Failed to Provide", "١٢٣٤٥", "62701-0001")  # fmt: skip
TINS = (None, "912-34-5678", "912345678", "9-1-2345678", "000000000", "999-99-9999", "12345678",
        "1234567890", "912 34 5678", "91234567x", "²12345678", "---------")  # fmt: skip
NAME_CODES = ("same", "reordered", "suffix-missing", "suffix-differs", "middle-differs", "initial",
              "partial", "nickname", "misplaced", "near", "different", "absent", None,
              "Same")  # fmt: skip
ADDRESS_CODES = ("same", "near", "unit-missing", "different", None, "Same")
STAGES = ("investigation", "proceeding-preparation", "grand-jury", "Investigation", "civil", None)
EVENTS = (
    "appeal-dismissed", "appeal-waived", "appeal-time-expired", "certified-decision",
    "in-absentia", "voluntary-departure-overstay", "order entered", "Appeal-Waived", None,
)  # fmt: skip
GROUNDS = ("failed-reporting-restrictions", "absconded", "escaped-detention", "leave-by-deception",
           "exceeded-time-limit", "Absconded", "overstay", None)  # fmt: skip
JUDGES = ("district-judge", "magistrate-judge", "immigration-judge", "Magistrate-Judge", None)
OFFICES = (*SIGNING, "director", "Agency-Head", "", None)

READING_IDS = [each.id for each in READINGS]
TIGHTENING = [each.id for each in READINGS if each.effect is Effect.TIGHTENS]
MEASURED = {
    "m_officer_load_max": "officer_load",
    "m_identical_reasons": "identical_reasons",
    "m_shared_address": "shared_address",
    "m_window_volume": "batch_volume",
}


def chance(seed: int) -> Random:
    """Return a source of chance that is the same every time."""
    return Random(seed)  # noqa: S311 - no secret is drawn from it


def a_text(random: Random) -> str | None:
    """Return some words of those that decide, with something between them."""
    words = random.choices(WORDS, k=random.randrange(15))
    return random.choice((" ", " ", "  ", "-", ", ", "; ", ". ")).join(words) or None


def a_basis(random: Random, agreement: Agreement) -> Basis:
    """Return a basis of the agreement: another day, readings, delegation, tightening, figures."""
    day = random.choice(DAYS)
    found = Basis.from_pack(PACK, day, _together(random, TIGHTENING))
    for_a_person = [each.id for each in applicable(agreement.basis) if each.for_a_person]
    figures = replace(
        found.thresholds,
        status_age_days=random.choice((1, 30)),
        max_periods=random.choice((2, 7)),
        officer_load=random.choice((1, 500)),
    )
    basis = replace(
        found,
        provisions=agreement.basis.provisions,
        statutes=agreement.basis.statutes,
        accept_delegation=random.random() < 0.5,
        tightened=tuple(each for each in for_a_person if random.random() < 0.2),
        taxable_years_back=random.choice((3, 10)),
        thresholds=figures,
    )
    return basis.re_examined(_together(random, READING_IDS)) if random.random() < 0.6 else basis


def _together(random: Random, ids: Sequence[str]) -> list[str]:
    """Return some of the readings, in any order, that can hold together."""
    chosen: list[str] = []
    for each in random.sample(ids, k=random.randrange(len(ids) + 1)):
        floor = ("address-of-record", "1227a-class-required") if ids is TIGHTENING else ()
        if not any(conflicts([*floor, *chosen, each])):
            chosen.append(each)
    return chosen


def pools(agreement: Agreement, random: Random) -> dict[str, list[Any]]:
    """Return, by the name of each fact, the values a generated request may have for it."""
    day = agreement.basis.as_of
    dates = [*((day - timedelta(days=each)).isoformat() for each in _DISTANCES), *ODD_DATES]
    year = day.year
    periods = [
        None, f"{year}", f"{year - 1}", f"{year + 1}", f"{year - 3}", f"{year - 4}", f"{year - 10}",
        f"{year - 11}", f"{year - 2};{year - 1}", f"{year - 1} ; {year}", f"{year};;{year - 1}",
        f"{year};", "all", "20x4", "1066", "1912", "1913", "9999", "10000", "2021-2019", "20 21",
        "0000", "²⁰²⁴", f"{year};{year};{year}", ";".join(str(year - each) for each in range(7)),
        ";".join(str(year - each) for each in range(8)),
    ]  # fmt: skip
    free = [*TEXTS, *DECISIVE, *(a_text(random) for _ in range(100))]
    by_kind = {
        "date": dates,
        "answer": ANSWERS,
        "number": NUMBERS,
        "address": LINES,
        "years": periods,
        "free-text": free,
        "tin": TINS,
        "name": (None, "Ana"),
    }
    found: dict[str, Sequence[Any]] = {
        name: values for kind, values in by_kind.items() for name in agreement.fields_of(kind)
    }
    found |= {
        "statute": STATUTES, "charge": CHARGES, "items": ITEMS, "officers": OFFICERS,
        "investigation_stage": STAGES, "finality_event": EVENTS, "ground": GROUNDS,
        "order_granted_by": JUDGES,
        "application_authorized_by": OFFICES, "signed_by": OFFICES, "request_id": ("R-1",),
        "supersedes": (None, "R-0"), "change": (None, "a new address"),
        "a_absent_reason": (None, "blank"), "tin_name": NAME_CODES, "tin_address": ADDRESS_CODES,
        "lka_period": (year, year - 1, year - 2, year - 5, 0, None),
        "approval_expires_on": (day, day - timedelta(days=1), day + timedelta(days=5), None),
    }  # fmt: skip
    for measure, limit in MEASURED.items():
        figure = getattr(agreement.basis.thresholds, limit)
        found[measure] = (0, 1, figure - 1, figure, figure + 1, 4_000_000_000, None)
    kinds = {pl.Boolean(): BOOLEANS, pl.UInt32(): COUNTS}
    return {
        name: list(found[name] if name in found else kinds[dtype])
        for name, dtype in agreement.schema.items()
        if name != "row"
    }


STORIES: tuple[dict[str, Sequence[Any]], ...] = (
    {"judicial_review_had": ("yes",), "judicial_review_final_on": ()},
    {"nonimmigration_custody_had": ("yes",), "custody_released_on": ()},
    {"supersedes": ("R-0",), "change": ("a new address",), "m_repeat": (0, 1)},
    {"m_repeat": (0, 1), "m_repeat_cited": (True,), "change": (None, "a new address")},
    {"tin_candidates": (0,), "name_address_candidates": (1, 2), "tin_name": (None,),
     "tin_address": (None,), "name_address_unique_point": (True,),
     "name_address_whole": (True, False)},
    {"margin": (0, 1, 2, None)},
    {"tin_candidates": (1, 2, 3), "tin_agreeing": ()},
    {"m_duplicate_investigation": (1,), "m_repeat_cited": ()},
)  # fmt: skip
"""Facts that go together: the values of each, or (empty) any of its pool."""


def bulk(agreement: Agreement, seed: int, size: int) -> pl.DataFrame:
    """Return many generated requests, prepared: some lawful, most bent a little, some wild."""
    random, draw = chance(seed), np.random.default_rng(seed)
    values = pools(agreement, random)
    lawful = agreement.lawful()
    bent = draw.choice([0.0, 0.01, 0.03, 0.1, 0.5], size=size, p=[0.05, 0.35, 0.3, 0.2, 0.1])
    choice: dict[str, Any] = {}
    for name, pool in values.items():
        pool.insert(0, lawful[name])
        other = draw.integers(0, len(pool), size)
        choice[name] = np.where(draw.random(size) < bent, other, 0)
    for story in STORIES:
        if set(story) <= set(values):
            _tell(story, values, choice, draw)
    columns = [
        pl.Series(name, pool, dtype=agreement.schema[name]).gather(choice[name])
        for name, pool in values.items()
    ]
    rows = pl.int_range(size, dtype=pl.UInt32, eager=True).alias("row")
    return prepare(pl.DataFrame([rows, *columns]), agreement)


def _tell(
    story: dict[str, Sequence[Any]],
    values: dict[str, list[Any]],
    choice: dict[str, Any],
    draw: np.random.Generator,
) -> None:
    size = len(next(iter(choice.values())))
    told = draw.random(size) < 0.04
    for name, chosen in story.items():
        first = len(values[name]) if chosen else 0
        values[name].extend(chosen)
        other = draw.integers(first, len(values[name]), size)
        choice[name] = np.where(told, other, choice[name])


def terms_of(basis: Basis) -> oracle.Terms:
    """Write a basis out in plain values, for the oracle."""
    limits = basis.thresholds
    return oracle.Terms(
        as_of=basis.as_of,
        statutes=basis.statutes,
        items=basis.items,
        taxable_years_back=basis.taxable_years_back,
        status_age_days=limits.status_age_days,
        max_periods=limits.max_periods,
        officer_load=limits.officer_load,
        identical_reasons=limits.identical_reasons,
        shared_address=limits.shared_address,
        batch_volume=limits.batch_volume,
        readings=frozenset(basis.readings),
        accept_delegation=basis.accept_delegation,
        tightened=frozenset(basis.tightened),
    )


def compare(agreement: Agreement, frame: pl.DataFrame) -> pl.DataFrame:
    """Judge every request twice, by the law and by the oracle; any difference is an error.

    Returns what the law found: a column for each element, and ``outcome``.
    """
    basis = agreement.basis
    elements = applicable(basis)
    terms, provisions = terms_of(basis), basis.provisions
    layers = {each.id: str(each.layer) for each in elements}
    ids = list(oracle.judge(frame.row(0, named=True), terms, provisions))
    assert sorted(ids) == sorted(layers)
    judged = judge(frame, elements, basis).select(
        *ids, outcome(applicable(basis, Phase.FACE)).alias("outcome")
    )
    requests = frame.select(*agreement.schema).iter_rows(named=True)
    for request, law in zip(requests, judged.iter_rows(), strict=True):
        found = oracle.judge(request, terms, provisions)
        expected = (*found.values(), oracle.outcome(found, layers))
        assert law == expected, _difference(ids, law, expected, request, basis)
    return judged


def _difference(
    ids: Sequence[str], law: tuple[Any, ...], expected: tuple[Any, ...], request: Any, basis: Basis
) -> str:
    differs = [
        f"{name}: law {one}, oracle {other}"
        for name, one, other in zip((*ids, "outcome"), law, expected, strict=True)
        if one != other
    ]
    return "\n".join([*differs, f"request: {request}", f"basis: {basis}"])
