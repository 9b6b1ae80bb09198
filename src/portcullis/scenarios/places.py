"""Synthetic homes and the ways in which their addresses are written.

Each home is written twice: as people write (``written_``) and in the capitals and abbreviations
of USPS Publication 28 (``usps_``). Homes of the records and homes on which no taxpayer ever
lived come from disjoint streets, boxes and routes: the second can match nothing by accident.
"""

from collections.abc import Callable

import numpy as np
import polars as pl

from portcullis.scenarios.draws import Floats, below, digits, hashed_uniforms, weighted, words
from portcullis.scenarios.vocabulary import Ints, Words, fold, read, split, streets, towns

KINDS = (
    "street", "apartment", "po-box", "rural-route", "highway-contract", "military", "puerto-rico",
    "general-delivery",
)  # fmt: skip
USUAL = np.array([0.715, 0.18, 0.05, 0.02, 0.005, 0.005, 0.025, 0.0])
GENERAL_DELIVERY = KINDS.index("general-delivery")

_APARTMENT = KINDS.index("apartment")
_BOXES = 5_000
_ROUTES = 5
_STYLES = ("written", "usps")
_LINES = tuple(f"{style}_{part}" for style in _STYLES for part in ("line1", "line2", "city"))


def draw_homes(
    kinds: Ints, random: np.random.Generator, *, inhabited: bool, buildings: int
) -> pl.DataFrame:
    """Return one home a row, in the order of ``kinds`` (positions in ``KINDS``).

    Columns: ``written_line1/line2/city``, ``usps_line1/line2/city``, ``state``, ``zip5``,
    ``zip9``. Apartments stand in one of ``buildings`` buildings. ``inhabited`` says whether the
    streets are those of the records.
    """
    order = np.argsort(kinds, kind="stable")
    counts = np.bincount(kinds, minlength=len(KINDS))
    frames = [
        _BY_KIND[kind](
            _Draw(int(count), random, inhabited, buildings, apartment=kind == _APARTMENT)
        )
        for kind, count in enumerate(counts)
    ]
    return pl.concat([frame.select(*_LINES, "state", "zip5", "zip9") for frame in frames])[
        np.argsort(order, kind="stable")
    ]


class _Draw:
    """The uniform numbers behind homes of one kind; those of one building agree."""

    def __init__(
        self,
        size: int,
        random: np.random.Generator,
        inhabited: bool,
        buildings: int,
        *,
        apartment: bool,
    ) -> None:
        self.size, self.random, self.inhabited = size, random, inhabited
        self._building = random.integers(0, buildings, size) if apartment else None

    def own(self) -> Floats:
        """Return a number for each home."""
        return self.random.random(self.size)

    def shared(self, salt: int) -> Floats:
        """Return a number for each home: the building's, where there is one."""
        if self._building is None:
            return self.own()
        return hashed_uniforms(self._building, 2 * salt + self.inhabited)

    def upper_half(self, size: int) -> Ints:
        """Return numbers from 1 to ``size``, or beyond it where nobody lives."""
        return below(self.own(), size) + (1 if self.inhabited else size + 1)


def _in_town(draw: _Draw, lines: dict[str, pl.Series | None]) -> pl.DataFrame:
    places = towns()
    town = weighted(draw.shared(1), places.weights)
    zip5 = places.first_zip[town] + below(draw.shared(2), places.zips[town])
    return _homes(draw, lines, words(places.names, town), words(places.states, town), zip5)


def _homes(
    draw: _Draw, lines: dict[str, pl.Series | None], city: pl.Series, state: pl.Series, zip5: Ints
) -> pl.DataFrame:
    plus4 = digits(1 + below(draw.own(), 9_998), 4)
    columns = {
        name: pl.Series(name, [None] * draw.size, dtype=pl.String) if line is None else line
        for name, line in lines.items()
    }
    frame = pl.DataFrame({**columns, "written_city": city, "state": state, "zip5": digits(zip5, 5)})
    return frame.with_columns(
        pl.col("written_city").str.to_uppercase().alias("usps_city"),
        pl.concat_str("zip5", pl.lit("-"), pl.Series("plus4", plus4)).alias("zip9"),
    )


def _street_lines(draw: _Draw) -> tuple[pl.Series, pl.Series]:
    known = streets()
    names = known.inhabited if draw.inhabited else known.uninhabited
    heading = below(draw.shared(3), 16)
    kind = below(draw.shared(4) ** 1.5, len(known.kinds))
    number = 1 + below(draw.shared(5) ** 1.4, 9_900)
    name = words(names, below(draw.shared(6), len(names)))
    written = _heading("North East South West", heading), words(known.kinds, kind)
    usps = _heading("N E S W", heading), words(known.abbreviations, kind)
    numbers = pl.Series(number).cast(pl.String)
    return (
        _line(numbers, " ", written[0], name, " ", written[1]),
        _line(numbers, " ", usps[0], name.str.to_uppercase(), " ", usps[1]),
    )


