"""Who each request is about, and what it says of name, TIN, address and periods.

A row of the result is a request's identity: ``truth_class``, ``standing``, ``taxpayer_id`` (null
for nobody), the request's own fields, ``address_agrees`` (the address is one of record, as
written rules compare it) and ``naive_expected`` (the 2025 script would release it).
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from portcullis.errors import Misuse
from portcullis.scenarios import persons, tins
from portcullis.scenarios.draws import below, generator, weighted
from portcullis.scenarios.histories import FIRST_YEAR, LAST_YEAR
from portcullis.scenarios.places import USUAL, draw_homes
from portcullis.scenarios.pool import LINES, Pool, load_pool
from portcullis.scenarios.spelling import capitals, folded, other_format
from portcullis.scenarios.truth import MISSED_BY_SCRIPT, Cell
from portcullis.scenarios.vocabulary import Ints, read

FIELDS = (
    "given_name", "middle_name", "family_name", "suffix", "tin", "address_line1", "address_line2",
    "city", "state", "zip", "taxable_periods",
)  # fmt: skip
COLUMNS = ("truth_class", "standing", "taxpayer_id", *FIELDS, "address_agrees", "naive_expected")
ADDRESS = ("address_line1", "address_line2", "city", "state", "zip")

_PURPOSE = 2
_WITH_TIN = 0.35
_YEARS = LAST_YEAR - FIRST_YEAR + 1
_DWELLERS_ASKED_FOR = 12
_LEAST_BUILDINGS = 1_000

_TWO_SURNAMES = r"^\p{Lu}[^\s-]+ \p{Lu}[^\s-]+$"
_PARTICLES = r"^(?:Abu|Bin|Ben|Van|Von|Di|Do|Da|De|Le|La|El|Al) "
_ONE_WORD_STREET = r"^([0-9]+ [A-Za-z]{4})[A-Za-z]([A-Za-z]{3,} [A-Za-z]+)$"
# The third letter of a surname of six or more, with what stands around it.
_LONG_SURNAME = r"^(\p{L}{2})\p{L}(\p{L}{3,})$"
_UNIT = r"(?i) (?:apt|unit) \S+$"

# Sorts of home, as their first line shows them.
_IS = {
    "apartment": pl.col("line2").str.contains(r"^(?:Apt|Unit|#)")
    | pl.col("line1").str.contains(_UNIT),
    "po-box": pl.col("line1").str.contains(r"^P\.?O\.? (?i:box)"),
    "rural-route": pl.col("line1").str.contains(r"^(?:RR|HC) "),
    "puerto-rico": pl.col("state") == "PR",
    "street": pl.col("line1").str.contains(r"^[0-9]+ ") & (pl.col("state") != "PR"),
}


def cast_requests(records: Path, cells: Sequence[Cell], seed: int) -> pl.DataFrame:
    """Return the identities (``COLUMNS``) of all requests of ``cells``, class by class.

    Nobody is asked for twice. Raises Misuse where the records hold too few taxpayers.
    """
    random = generator(seed, _PURPOSE)
    about = [cell for cell in cells if cell.standing != "nobody" and cell.count]
    parts = [_nobodies([cell for cell in cells if cell.standing == "nobody"], random)]
    if about:
        pool = load_pool(records, sum(cell.count for cell in about), seed)
        parts.append(_somebodies(pool, about, random))
    return pl.concat(parts)


def _nobodies(cells: Sequence[Cell], random: np.random.Generator) -> pl.DataFrame:
    """Return requests about persons who are in no record."""
    counts = [cell.count for cell in cells]
    size = sum(counts)
    classes = pl.Series([cell.truth_class.name for cell in cells], dtype=pl.String)
    sex = random.integers(0, 2, size)
    names = persons.written(persons.draw_names(persons.draw_people(size, random), sex, random))
    with_tin = pl.Series(random.random(size) < _WITH_TIN)
    lowest = random.integers(0, _YEARS, size)
    return _finish(
        pl.concat([names, _empty_homes(size, random)], how="horizontal").with_columns(
            classes.gather(np.repeat(np.arange(len(cells)), counts)).alias("truth_class"),
            pl.lit("nobody").alias("standing"),
            pl.lit(None, pl.String).alias("taxpayer_id"),
            pl.lit(None, pl.String).alias("suffix"),
            pl.when(with_tin).then(tins.of_nobody(np.arange(size))).alias("tin"),
            _periods(lowest, lowest + below(random.random(size), _YEARS - lowest)),
            pl.lit(value=False).alias("address_agrees"),
            pl.lit(value=False).alias("naive_expected"),
        ),
        random,
    )


def _empty_homes(size: int, random: np.random.Generator) -> pl.DataFrame:
    """Return addresses at which no taxpayer ever lived, in the request's columns."""
    kinds = weighted(random.random(size), USUAL)
    buildings = max(_LEAST_BUILDINGS, size // _DWELLERS_ASKED_FOR)
    homes = draw_homes(kinds, random, inhabited=False, buildings=buildings)
    by_hand = pl.Series(random.random(size) < 0.5)  # noqa: PLR2004 - half of them
    parts = zip(ADDRESS, ("line1", "line2", "city"), strict=False)
    return homes.select(
        *[
            pl.when(by_hand).then(f"written_{part}").otherwise(f"usps_{part}").alias(name)
            for name, part in parts
        ],
        "state",
        pl.col("zip5").alias("zip"),
    )


def _somebodies(pool: Pool, cells: Sequence[Cell], random: np.random.Generator) -> pl.DataFrame:
    """Return requests about taxpayers, the rarest sorts drawn first; nobody is drawn twice."""
    used = pl.DataFrame(schema={"household": pl.Int64})
    parts = []
    for cell in sorted(cells, key=_plainness):
        able = _able(pool, cell).join(used, on="household", how="anti", maintain_order="left")
        chosen = able.head(cell.count)
        if chosen.height < cell.count:
            raise Misuse(
                f"The records hold too few taxpayers for {cell.count} requests of the class "
                f"{cell.truth_class.name}.",
                "Make records of more taxpayers, or fewer requests.",
            )
        used = pl.concat([used, chosen.select("household")])
        parts.append(_finish(_identity(chosen, cell, random), random))
    return pl.concat(parts)


def _plainness(cell: Cell) -> tuple[bool, int]:
    return cell.truth_class.name not in _SORTS, cell.count


def _able(pool: Pool, cell: Cell) -> pl.DataFrame:
    """Return those whom a request of this cell can be about."""
    role = _ROLES.get(cell.truth_class.name)
    people = pool.plain if role is None else pool.of_role(*role)
    sort = _SORTS.get(cell.truth_class.name)
    return people if sort is None else people.filter(sort)


def _identity(people: pl.DataFrame, cell: Cell, random: np.random.Generator) -> pl.DataFrame:
    name, size = cell.truth_class.name, people.height
    period = people["period"].to_numpy().astype(np.int64) - FIRST_YEAR
    lowest = np.maximum(0, period - random.integers(0, 4, size))
    highest = np.minimum(_YEARS - 1, period + random.integers(0, 3, size))
    if name == "period-not-requested":
        late = period > 1
        lowest, highest = np.where(late, 0, period + 1), np.where(late, period - 1, _YEARS - 1)
    exact = people.with_columns(
        pl.lit(name).alias("truth_class"),
        pl.lit(cell.standing).alias("standing"),
        *[pl.col(line).alias(field) for line, field in zip(LINES, ADDRESS, strict=True)],
        _periods(lowest, highest),
        pl.lit(cell.standing == "of_record").alias("address_agrees"),
        pl.lit(name not in MISSED_BY_SCRIPT).alias("naive_expected"),
    )
    if cell.standing == "elsewhere" and name not in _AT_A_HOME_OF_RECORD:
        exact = exact.with_columns(_empty_homes(size, random))
    change = _CHANGES.get(name)
    return exact if change is None else change(exact, random)


def _finish(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Write names in capitals and TINs with hyphens where the preparer happened to."""
    size = rows.height
    shouted = pl.Series(random.random(size) < 0.6)  # noqa: PLR2004 - most of them
    hyphens = pl.Series(random.random(size) < 0.5)  # noqa: PLR2004 - half of them
    tin = pl.col("tin")
    return rows.with_columns(
        *[
            pl.when(shouted).then(pl.col(name).str.to_uppercase()).otherwise(name).alias(name)
            for name in ("given_name", "middle_name", "family_name")
        ],
        pl.when(hyphens)
        .then(
            pl.concat_str(
                tin.str.slice(0, 3), pl.lit("-"), tin.str.slice(3, 2), pl.lit("-"), tin.str.slice(5)
            )
        )
        .otherwise(tin)
        .alias("tin"),
    ).select(COLUMNS)


def _periods(lowest: Ints, highest: Ints) -> pl.Series:
    """Return the years from ``lowest`` to ``highest`` (0 for the first) as requests list them."""
    spans = [
        ";".join(str(FIRST_YEAR + year) for year in range(low, high + 1))
        for low in range(_YEARS)
        for high in range(_YEARS)
    ]
    return (
        pl.Series(spans, dtype=pl.String).gather(lowest * _YEARS + highest).alias("taxable_periods")
    )


_Change = Callable[[pl.DataFrame, np.random.Generator], pl.DataFrame]


def _saying(**fields: pl.Expr) -> _Change:
    """Return the change that writes these fields otherwise."""
    return lambda rows, _random: rows.with_columns(**fields)


def _prior_part(place: int) -> pl.Expr:
    entry = pl.col("prior_names").str.split(";").list.first()
    part = entry.str.split("|").list.get(place)
    return pl.when(part != "").then(part)


def _fresh_names(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    sex = random.integers(0, 2, rows.height)
    people = persons.draw_people(rows.height, random)
    return rows.with_columns(persons.written(persons.draw_names(people, sex, random)))


def _rolled(rows: pl.DataFrame, _random: np.random.Generator) -> pl.DataFrame:
    """Give each the address of the next one."""
    return rows.with_columns(
        pl.col(line).gather((pl.int_range(pl.len()) + 1) % pl.len()).alias(field)
        for line, field in zip(LINES, ADDRESS, strict=True)
    )


_NICKNAMES: Mapping[str, str] = read("junk.toml")["nicknames"]
_NO_TIN = {"tin": pl.lit(None, pl.String)}
_WITHOUT_UNIT = {
    "address_line1": pl.col("line1").str.replace(_UNIT, ""),
    "address_line2": pl.lit(None, pl.String),
}

# Classes whose address is not the taxpayer's, and yet is made of an address of record.
_AT_A_HOME_OF_RECORD = (
    "address-of-another", "near-miss-street", "near-miss-unit", "typo-street-no-tin",
)  # fmt: skip

# Roles other than plain that a class asks for.
_ROLES: dict[str, tuple[str, ...]] = {
    "shared-tin": ("shared-tin",),
    "father-and-son": ("father-son", "father-son-suffix"),
    "son-without-suffix": ("father-son-suffix",),
    "twins": ("twins",),
    "itin-then-ssn": ("itin-then-ssn",),
    "general-delivery": ("general-delivery",),
    "protected": ("protected",),
    "information-return-only": ("information-return-only",),
}

_compound = pl.col("family_name").str.contains(_TWO_SURNAMES) & ~pl.col("family_name").str.contains(
    _PARTICLES
)
_alone_at_home = pl.col("role") == "single"

# What must hold of the taxpayer or the address for a request of the class.
_SORTS: dict[str, pl.Expr] = {
    "lawful-prior-address": pl.col("prior_line1").is_not_null(),
    "lawful-other-format": _IS["street"] | _IS["apartment"],
    "lawful-apartment": _IS["apartment"],
    "lawful-puerto-rico": _IS["puerto-rico"],
    "lawful-rural-route": _IS["rural-route"],
    "lawful-po-box": _IS["po-box"],
    "lawful-name-address": _alone_at_home & _IS["street"],
    "lawful-name-address-other-format": _alone_at_home & _IS["street"],
    "lawful-prior-name": pl.col("prior_names").is_not_null()
    & (folded(_prior_part(2)) != folded(pl.col("family_name"))),
    "lawful-reordered-surnames": _compound
    & (pl.col("family_name").str.split(" ").list.n_unique() > 1),
    "lawful-hyphen": _compound,
    "lawful-diacritics": folded(pl.col("family_name")).str.to_uppercase()
    != pl.col("family_name").str.to_uppercase(),
    "near-miss-street": pl.col("line1").str.contains(_ONE_WORD_STREET) & pl.col("line2").is_null(),
    "typo-street-no-tin": _alone_at_home
    & pl.col("line1").str.contains(_ONE_WORD_STREET)
    & pl.col("line2").is_null(),
    "typo-surname": pl.col("family_name").str.contains(_LONG_SURNAME),
    "typo-surname-no-tin": _alone_at_home
    & _IS["street"]
    & pl.col("family_name").str.contains(_LONG_SURNAME),
    "near-miss-unit": _IS["apartment"],
    "near-miss-surname": _compound & (pl.col("family_name").str.split(" ").list.n_unique() > 1),
    "near-miss-nickname": pl.col("given_name").is_in(list(_NICKNAMES)),
    "near-miss-suffix": _alone_at_home & pl.col("suffix").is_not_null(),
    "protected": pl.col("protected"),
}

# How the request of a class says it, where that is not just as the records do.
_CHANGES: dict[str, _Change] = {
    "lawful-prior-address": _saying(
        **{field: pl.col(f"prior_{line}") for line, field in zip(LINES, ADDRESS, strict=True)}
    ),
    "lawful-other-format": other_format,
    "lawful-name-address": _saying(**_NO_TIN),
    "lawful-name-address-other-format": lambda rows, random: other_format(
        rows.with_columns(**_NO_TIN), random, always=True
    ),
    "lawful-prior-name": _saying(
        given_name=_prior_part(0),
        middle_name=_prior_part(1),
        family_name=_prior_part(2),
    ),
    "lawful-reordered-surnames": _saying(
        family_name=pl.col("family_name").str.replace(r"^(\S+) (\S+)$", "${2} ${1}")
    ),
    "lawful-hyphen": _saying(
        family_name=pl.col("family_name").str.replace(r"^(\S+) (\S+)$", "${1}-${2}")
    ),
    "lawful-diacritics": lambda rows, _random: capitals(rows),
    "near-miss-street": _saying(
        address_line1=pl.col("line1").str.replace(_ONE_WORD_STREET, "${1}${2}")
    ),
    "typo-street-no-tin": _saying(
        **_NO_TIN, address_line1=pl.col("line1").str.replace(_ONE_WORD_STREET, "${1}${2}")
    ),
    "typo-surname": _saying(
        family_name=pl.col("family_name").str.replace(_LONG_SURNAME, "${1}${2}")
    ),
    "typo-surname-no-tin": _saying(
        **_NO_TIN, family_name=pl.col("family_name").str.replace(_LONG_SURNAME, "${1}${2}")
    ),
    "near-miss-unit": _saying(**_WITHOUT_UNIT),
    "near-miss-surname": _saying(
        family_name=pl.col("family_name").str.replace(r"^(\S+) (\S+)$", "${1}")
    ),
    "near-miss-nickname": _saying(
        given_name=pl.col("given_name").replace_strict(_NICKNAMES, default=None)
    ),
    "near-miss-suffix": _saying(suffix=pl.lit(None, pl.String)),
    "son-without-suffix": _saying(suffix=pl.lit(None, pl.String)),
    "borrowed-tin": _fresh_names,
    "address-of-another": _rolled,
    "father-and-son": _saying(**_NO_TIN, suffix=pl.lit(None, pl.String)),
    "twins": _saying(**_NO_TIN, middle_name=pl.lit(None, pl.String)),
    "itin-then-ssn": _saying(**_NO_TIN),
    "general-delivery": _saying(**_NO_TIN),
}
