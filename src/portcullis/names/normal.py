"""The normal form of a personal name: the columns every other room compares and counts by."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from portcullis.folding import by_distinct, fold, put_where, rewrite_where
from portcullis.names.vocabulary import (
    FORENAME_PARTICLES,
    ONLY_AFTER_FAMILY,
    PARTICLES,
    PLACEHOLDERS,
    SUFFIXES,
    TITLES,
)

COLUMNS: dict[str, pl.DataType] = {
    "absent": pl.Boolean(),
    "given": pl.String(),
    "middle": pl.String(),
    "family": pl.String(),
    "family_set": pl.String(),
    "suffix": pl.String(),
    "key": pl.String(),
}
_SLICE_ROWS = 131_072
_ANY_SUFFIX = "|".join(sorted(SUFFIXES, key=lambda form: (-len(form), form)))
_CLEAR_SUFFIX = "|".join(form for form in _ANY_SUFFIX.split("|") if form not in ONLY_AFTER_FAMILY)


def normalise(
    frame: pl.DataFrame,
    *,
    given: str = "given_name",
    middle: str = "middle_name",
    family: str = "family_name",
    suffix: str = "suffix",
    prefix: str = "n_",
) -> pl.DataFrame:
    """Return ``frame`` with the normal form of each row's name added under ``prefix``.

    Row-local and pure. Texts that are absent are ""; `key` is null where the name is absent.
    """
    fields = frame.select(
        given=pl.col(given).cast(pl.String),
        middle=pl.col(middle).cast(pl.String),
        family=pl.col(family).cast(pl.String),
        suffix=pl.col(suffix).cast(pl.String),
    )
    slices = list(fields.iter_slices(_SLICE_ROWS)) if fields.height else []
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        normal = pl.concat([pl.DataFrame(schema=COLUMNS), *pool.map(_normalise, slices)])
    return frame.with_columns(normal.select(pl.all().name.prefix(prefix)))


def _normalise(fields: pl.DataFrame) -> pl.DataFrame:
    """Return the normal form of one slice of the four fields."""
    given, middle, family = (_words(fields[name]) for name in ("given", "middle", "family"))
    absent = _absent(given, family)
    family, after_family = _split_suffix(family, _ANY_SUFFIX)
    given, after_given = _split_suffix(given, _CLEAR_SUFFIX)
    middle, after_middle = _split_suffix(middle, _CLEAR_SUFFIX)
    own = fields["suffix"]
    own = by_distinct(own.fill_null(""), _own_suffix)
    middle = middle.zip_with(~middle.is_in(list(PLACEHOLDERS["middle"])), pl.Series([""]))
    forenames = _with_particles((given + " " + middle).str.strip_chars(), FORENAME_PARTICLES)
    # The "y" between two surnames is left out.
    family = _with_particles(family.str.replace_all(" Y ", " ", literal=True), PARTICLES)
    rows = pl.DataFrame(
        {
            "absent": absent | (forenames == "") | (family == ""),
            "forenames": forenames,
            "family": family,
            "family_set": rewrite_where(family, family.str.contains(" ", literal=True), _sorted),
            "own": own,
            "after_family": after_family,
            "after_given": after_given,
            "after_middle": after_middle,
        }
    )
    first = pl.col("forenames").str.splitn(" ", 2).struct
    suffixes = [pl.col(name) for name in ("own", "after_family", "after_given", "after_middle")]
    found = pl.lit("")
    for suffix in reversed(suffixes):
        found = pl.when(suffix != "").then(suffix).otherwise(found)
    return rows.select(
        "absent",
        first.field("field_0").fill_null("").alias("given"),
        first.field("field_1").fill_null("").alias("middle"),
        "family",
        "family_set",
        found.alias("suffix"),
        pl.when(~pl.col("absent"))
        .then(pl.concat_str(first.field("field_0"), "family_set", separator="|"))
        .alias("key"),
    )


def _words(values: pl.Series) -> pl.Series:
    """Return each field as folded words with single spaces."""
    words = fold(values)
    return rewrite_where(words, words.str.contains("[^A-Z]"), _without_signs)


def _without_signs(words: pl.Series) -> pl.Series:
    return words.str.replace_all(r"[^\pL\pN\pM]+", " ").str.strip_chars()


def _absent(given: pl.Series, family: pl.Series) -> pl.Series:
    """Say which names are none: a field without a letter, or a placeholder."""
    alone, both = list(PLACEHOLDERS["alone"]), list(PLACEHOLDERS["alone"] | PLACEHOLDERS["both"])
    lettered = given.str.contains(r"\pL") & family.str.contains(r"\pL")
    whole = (given + " " + family).is_in(list(PLACEHOLDERS["names"]))
    either = given.is_in(alone) | family.is_in(alone)
    return ~lettered | either | (given.is_in(both) & family.is_in(both)) | whole


def _split_suffix(words: pl.Series, forms: str) -> tuple[pl.Series, pl.Series]:
    """Return the field without titles and a suffix at its end, and that suffix in normal form."""
    spaced = words.str.contains(" ", literal=True)
    none = pl.repeat("", words.len(), dtype=pl.String, eager=True)
    if not spaced.any():
        return words, none
    some = words.filter(spaced)
    titles = "|".join(TITLES)
    some = some.str.replace(rf"^(?:{titles}) ", "").str.replace(rf" (?:{titles})$", "")
    suffix = some.str.extract(rf" ({forms})$").replace_strict(
        SUFFIXES, default="", return_dtype=pl.String
    )
    rest = some.str.replace(rf" (?:{forms})$", "")
    return put_where(words, spaced, rest), put_where(none, spaced, suffix)


def _own_suffix(values: pl.Series) -> pl.Series:
    words = _words(values).str.replace_all(" ", "", literal=True)
    return words.replace_strict(SUFFIXES, default="", return_dtype=pl.String)


def _with_particles(words: pl.Series, particles: tuple[str, ...]) -> pl.Series:
    """Return ``words`` with each particle written together with the word it belongs to."""
    has = words.str.contains(f"(?:^| )(?:{'|'.join(particles)}) ")
    return rewrite_where(words, has, lambda some: _join(some, particles))


def _join(words: pl.Series, particles: tuple[str, ...]) -> pl.Series:
    # Three spaces between words give each particle a space before it and two behind for its own.
    spaced = "   " + words.str.replace_all(" ", "   ", literal=True) + "   "
    marked = spaced.str.replace_many(
        [f" {particle}  " for particle in particles], [f" {particle}~" for particle in particles]
    )
    # A particle with nothing behind it is a name of its own.
    joined = marked.str.replace_all("~ ([^ ])", "${1}").str.replace_all("~", " ", literal=True)
    return joined.str.replace_all(" {2,}", " ").str.strip_chars()


def _sorted(family: pl.Series) -> pl.Series:
    """Return the surnames of each compound in alphabetical order."""
    two = pl.DataFrame({"parts": family.str.split_exact(" ", 2)}).unnest("parts")
    first, second = pl.col("field_0"), pl.col("field_1")
    in_order = two.select(
        pl.when(first <= second).then(first + " " + second).otherwise(second + " " + first)
    ).to_series()
    return put_where(in_order, two["field_2"].is_not_null(), _sorted_many(family, two["field_2"]))


def _sorted_many(family: pl.Series, third: pl.Series) -> pl.Series:
    # Sorting lists is dear; three surnames are rare.
    some = family.filter(third.is_not_null())
    return some.str.split(" ").list.sort().list.join(" ")