def _heading(directions: str, heading: Ints) -> pl.Series:
    spelled = [f"{direction} " for direction in directions.split()]
    return words(np.array([*spelled, ""], dtype=object), np.minimum(heading, 4))


def _line(*parts: pl.Series | str) -> pl.Series:
    return pl.select(pl.concat_str(pl.lit(part) for part in parts)).to_series()


def _street(draw: _Draw) -> pl.DataFrame:
    written, usps = _street_lines(draw)
    return _in_town(draw, _lines(written, None, usps, None))


def _apartment(draw: _Draw) -> pl.DataFrame:
    written, usps = _street_lines(draw)
    floor = pl.Series(1 + below(draw.own(), 24)).cast(pl.String)
    door = words(
        np.array([*"ABCDEFGH", "01", "02", "03", "04"], dtype=object), below(draw.own(), 12)
    )
    unit = _line(floor, door)
    form = below(draw.own(), 4)
    spoken = words(np.array(["Apt ", "Apt. ", "Unit ", "#"], dtype=object), form)
    official = words(np.array(["APT ", "APT ", "UNIT ", "APT "], dtype=object), form)
    return _in_town(
        draw, _lines(written, _line(spoken, unit), _line(usps, " ", official, unit), None)
    )


def _po_box(draw: _Draw) -> pl.DataFrame:
    box = pl.Series(draw.upper_half(_BOXES)).cast(pl.String)
    return _in_town(draw, _lines(_line("P.O. Box ", box), None, _line("PO BOX ", box), None))


def _rural_route(draw: _Draw) -> pl.DataFrame:
    return _route(draw, "RR ", _ROUTES)


def _highway_contract(draw: _Draw) -> pl.DataFrame:
    return _route(draw, "HC ", 10 * _ROUTES)


def _route(draw: _Draw, kind: str, routes: int) -> pl.DataFrame:
    route = pl.Series(draw.upper_half(routes)).cast(pl.String)
    box = pl.Series(1 + below(draw.own(), 900)).cast(pl.String)
    written = _line(kind, route, " Box ", box)
    return _in_town(draw, _lines(written, None, written.str.to_uppercase(), None))


_MILITARY = (("APO", "AE", 9_000, 800), ("APO", "AP", 96_200, 400), ("FPO", "AA", 34_000, 99))


def _military(draw: _Draw) -> pl.DataFrame:
    office = pl.Series(draw.upper_half(2_000)).cast(pl.String)
    box = pl.Series(1 + below(draw.own(), 9_000)).cast(pl.String)
    written = _line("PSC ", office, " Box ", box)
    where = below(draw.own(), len(_MILITARY))
    first = np.array([place[2] for place in _MILITARY], dtype=np.int64)[where]
    room = np.array([place[3] for place in _MILITARY], dtype=np.int64)[where]
    return _homes(
        draw,
        _lines(written, None, written.str.to_uppercase(), None),
        words(np.array([place[0] for place in _MILITARY], dtype=object), where),
        words(np.array([place[1] for place in _MILITARY], dtype=object), where),
        first + below(draw.own(), room),
    )


def _puerto_rico(draw: _Draw) -> pl.DataFrame:
    places = read("places.toml")["streets"]
    names = _list(places["puerto_rico" if draw.inhabited else "puerto_rico_uninhabited"])
    estates = _list(places["urbanizations"])
    island = _list(places["puerto_rico_towns"])
    number = pl.Series(1 + below(draw.own(), 999)).cast(pl.String)
    street = words(names, below(draw.own(), len(names)))
    estate = words(estates, below(draw.own(), len(estates)))
    town = below(draw.own(), len(island))
    lines = _lines(
        _line(number, " Calle ", street),
        _line("Urb. ", estate),
        _line(number, " CALLE ", _capitals(street)),
        _line("URB ", _capitals(estate)),
    )
    state = words(np.array(["PR"], dtype=object), np.zeros(draw.size, dtype=np.int64))
    return _homes(draw, lines, words(island, town), state, 601 + 40 * town)


def _general_delivery(draw: _Draw) -> pl.DataFrame:
    line = words(np.array(["General Delivery"], dtype=object), np.zeros(draw.size, dtype=np.int64))
    return _in_town(draw, _lines(line, None, line.str.to_uppercase(), None))


def _lines(
    written: pl.Series, written2: pl.Series | None, usps: pl.Series, usps2: pl.Series | None
) -> dict[str, pl.Series | None]:
    return {
        "written_line1": written,
        "written_line2": written2,
        "usps_line1": usps,
        "usps_line2": usps2,
    }


def _capitals(spelled: pl.Series) -> pl.Series:
    """Return capitals without diacritics, as the postal service prints them."""
    distinct = spelled.unique().to_list()
    return spelled.replace_strict(distinct, [fold(word).upper() for word in distinct])


def _list(text: str) -> Words:
    return np.array(split(text), dtype=object)


_BY_KIND: tuple[Callable[[_Draw], pl.DataFrame], ...] = (
    _street, _apartment, _po_box, _rural_route, _highway_contract, _military, _puerto_rico,
    _general_delivery,
)  # fmt: skip
