"""Names and addresses cleaned in SQL, as a competent user cleans them for linking.

Upper case, no diacritics or punctuation, the commonest street words abbreviated, ZIP cut to five.
Less than our own normal forms do.
"""

_NAME = r"regexp_replace(upper(strip_accents({0})), '[^A-Z]+', '', 'g')"
_STREET_WORDS = {
    "STREET": "ST",
    "AVENUE": "AVE",
    "BOULEVARD": "BLVD",
    "ROAD": "RD",
    "DRIVE": "DR",
    "LANE": "LN",
    "COURT": "CT",
    "CIRCLE": "CIR",
    "PLACE": "PL",
    "TERRACE": "TER",
    "HIGHWAY": "HWY",
    "PARKWAY": "PKWY",
    "APARTMENT": "APT",
    "SUITE": "STE",
    "NORTH": "N",
    "SOUTH": "S",
    "EAST": "E",
    "WEST": "W",
}


def person() -> str:
    """Return the SQL of the person's columns, as both tables are compared on them."""
    return f"""
        {_NAME.format("given_name")} AS given_name,
        {_NAME.format("family_name")} AS family_name,
        nullif({_NAME.format("suffix")}, '') AS suffix,
        nullif(replace(tin, '-', ''), '') AS tin
    """


def place(line1: str, line2: str) -> str:
    """Return the SQL of the address's columns: one comparable line, and the ZIP."""
    line = f"upper(strip_accents(concat_ws(' ', {line1}, {line2})))"
    line = f"' ' || regexp_replace({line}, '[^A-Z0-9]+', ' ', 'g') || ' '"
    for word, short in _STREET_WORDS.items():  # plain replacement: far faster than a regex
        line = f"replace({line}, ' {word} ', ' {short} ')"
    return f"trim({line}) AS street, left(zip, 5) AS zip5"
