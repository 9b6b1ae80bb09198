"""Names written in more than one way, beside people who bear what they might be read as."""

from portcullis.scenarios.adversarial.cast import Cast, Person
from portcullis.scenarios.adversarial.noise import keystroke, misread
from portcullis.scenarios.vocabulary import fold, read, split


def married_name(cast: Cast) -> None:
    """Play a name of record, an earlier one, both joined; and a mother of the given name."""
    home, given = cast.house(), cast.given("female")
    maiden, married = cast.surname("english"), cast.surname("spanish")
    wife = Person(given, married, tin=cast.ssn(), homes=(home,))
    known = cast.random.choice(("prior-known", "prior-unknown"))
    if known == "prior-known":
        wife = Person(given, married, tin=wife.tin, homes=(home,), prior=f"{given}||{maiden}|")
    wife = cast.record(wife)
    cast.ask(wife, f"{known}-as-recorded")
    cast.ask(wife, f"{known}-maiden", family_name=maiden)
    cast.ask(wife, f"{known}-maiden-no-number", tin=None, family_name=maiden)
    cast.ask(wife, f"{known}-hyphenated", family_name=f"{maiden}-{married}")
    mother = Person(given, maiden, tin=cast.ssn(), homes=(home,))
    if cast.random.random() < 0.5:  # noqa: PLR2004 - half of them
        mother = cast.record(mother)
    cast.ask(mother, f"{known}-mother-own-number")
    cast.ask(mother, f"{known}-mother-daughters-number", tin=wife.tin)
    cast.ask(mother, f"{known}-mother-no-number", tin=None, middle_name="M")


def double_surname(cast: Cast) -> None:
    """Play two surnames in either order, joined, or one of them; and a cousin who shares one."""
    home, given = cast.house(), cast.given()
    first, second, third = (cast.surname("spanish") for _ in range(3))
    if len({first, second, third}) < 3:  # noqa: PLR2004 - all three
        return
    one = cast.record(Person(given, f"{first} {second}", tin=cast.ssn(), homes=(home,)))
    cousin = Person(given, f"{first} {third}", tin=cast.ssn(), homes=(home,))
    known = cast.random.choice(("alone", "cousin-known", "cousin-unknown"))
    if known == "cousin-known":
        cousin = cast.record(cousin)
    for said, family in (
        ("as-recorded", one.family), ("reordered", f"{second} {first}"),
        ("hyphen", f"{first}-{second}"), ("first-only", first), ("second-only", second),
    ):  # fmt: skip
        cast.ask(one, f"{known}-{said}", family_name=family)
        cast.ask(one, f"{known}-{said}-no-number", tin=None, family_name=family)
    if known != "alone":
        cast.ask(cousin, f"{known}-as-named")
        cast.ask(cousin, f"{known}-borrowed-number", tin=one.tin)
        cast.ask(cousin, f"{known}-first-only-borrowed-number", tin=one.tin, family_name=first)
        cast.ask(cousin, f"{known}-first-only-no-number", tin=None, family_name=first)


def particle(cast: Cast) -> None:
    """Play a surname with its particle apart, joined, or left out; and one of the bare surname."""
    home, given = cast.house(), cast.given()
    forms, bare_name = cast.random.choice(read("adversarial.toml")["particles"])
    one = cast.record(Person(given, forms[0], tin=cast.ssn(), homes=(home,)))
    for form in forms[1:]:
        cast.ask(one, "other-form", family_name=form)
        cast.ask(one, "other-form-no-number", tin=None, family_name=form)
    if not bare_name:
        return
    bare = Person(given, bare_name, tin=cast.ssn(), homes=(home,))
    if cast.random.random() < 0.5:  # noqa: PLR2004 - half of them
        bare = cast.record(bare)
    cast.ask(bare, "bare-own-number")
    cast.ask(bare, "bare-others-number", tin=one.tin)
    cast.ask(bare, "bare-no-number", tin=None)


def transliteration(cast: Cast) -> None:
    """Play one name written several ways, or family name first; and a brother of a near name."""
    lists = read("adversarial.toml")
    home, family = cast.house(), cast.random.choice(split(lists["brother_surnames"]))
    if cast.random.random() < 0.3:  # noqa: PLR2004 - some of them
        given, family = cast.random.choice(lists["either_order"])
        one = cast.record(Person(given, family, tin=cast.ssn(), homes=(home,)))
        cast.ask(one, "family-name-first", given_name=family, family_name=given)
        cast.ask(one, "family-name-first-no-number", tin=None, given_name=family, family_name=given)
        turned = Person(family, given, tin=cast.ssn(), homes=(home,))
        cast.ask(turned, "other-of-turned-name-own-number")
        cast.ask(turned, "other-of-turned-name-borrowed-number", tin=one.tin)
        return
    if cast.random.random() < 0.5:  # noqa: PLR2004 - half of them
        forms = split(cast.random.choice(lists["transliterations"]))
        one = cast.record(Person(forms[0], family, tin=cast.ssn(), homes=(home,)))
        for form in forms[1:]:
            cast.ask(one, "other-form", given_name=form)
            cast.ask(one, "other-form-no-number", tin=None, given_name=form)
        return
    names = cast.random.choice(lists["brothers"])
    people = [Person(name, family, tin=cast.ssn(), homes=(home,)) for name in names]
    people[0] = cast.record(people[0])
    if cast.random.random() < 0.5:  # noqa: PLR2004 - half of them
        people[1] = cast.record(people[1])
    for brother, other in ((people[0], people[1]), (people[1], people[0])):
        cast.ask(brother, "brother-own-number")
        cast.ask(brother, "brother-others-number", tin=other.tin)
        cast.ask(brother, "brother-no-number", tin=None)


def noise(cast: Cast) -> None:
    """Play slips of the keyboard and misreadings of the scanner in name and street."""
    one = cast.record(Person(cast.given(), cast.surname(), tin=cast.ssn(), homes=(cast.house(),)))
    for said, slip in (("keyboard", keystroke), ("scanner", misread)):
        given = slip(fold(one.given), cast.random)
        family = slip(fold(one.family), cast.random)
        number, street = one.home.street_line.split(" ", 1)
        line = f"{number} {slip(street, cast.random)}"
        cast.ask(one, f"{said}-given", given_name=given)
        cast.ask(one, f"{said}-family", family_name=family)
        cast.ask(one, f"{said}-both", given_name=given, family_name=family)
        cast.ask(one, f"{said}-family-no-number", tin=None, family_name=family)
        cast.ask(one, f"{said}-street", address_line1=line, address_line2=None)
        cast.ask(one, f"{said}-street-no-number", tin=None, address_line1=line, address_line2=None)
