"""What acts are told, field by field: of a desk's form as of a request over the API.

An act's own fields stand beside it at its desk; here is what several share. Each field says what
belongs in it, and the API's document and its refusals show that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic_core import core_schema

SHA256 = "^[0-9a-f]{64}$"
_REASON = 2000


class Said(BaseModel):
    """What an act is told: its fields, and no others."""

    model_config = ConfigDict(extra="forbid")


def _or_none(said: Any) -> Any:  # noqa: ANN401 - whatever a form holds
    """Return None for a field that was left empty, as forms have it."""
    return None if said == "" else said


Id = Annotated[str, Field(min_length=1, max_length=128)]
BatchId = Annotated[str, Field(min_length=1, max_length=80, description="The batch's id.")]
Digest = Annotated[
    str,
    Field(pattern=SHA256, description="The document's SHA-256, in lower-case hexadecimal."),
]
Docket = Annotated[str, Field(min_length=1, max_length=40, description="The docket of the source.")]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=_REASON),
    Field(description="Why, in words."),
]
Day = Annotated[date, Field(description="A day, YYYY-MM-DD.")]
DayOrNone = Annotated[
    date | None, BeforeValidator(_or_none), Field(description="A day, YYYY-MM-DD; null: none.")
]
Moment = Annotated[AwareDatetime, Field(description="A time with its offset (RFC 3339).")]
MomentOrNone = Annotated[
    AwareDatetime | None,
    BeforeValidator(_or_none),
    Field(description="A time with its offset (RFC 3339); null: none."),
]
Ids = Annotated[list[Id], Field(max_length=2000)]


class Nothing(Said):
    """The act needs to be told nothing more."""


class OfBatch(Said):
    """The act is done to a batch."""

    batch: BatchId


@dataclass(frozen=True)
class Among:
    """Makes a field one of these words."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, words: Iterable[str]) -> "Among":
        """Return it for ``words``, in their order."""
        return cls(tuple(words))

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Return how pydantic checks and shows it."""
        return core_schema.literal_schema(list(self.words))
