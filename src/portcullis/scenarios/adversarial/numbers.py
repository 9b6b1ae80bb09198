"""Numbers that lead to somebody else: borrowed, mistyped, or given anew."""

from portcullis.scenarios.adversarial.cast import Cast, Person
from portcullis.scenarios.adversarial.noise import misread_digit, transposed


def plain(cast: Cast) -> None:
    """Play people whom nobody is like: who must be found, for silence alone is no answer."""
    kind = cast.random.choice(("street", "apartment", "po-box"))
    middle = cast.random.choice((None, cast.given(), cast.given()[0]))
    one = Person(
        cast.given(), cast.surname(), middle, tin=cast.ssn(), homes=(cast.house(), cast.house(kind))
    )
    one = cast.record(one)
    cast.ask(one, "as-recorded")
    cast.ask(one, "earlier-home", home=one.homes[0])
    cast.ask(one, "middle-left-out", middle_name=None)
    cast.ask(one, "no-number", tin=None)
    cast.ask(one, "nobodys-number", tin=cast.nobodys_tin())
    cast.ask(one, "elsewhere", home=cast.house())


def borrowed_number(cast: Cast) -> None:
    """Play the number of a stranger, of a namesake far away, or of one of the household."""
    home = cast.house()
    lender = cast.record(
        Person(cast.given(), cast.surname(), tin=cast.ssn(), homes=(cast.house(),))
    )
    mate = cast.record(Person(cast.given(), cast.surname(), tin=cast.ssn(), homes=(home,)))
    one = Person(cast.given(), cast.surname(), tin=cast.itin(), homes=(home,))
    if cast.random.random() < 0.5:  # noqa: PLR2004 - half of them
        one = cast.record(one)
    namesake = cast.record(Person(one.given, one.family, tin=cast.ssn(), homes=(cast.house(),)))
    cast.ask(one, "strangers-number", tin=lender.tin)
    cast.ask(one, "strangers-number-and-address", home=lender.home, tin=lender.tin)
    cast.ask(one, "household-number", tin=mate.tin)
    cast.ask(one, "namesakes-number", tin=namesake.tin)
    cast.ask(one, "own-number")
    cast.ask(one, "own-number-namesakes-address", home=namesake.home)
    cast.ask(namesake, "namesake-own-number")
    cast.ask(namesake, "namesake-others-number", tin=one.tin)
    cast.ask(namesake, "namesake-no-number", tin=None)


def mistyped_number(cast: Cast) -> None:
    """Play two digits changed round, or one misread; sometimes another has that very number."""
    home = cast.house()
    one = cast.record(Person(cast.given(), cast.surname(), tin=cast.ssn(), homes=(home,)))
    number = str(one.tin)
    for variant, wrong in (
        (
            ("changed-round", number[:5] + transposed(number[5:], cast.random)),
            ("misread", number[:5] + misread_digit(number[5:], cast.random)),
        )
        if any(sign != "2" for sign in number[5:]) and set(number[5:]) & set("01345678924")
        else ()
    ):
        hit = cast.random.choice(("nobody", "stranger", "namesake"))
        if hit == "stranger":
            cast.record(Person(cast.given(), cast.surname(), tin=wrong, homes=(cast.house(),)))
        if hit == "namesake":
            cast.record(Person(one.given, one.family, tin=wrong, homes=(cast.house(),)))
        cast.ask(one, f"{variant}-{hit}", tin=wrong)
        cast.ask(one, f"{variant}-{hit}-elsewhere", home=cast.house(), tin=wrong)


def itin_to_ssn(cast: Cast) -> None:
    """Play an ITIN that gives way to a social security number; or a father's and a son's."""
    home, given, family = cast.house(), cast.given(), cast.surname()
    sort = cast.random.choice(("switched", "two-records", "father-and-son"))
    number = Person(given, family, tin=cast.ssn(), homes=(home,))
    number = cast.record(number)
    old = Person(given, family, tin=cast.itin(), homes=(home,))
    if sort == "switched":
        cast.ask(number, "switched-old-number", tin=old.tin)
    elif sort == "two-records":
        old = cast.record(old)
        cast.ask(old, "two-records-old-number")
    else:
        old = cast.record(old)
        cast.ask(old, "father-own-number")
        cast.ask(old, "father-sons-number", tin=number.tin)
        cast.ask(old, "father-no-number", tin=None)
        cast.ask(number, "son-fathers-number", tin=old.tin)
    cast.ask(number, f"{sort}-new-number")
    cast.ask(number, f"{sort}-no-number", tin=None)
    cast.ask(number, f"{sort}-another-number", tin=cast.nobodys_tin())
