"""Two addresses that differ in one part that means something are never `same`, however written.

An address is drawn by its meaning; one part is exchanged for another of another meaning; each is
then written as people write: abbreviated or in full, with the unit in front, behind or on the
second line, below a recipient, in care of somebody, with the place said twice.
"""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.thorough import examples

from portcullis import addresses

FIELDS = ("address_line1", "address_line2", "city", "state", "zip")

# Each part: meaning -> the ways it is written. No two meanings of a part are one.
NUMBERS = {
    "1": ["1", "01"], "11": ["11"], "111": ["111", "# 111"], "1111": ["1111"],
    "11A": ["11A", "11-A"], "11B": ["11B", "11 B"], "1-11": ["1-11", "1 - 11"], "11-1": ["11-1"],
    "111 1/2": ["111 1/2", "111½"], "111 1/4": ["111 1/4", "111-1/4"],
    "N6W23001": ["N6W23001", "N6 W23001"], "N62W3001": ["N62W3001"],
    "101-111": ["101-111", "101–111"], "100-111": ["100-111"],
}  # fmt: skip
DIRECTIONS = {
    "": [""], "N": ["N", "North", "N."], "S": ["S", "South"], "E": ["E", "East"],
    "W": ["W", "West"], "NE": ["NE", "N.E.", "Northeast"], "NW": ["NW", "Northwest"],
    "SW": ["SW", "South West"],
}  # fmt: skip
NAMES = {
    "MAIN": ["Main"], "MAINE": ["Maine"], "5TH": ["5th", "Fifth"], "15TH": ["15th", "Fifteenth"],
    "25TH": ["25th", "Twenty-Fifth"], "52ND": ["52nd"], "PARK": ["Park"], "PARKS": ["Parks"],
    "ROSA PARKS": ["Rosa Parks"], "ST JAMES": ["Saint James", "St. James"], "JAMES": ["James"],
    "MILL CREEK": ["Mill Creek", "Mill Crk"], "MILL": ["Mill"], "CREEK": ["Creek"],
    "MT VERNON": ["Mount Vernon", "Mt Vernon"], "VERNON": ["Vernon"], "DR KING": ["Dr King"],
    "NORTH SHORE": ["North Shore"], "TRAILS END": ["Trails End"], "TRAIL END": ["Trail End"],
}  # fmt: skip
SUFFIXES = {
    "ST": ["St", "Street", "St."], "AVE": ["Ave", "Avenue"], "RD": ["Rd", "Road"],
    "LN": ["Ln", "Lane"], "CT": ["Ct", "Court"], "DR": ["Dr", "Drive"], "TER": ["Ter", "Terrace"],
    "PL": ["Pl", "Place"], "BLVD": ["Blvd", "Boulevard"], "WAY": ["Way"],
}  # fmt: skip
UNITS = {
    "": [""], "1": ["Apt 1", "Unit 1", "#1", "# 1", "Apt. 01"],
    "11": ["Apt 11", "# 11", "Unit # 11"], "111": ["Apt 111"], "1-11": ["Apt 1-11", "# 1-11"],
    "11-1": ["Apt 11-1", "Unit 11-1"], "1A": ["Apt 1A", "Apt 1-A", "# 1 A"],
    "A1": ["Apt A1", "Apt A-1", "# A 1"], "A": ["Apt A", "# A"],
    "STE1": ["Ste 1", "Suite # 1", "Suite No 1"], "STE11": ["Ste 11"], "LOT1": ["Lot 1"],
    "SPC1": ["Spc 1"], "RM1": ["Rm 1", "Room 1"], "BOX1": ["Box 1"], "PMB1": ["PMB 1"],
    "FL1": ["Fl 1", "1st Floor"], "FL11": ["11th Floor"], "BLDG1": ["Bldg 1"],
    "BLDG1 11": ["Bldg 1 Apt 11", "Apt 11 Bldg 1"], "BLDG11 1": ["Bldg 11 Apt 1"],
    "BLDGA 1": ["Bldg A Apt 1"], "REAR": ["Rear"], "UPPER": ["Upper"], "TOWER 1": ["Tower 1"],
    "TOWER A": ["Tower A"], "TOWER B": ["Tower B"], "NORTH TOWER": ["North Tower"],
    "SOUTH TOWER": ["South Tower"], "SLIP1": ["Slip 1"], "DEPT1": ["Dept 1"],
    "GROUND": ["Ground Floor"],
}  # fmt: skip
BOXES = {
    "1": ["1", "# 1", "01"], "11": ["11", "No 11"], "111": ["111"], "1-11": ["1-11"],
    "11-1": ["11-1"], "1A": ["1A", "1-A", "1 A"], "A1": ["A1", "A-1", "A 1"], "A": ["A"],
    "AB": ["AB"], "33101": ["33101"],
}  # fmt: skip
ROUTES = {
    "PO": ["PO Box {}", "P.O. Box {}", "POB {}", "Post Office Box {}"],
    "RR1": ["RR 1 Box {}", "Rural Route 1 Box {}", "RFD 1 Box {}"], "RR11": ["RR 11 Box {}"],
    "HC1": ["HC 1 Box {}", "HC-1 Box {}"], "PSC1": ["PSC 1 Box {}"], "CMR1": ["CMR 1 Box {}"],
}  # fmt: skip
PLACES = {
    "Miami 33101": ("Miami", "FL", "33101"), "Miami 33110": ("Miami", "FL", "33110-1234"),
    "Miami 33011": ("MIAMI", "Florida", "33011"), "Tampa": ("Tampa", "FL", "33602"),
}  # fmt: skip
RECIPIENTS = ["", "Maria Lopez", "c/o Ana Ruiz", "ATTN: Ana Ruiz"]

