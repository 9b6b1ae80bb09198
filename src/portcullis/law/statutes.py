"""Which citations name a criminal statute "not involving tax administration".

A citation must be recognised to count. ``8 USC 1253`` without its subparagraph is recognised as
criminal, and then returned by the agreement, which accepts only subparagraphs it names.
"""

import polars as pl

# On folded citations (words.folded_citation). Title 8's criminal provisions by section; the whole
# of title 18; drug offences of title 21. Subsections of civil penalty or seizure are left out.
_CRIMINAL = (
    r"^(?:"
    r"8USC(?:1253\([ab]\)|1324\(a\)|1325\([acd]\)|(?:1253|1306|1324|1325|1326|1327|1328)$"
    r"|(?:1306|1326|1327|1328)\()"
    r"|18USC[1-9][0-9]*[A-Za-z]?(?:\(|$)"
    r"|21USC(?:841|843|844|846|848|952|959|960|963)(?:\(|$)"
    r")"
)


def criminal(citation: pl.Expr) -> pl.Expr:
    """Return whether the folded ``citation`` is of a criminal statute known here."""
    return citation.str.contains(_CRIMINAL)


def cause(citation: pl.Expr) -> pl.Expr:
    """Return why ``citation`` does not do: blank, civil, tax or unknown."""
    return (
        pl.when(citation.is_null())
        .then(pl.lit("blank"))
        .when(citation.str.starts_with("26USC"))
        .then(pl.lit("tax"))
        .when(citation.str.starts_with("8USC"))
        .then(pl.lit("civil"))
        .otherwise(pl.lit("unknown"))
    )
