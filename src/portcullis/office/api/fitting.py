"""Requests that do not fit the API's document: which field, what is wrong, what belongs there.

No refusal holds the value that was sent.
"""

from collections.abc import Sequence
from typing import Any, get_args

from ninja import NinjaAPI
from ninja.errors import ValidationError, ValidationErrorContext
from pydantic import BaseModel

_BODY = "body"
_LONGEST = 80  # characters of a name that a client gave
_SEE = "See the API's document."
# Kind of error -> what is wrong, and what to do.
_WORDS = {
    "missing": ("it is missing", "Give it."),
    "extra_forbidden": ("there is no such field", "Leave it out, or mend its name."),
    "string_type": ("it is no text", "Give text."),
    "string_too_short": ("it is too short", "Fill it in."),
    "string_too_long": ("it is too long", "Shorten it."),
    "string_pattern_mismatch": ("it is not written as it is to be", "Mend it."),
    "list_type": ("it is no list", "Give a list."),
    "too_short": ("it names nothing", "Name one at least."),
    "too_long": ("it names too many", "Name fewer."),
    "timezone_aware": ("it has no offset from UTC", "Give the time with its offset."),
}


class UnfitError(ValidationError):
    """A request that does not fit: ``says`` names the field and the fault; ``remedy``."""

    def __init__(self, says: str, remedy: str) -> None:
        super().__init__([])
        self.says = says
        self.remedy = remedy


class Api(NinjaAPI):
    """The API, which tells of a request that does not fit by its first field that is wrong."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """Return what is wrong with a request."""
        context = error_contexts[0]
        model = context.model
        found = context.pydantic_validation_error.errors(include_url=False, include_input=False)[0]
        at = found["loc"]
        # A body is one object: the parameter that takes it has no name outside.
        body = model.__ninja_param_source__ == _BODY
        told = at[1:] if body else model.__ninja_flatten_map_reverse__.get(at, at)
        place = ".".join(str(part)[:_LONGEST] for part in told) or "The request"
        what, do = _WORDS.get(found["type"], (found["msg"], "Mend it."))
        return UnfitError(f"{place}: {what}.", f"{do} {_belongs(model, at)}")


def _belongs(model: type[BaseModel], at: Sequence[int | str]) -> str:
    """Return what the document says of the field that is ``at`` that place."""
    here: type[BaseModel] | None = model
    said = ""
    for part in at:
        field = here.model_fields.get(str(part)) if here is not None else None
        if field is None:
            continue
        said = field.description or ""
        here = _object(field.annotation)
    return said or _SEE


def _object(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any type there is
    """Return the object that a field holds, or its list or its choice holds; None for none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_object, get_args(annotation))), None)