STREET = {
    "number": NUMBERS, "pre": DIRECTIONS, "name": NAMES, "suffix": SUFFIXES, "post": DIRECTIONS,
    "unit": UNITS, "place": PLACES,
}  # fmt: skip
BOXED = {"route": ROUTES, "box": BOXES, "unit": UNITS, "place": PLACES}


def pick(draw, ways):
    return draw(st.sampled_from(ways))


@st.composite
def written(draw, parts, meaning):
    """Return the five fields of an address of ``meaning``, as somebody writes it."""
    said = {part: pick(draw, parts[part][meaning[part]]) for part in parts if part != "place"}
    city, state, zip_code = parts["place"][meaning["place"]]
    if "box" in said:
        delivery = said["route"].format(said["box"])
    else:
        delivery = " ".join(
            said[part] for part in ("number", "pre", "name", "suffix", "post") if said[part]
        )
    unit, recipient = said["unit"], pick(draw, RECIPIENTS)
    manner = pick(draw, ["behind", "second line", "above", "comma"])
    first, second = {
        "behind": (f"{delivery} {unit}".strip(), None),
        "comma": (f"{delivery}, {unit}" if unit else delivery, None),
        "second line": (delivery, unit or None),
        "above": (unit, delivery) if unit else (delivery, None),
    }[manner]
    if recipient and second is None:
        first, second = pick(draw, [(recipient, first), (f"{recipient} {first}", None)])
        if recipient.startswith("c/o") and draw(st.booleans()) and not unit:
            first, second = f"{delivery} {recipient}", None
    if draw(st.booleans()) and manner != "above":
        line = f"{second or first}, {city}, {state} {zip_code}"
        first, second = (first, line) if second else (line, None)
    if draw(st.booleans()):
        first = first.upper()
    return (first, second, city, state, zip_code)


@st.composite
def meanings(draw, parts):
    return {part: draw(st.sampled_from(list(forms))) for part, forms in parts.items()}


@st.composite
def pairs(draw, parts):
    """Return the changed part, and two addresses that differ in its meaning alone."""
    one = draw(meanings(parts))
    part = draw(st.sampled_from(list(parts)))
    other = {**one, part: draw(st.sampled_from([m for m in parts[part] if m != one[part]]))}
    return part, draw(written(parts, one)), draw(written(parts, other))


