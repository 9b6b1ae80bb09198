"""The office's hours, in its own time zone: when a look-up is to be expected.

Kept in the home as ``office-hours.toml``; without one, the widest span in which a flexible tour of
duty in Washington, D.C. is likely to lie. Times are those of the clock on the wall, daylight saving
included.
"""

import tomllib
from datetime import date, time
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl
from pydantic import ValidationError, field_validator, model_validator

from portcullis.agreements import Many, Part, Problem
from portcullis.agreements.problems import problems_of
from portcullis.errors import Misuse

FILE = "office-hours.toml"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class OfficeHours(Part):
    """From ``begins`` to before ``ends`` on each of ``days``, in ``zone``, but for ``closed_on``.

    ``zone``: a name of the IANA time zone database. ``closed_on``: holidays, as dates there.
    """

    zone: str = "America/New_York"
    days: Many[str] = DAYS[:5]
    begins: time = time(6)
    ends: time = time(20)
    closed_on: Many[date] = ()

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("There is no such time zone.|Write it as America/New_York.") from None
        return zone

    @field_validator("days")
    @classmethod
    def _days(cls, days: tuple[str, ...]) -> tuple[str, ...]:
        if set(days) - set(DAYS):
            raise ValueError(f"This names no day of the week.|Use {', '.join(DAYS)}.")
        return days

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.begins >= self.ends:
            raise ValueError("The hours end before they begin.|Let them end on the same day.")
        return self

    def outside(self, at: pl.Expr) -> pl.Expr:
        """Return whether ``at`` (Datetime in UTC) lies outside these hours."""
        there = at.dt.convert_time_zone(self.zone)
        inside = (
            there.dt.weekday().is_in([DAYS.index(day) + 1 for day in self.days])
            & (there.dt.time() >= pl.lit(self.begins))
            & (there.dt.time() < pl.lit(self.ends))
        )
        for closed in self.closed_on:
            inside &= there.dt.date() != pl.lit(closed)
        return ~inside.fill_null(value=False)


def read_hours(text: str) -> OfficeHours:
    """Return the hours written as TOML; raise Misuse naming key and remedy where they are wrong."""
    try:
        return OfficeHours.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"{FILE} is no TOML: {error}.", "Mend it, or take it away.") from None
    except ValidationError as error:
        problems = problems_of(error, FILE, OfficeHours)
        raise _wrong(problems) from None


def _wrong(problems: list[Problem]) -> Misuse:
    first = problems[0]
    return Misuse(f"{first.file}, {first.key or 'hours'}: {first.message}", first.remedy)
