"""Addresses that are nearly, or no longer, somebody's."""

from portcullis.scenarios.adversarial.cast import Cast, Person


def one_building(cast: Cast) -> None:
    """Play two families of one name in one building; the unit said, left out, or the other's."""
    building = cast.house().street_line
    town = cast.house()
    units = cast.random.sample(["1", "2", "7", "11", "2B", "28", "3D", "4"], 3)
    first, second, empty = (town.other(building, f"Apt {unit}") for unit in units)
    whole = town.other(building)
    given, family = cast.given(), cast.surname()
    one = cast.record(Person(given, family, tin=cast.ssn(), homes=(first,)))
    other = Person(given, family, tin=cast.ssn(), homes=(second,))
    known = cast.random.choice(("both", "both", "one"))
    if known == "both":
        other = cast.record(other)
    for each, mate in ((one, other), (other, one)):
        cast.ask(each, f"{known}-own-unit")
        cast.ask(each, f"{known}-own-unit-no-number", tin=None)
        cast.ask(each, f"{known}-own-unit-others-number", tin=mate.tin)
        cast.ask(each, f"{known}-unit-left-out", home=whole)
        cast.ask(each, f"{known}-unit-left-out-no-number", home=whole, tin=None)
        cast.ask(each, f"{known}-unit-left-out-others-number", home=whole, tin=mate.tin)
        cast.ask(each, f"{known}-others-unit-no-number", home=mate.home, tin=None)
        cast.ask(each, f"{known}-others-unit", home=mate.home)
        cast.ask(each, f"{known}-empty-unit", home=empty)
        cast.ask(each, f"{known}-empty-unit-no-number", home=empty, tin=None)


def unit(cast: Cast) -> None:
    """Play the unit of an apartment written otherwise, left out, another, or said of a house."""
    building, town = cast.house().street_line, cast.house()
    number = cast.random.randint(1, 40)
    home = town.other(building, f"Apt {number}")
    one = cast.record(Person(cast.given(), cast.surname(), tin=cast.ssn(), homes=(home,)))
    lines = {
        "joined": (f"{building} Apt {number}", None), "sign": (f"{building} #{number}", None),
        "unit": (building, f"Unit {number}"), "bare": (building, str(number)),
        "number-sign": (building, f"# {number}"), "apartment": (building, f"Apartment {number}"),
    }  # fmt: skip
    for said, (line1, line2) in lines.items():
        cast.ask(one, said, address_line1=line1, address_line2=line2)
        cast.ask(one, f"{said}-no-number", tin=None, address_line1=line1, address_line2=line2)
    other = cast.random.choice([each for each in range(1, 41) if each != number])
    for said, tin in (("", one.tin), ("-no-number", None)):
        cast.ask(one, f"left-out{said}", tin=tin, address_line1=building, address_line2=None)
        cast.ask(one, f"another{said}", home=town.other(building, f"Apt {other}"), tin=tin)
    house = cast.house()
    dweller = cast.record(Person(cast.given(), cast.surname(), tin=cast.ssn(), homes=(house,)))
    cast.ask(dweller, "said-of-a-house", home=town.other(house.street_line, "Apt 2"))


def moved(cast: Cast) -> None:
    """Play an earlier home, one of no record, and a home where a namesake lives now."""
    old, new, never = cast.house(), cast.house(), cast.house()
    given, family = cast.given(), cast.surname()
    one = cast.record(Person(given, family, tin=cast.ssn(), homes=(old, new)))
    heir = Person(given, family, tin=cast.ssn(), homes=(cast.house(), old))
    known = cast.random.choice(("alone", "namesake-known", "namesake-unknown"))
    if known == "namesake-known":
        heir = cast.record(heir)
    cast.ask(one, f"{known}-new-home")
    cast.ask(one, f"{known}-old-home", home=old)
    cast.ask(one, f"{known}-old-home-no-number", home=old, tin=None)
    cast.ask(one, f"{known}-no-home-of-record", home=never)
    cast.ask(one, f"{known}-no-home-of-record-no-number", home=never, tin=None)
    if known != "alone":
        cast.ask(heir, f"{known}-namesake-own-number", home=old)
        cast.ask(heir, f"{known}-namesake-others-number", home=old, tin=one.tin, middle_name="B")
        cast.ask(heir, f"{known}-namesake-other-home", home=heir.homes[0], tin=one.tin)


def address_range(cast: Cast) -> None:
    """Play a house that is a range of numbers, one of them, and a neighbour of the name."""
    town = cast.house()
    number, street = cast.house().street_line.split(" ", 1)
    first = int(number)
    home = town.other(f"{first}-{first + 2} {street}")
    inside, behind = (town.other(f"{each} {street}") for each in (first, first + 4))
    given, family = cast.given(), cast.surname()
    one = cast.record(Person(given, family, tin=cast.ssn(), homes=(home,)))
    neighbour = Person(given, family, tin=cast.ssn(), homes=(behind,))
    if cast.random.random() < 0.5:  # noqa: PLR2004 - half of them
        neighbour = cast.record(neighbour)
    cast.ask(one, "range")
    cast.ask(one, "range-no-number", tin=None)
    cast.ask(one, "number-in-range", home=inside)
    cast.ask(one, "number-in-range-no-number", home=inside, tin=None)
    cast.ask(one, "neighbours-number-of-house", home=behind)
    cast.ask(neighbour, "neighbour-own-number")
    cast.ask(neighbour, "neighbour-no-number", tin=None)
    cast.ask(neighbour, "neighbour-in-range-borrowed-number", home=inside, tin=one.tin)