def sides(rows):
    left, right = ([row[at] for row in rows] for at in (0, 1))
    found = []
    for prefix, some in (("l_", left), ("r_", right)):
        frame = pl.DataFrame(some, schema=dict.fromkeys(FIELDS, pl.String), orient="row")
        found.append(addresses.normalise(frame, prefix=prefix).drop(FIELDS))
    return pl.concat(found, how="horizontal")


def codes(rows):
    return sides(rows).select(addresses.agreement("l_", "r_")).to_series().to_list()


@settings(max_examples=examples(20), deadline=None)
@given(st.lists(pairs(STREET) | pairs(BOXED), min_size=20, max_size=60))
def test_another_meaning_is_never_the_same_address(some):
    found = codes([(left, right) for _, left, right in some])
    wrong = [pair for pair, code in zip(some, found, strict=True) if code == "same"]
    assert wrong == []


@st.composite
def twice(draw, parts):
    meaning = draw(meanings(parts))
    return draw(written(parts, meaning)), draw(written(parts, meaning))


@settings(max_examples=examples(8), deadline=None)
@given(
    st.lists(
        pairs(STREET).map(lambda pair: pair[1:]) | twice(STREET) | twice(BOXED),
        min_size=4,
        max_size=12,
    )
)
def test_the_parts_side_by_side_say_what_the_agreement_says(some):
    found = sides(some)
    answers = found.select(addresses.agreement("l_", "r_")).to_series().to_list()
    for row, code in zip(found.iter_rows(named=True), answers, strict=True):
        left, right = (
            {f"a_{name}": row[f"{side}_{name}"] for name in addresses.COLUMNS} for side in "lr"
        )
        parts = addresses.differences(left, right)
        states = {each.state for each in parts if each.decides}
        assert [each.part for each in parts] == [
            p for p in addresses.PARTS if p in {e.part for e in parts}
        ]
        assert all(each.left or each.right for each in parts)
        if code == "absent":
            continue
        assert (code == "same") == (states == {"equal"})
        assert code == "near" or "slip" not in states
        assert code != "near" or "differs" not in states
        unequal = {each.part for each in parts if each.decides and each.state != "equal"}
        if code in {"unit-missing", "unit-differs"}:
            assert unequal == {"unit"}
        if code == "number-differs":
            assert unequal & {"house number", "box"}
            assert unequal <= {"house number", "box", "unit"}
        mirrored = {"absent-left": "absent-right", "absent-right": "absent-left"}
        back = addresses.differences(right, left)
        assert [mirrored.get(each.state, each.state) for each in back] == [e.state for e in parts]


def side(line1, city="Miami", state="FL", zip_code="33101"):
    frame = pl.DataFrame([(line1, None, city, state, zip_code)], schema=FIELDS, orient="row")
    return addresses.normalise(frame).row(0, named=True)


def test_the_parts_of_two_addresses_side_by_side():
    parts = addresses.differences(
        side("123 N Hamilton Ave Apt 4"), side("123 Hamiltn Ave", city="Coral Gables")
    )
    assert [(each.part, each.left, each.right, each.state, each.decides) for each in parts] == [
        ("house number", "123", "123", "equal", True),
        ("direction before", "N", "", "absent-right", True),
        ("street", "HAMILTON", "HAMILTN", "slip", True),
        ("kind of street", "AVE", "AVE", "equal", True),
        ("unit", "4", "", "absent-right", True),
        ("city", "MIAMI", "CORAL GABLES", "differs", False),
        ("state", "FL", "FL", "equal", False),
        ("ZIP Code", "33101", "33101", "equal", True),
    ]


def test_a_direction_that_is_the_name_is_shown_as_the_name():
    parts = addresses.differences(side("202 E Street"), side("202 Avenue N"))
    assert {each.part: (each.left, each.right) for each in parts if "stre" in each.part} == {
        "street": ("E", "AVENUE N"), "kind of street": ("ST", ""),
    }  # fmt: skip


def test_an_absent_address_lacks_every_part_of_a_delivery():
    parts = addresses.differences(side("Unknown"), side("123 Main St"))
    states = {each.part: each.state for each in parts}
    assert states["house number"] == states["street"] == "absent-left"
