"""Members of one household who are easily taken for each other."""

from portcullis.scenarios.adversarial.cast import Cast, Person
from portcullis.scenarios.vocabulary import read


def father_and_son(cast: Cast) -> None:
    """Play one name in one home: a suffix on both sides, on one or none; or only one of record."""
    home, given, family = cast.house(), cast.given("male"), cast.surname()
    written = cast.random.choice(((None, None), ("Sr", "Jr"), (None, "Jr"), ("Sr", None)))
    known = cast.random.choice(("both", "both", "father", "son"))
    father, son = (
        Person(given, family, suffix=suffix, tin=cast.ssn(), homes=(home,)) for suffix in written
    )
    father = cast.record(father) if known != "son" else father
    son = cast.record(son) if known != "father" else son
    for one, other, own in ((father, son, "Sr"), (son, father, "Jr")):
        cast.ask(one, "own-number")
        cast.ask(one, "own-number-suffix-said", suffix=own)
        cast.ask(one, "own-number-suffix-left-out", suffix=None)
        cast.ask(one, "borrowed-number", tin=other.tin)
        cast.ask(one, "borrowed-number-suffix-said", tin=other.tin, suffix=own)
        cast.ask(one, "borrowed-number-suffix-left-out", tin=other.tin, suffix=None)
        cast.ask(one, "no-number", tin=None)
        cast.ask(one, "no-number-suffix-said", tin=None, suffix=own)
        cast.ask(one, "no-number-suffix-left-out", tin=None, suffix=None)
        cast.ask(one, "nobodys-number", tin=cast.nobodys_tin())


def twins(cast: Cast) -> None:
    """Play two of one surname and one initial, or one given name with other middle names."""
    home, family = cast.house(), cast.surname()
    if cast.random.random() < 0.5:  # noqa: PLR2004 - half of them
        given = cast.given()
        first, second = ("Andres", "Alberto") if given != "Andres" else ("Bruno", "Benito")
        pair: list[tuple[str, str | None]] = [(given, first), (given, second)]
    else:
        one, other = cast.random.choice(read("adversarial.toml")["lookalikes"])
        pair = [(one, None), (other, None)]
    people = [Person(g, family, middle=m, tin=cast.ssn(), homes=(home,)) for g, m in pair]
    known = cast.random.choice(("both", "both", "first"))
    people[0] = cast.record(people[0])
    if known == "both":
        people[1] = cast.record(people[1])
    for one, other in ((people[0], people[1]), (people[1], people[0])):
        initial = one.middle and one.middle[0]
        cast.ask(one, "own-number")
        cast.ask(one, "own-number-middle-initial", middle_name=initial)
        cast.ask(one, "own-number-given-initial", given_name=one.given[0])
        cast.ask(one, "borrowed-number", tin=other.tin)
        cast.ask(one, "borrowed-number-middle-left-out", tin=other.tin, middle_name=None)
        cast.ask(one, "borrowed-number-given-initial", tin=other.tin, given_name=one.given[0])
        cast.ask(one, "no-number", tin=None)
        cast.ask(one, "no-number-middle-left-out", tin=None, middle_name=None)
        cast.ask(one, "no-number-middle-initial", tin=None, middle_name=initial)


def spouses_of_one_surname(cast: Cast) -> None:
    """Play spouses whose given names are a letter apart, or begin with one letter, or are plain."""
    home, family = cast.house(), cast.surname()
    sort = cast.random.choice(("letter", "initial", "plain"))
    if sort == "letter":
        names = cast.random.choice(read("adversarial.toml")["lookalikes"])
    elif sort == "initial":
        names = cast.random.choice((["Juan", "Josefina"], ["Marco", "Marisol"], ["Ana", "Arturo"]))
    else:
        names = [cast.given("female"), cast.given("male")]
    people = [Person(name, family, tin=cast.ssn(), homes=(home,)) for name in names]
    people[0] = cast.record(people[0])
    if cast.random.random() < 0.7:  # noqa: PLR2004 - most of them
        people[1] = cast.record(people[1])
    for one, other in ((people[0], people[1]), (people[1], people[0])):
        cast.ask(one, f"{sort}-own-number")
        cast.ask(one, f"{sort}-spouses-number", tin=other.tin)
        cast.ask(one, f"{sort}-no-number", tin=None)
        cast.ask(one, f"{sort}-own-number-initial", given_name=one.given[0])
        cast.ask(one, f"{sort}-spouses-number-initial", tin=other.tin, given_name=one.given[0])
        cast.ask(one, f"{sort}-nobodys-number", tin=cast.nobodys_tin())


def shared_number(cast: Cast) -> None:
    """Play two of one home who file under one number, and sometimes bear one name, too."""
    home, number, family = cast.house(), cast.ssn(), cast.surname()
    given = cast.given()
    alike = cast.random.random() < 0.5  # noqa: PLR2004 - half of them
    names = [(given, "M" if alike else None), (given if alike else cast.given(), None)]
    people = [
        cast.record(Person(name, family, middle=middle, tin=number, homes=(home,)))
        for name, middle in names
    ]
    elsewhere = cast.house()
    for one in people:
        cast.ask(one, "shared-number")
        cast.ask(one, "shared-number-middle-left-out", middle_name=None)
        cast.ask(one, "no-number", tin=None)
        cast.ask(one, "shared-number-elsewhere", home=elsewhere)


def many_at_one_point(cast: Cast) -> None:
    """Play a house with many lodgers, some of nearly one name, one of them in no record."""
    home = cast.house()
    family = cast.surname("spanish")
    lodgers = [
        Person(cast.given(), cast.surname(), tin=cast.itin(), homes=(home,)) for _ in range(18)
    ]
    one, other = cast.random.choice(read("adversarial.toml")["lookalikes"])
    lodgers += [Person(name, family, tin=cast.itin(), homes=(home,)) for name in (one, other)]
    lodgers += [Person(one, f"{family} {cast.surname('spanish')}", tin=cast.itin(), homes=(home,))]
    known = [cast.record(each) for each in lodgers[:-1]]
    unknown = lodgers[-1]
    for each in cast.random.sample(known[:-2], 4):
        neighbour = cast.random.choice(known)
        cast.ask(each, "own-number")
        cast.ask(each, "no-number", tin=None)
        cast.ask(each, "neighbours-number", tin=neighbour.tin)
        cast.ask(each, "initial-no-number", tin=None, given_name=each.given[0])
    for each in known[-2:]:
        cast.ask(each, "lookalike-own-number")
        cast.ask(each, "lookalike-no-number", tin=None)
        cast.ask(each, "lookalike-neighbours-number", tin=known[0].tin)
    cast.ask(unknown, "unknown-own-number")
    cast.ask(unknown, "unknown-no-number", tin=None)
    cast.ask(unknown, "unknown-borrowed-number", tin=known[-2].tin)
