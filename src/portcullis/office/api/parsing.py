"""A request's JSON: text that can be kept and signed, and nothing deeper than anybody needs."""

import json
from typing import Any, cast

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny

DEEPEST = 32
"""Objects and lists within each other."""
_LONGEST_NUMBER = 2**63


class Plain(Parser):
    """Reads a body as JSON. Raises ValueError where it is none that the office can keep.

    That is also so for text with a NUL or half a character (a lone surrogate), numbers beyond 64
    bits, and what is nested deeper than ``DEEPEST``.
    """

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Return the body."""
        said = json.loads(request.body, parse_constant=_refuse)
        _check(said, DEEPEST)
        return cast("DictStrAny", said)


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _check(said: Any, deeper: int) -> None:  # noqa: ANN401 - whatever JSON holds
    if deeper == 0:
        raise ValueError("nested too deep")
    match said:
        case str():
            said.encode()  # raises UnicodeEncodeError, a ValueError, for half a character
            if "\0" in said:
                raise ValueError("NUL in text")
        case dict():
            for name, value in said.items():
                _check(name, deeper)
                _check(value, deeper - 1)
        case list():
            for value in said:
                _check(value, deeper - 1)
        case int() if abs(said) >= _LONGEST_NUMBER:
            raise ValueError("a number too large")
