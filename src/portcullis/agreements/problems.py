"""Problems in a pack or roster: each names the file, the key and the remedy; all come at once."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from portcullis.errors import Misuse


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong: in which ``file``, at which ``key``, what, and how to mend it."""

    file: str
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """File, key, message and remedy as one line."""
        place = f"{self.file}, {self.key}" if self.key else self.file
        return f"{place}: {self.message} {self.remedy}"


class _Problems(Misuse):
    subject = ""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        count = len(self.problems)
        lines = "\n".join(f"- {problem}" for problem in self.problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"{self.subject} has {count} {noun}:\n{lines}")


class PackErrors(_Problems):
    """A pack that cannot be used; ``problems`` lists everything wrong with it."""

    subject = "The agreement pack"


class RosterErrors(_Problems):
    """A roster that cannot be used; ``problems`` lists everything wrong with it."""

    subject = "The roster"


_DATE = ("This must be a date.", "Write it as 2025-04-07.")
_PLAIN: dict[str, tuple[str, str]] = {
    "missing": ("The key is missing.", "Add it; nothing is assumed."),
    "string_type": ("This must be text.", "Put the value between quotation marks."),
    "string_too_short": ("This must not be empty.", "Write the value in."),
    "string_too_long": ("This is longer than the state holds.", "Write it shorter."),
    "int_type": ("This must be a whole number.", "Write digits without quotation marks."),
    "bool_type": ("This must be true or false.", "Write true or false without quotation marks."),
    "date_type": ("This must be a date.", "Write it as 2025-04-07, without quotation marks."),
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "tuple_type": ("This must be a list.", 'Write it between brackets: ["one", "two"].'),
    "model_type": ("This must be a table of keys.", "Write it as a table, e.g. [holder]."),
    "dict_type": ("This must be a table of keys.", "Write it as a table."),
}


def problems_of(
    error: ValidationError, file: str, model: type[BaseModel], prefix: str = ""
) -> list[Problem]:
    """Translate what pydantic found in ``file`` into plain sentences, one problem a defect."""
    return [
        Problem(file, key_of(item["loc"], prefix), *_sentences(dict(item), model))
        for item in error.errors()
    ]


def key_of(location: Sequence[int | str], prefix: str = "") -> str:
    """Return a location as a reader writes it: ``signatories[2].office``, counting from 1."""
    key = prefix
    for part in location:
        if isinstance(part, int):
            key += f"[{part + 1}]"
        else:
            key += f".{part}" if key else str(part)
    return key


def _sentences(item: dict[str, Any], model: type[BaseModel]) -> tuple[str, str]:
    kind, context = item["type"], item.get("ctx", {})
    match kind:
        case "extra_forbidden":
            remedy = _did_you_mean(item["loc"], model)
            return "There is no such key.", remedy
        case "literal_error":
            return "The value is not one of those allowed.", f"Use {context['expected']}."
        case "value_error":
            message, _, remedy = str(context["error"]).partition("|")
            return message, remedy
        case _:
            return _PLAIN.get(kind, (f"{item['msg']}.", "Correct the value."))


def _did_you_mean(location: Sequence[int | str], model: type[BaseModel]) -> str:
    key = str(location[-1])
    known = _known_keys(location[:-1], model)
    near = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"The keys are {', '.join(known)}."


def _known_keys(location: Sequence[int | str], model: type[BaseModel]) -> list[str]:
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            inner = _model_in(model.model_fields[part].annotation)
            model = inner or model
    return list(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found:
            return found
    return None


def not_empty(values: tuple[str, ...], file: str, key: str) -> Iterator[Problem]:
    """Yield the problem of an empty list."""
    if not values:
        yield Problem(file, key, "The list is empty.", "Name at least one.")


def once(values: Iterable[str], file: str, key: str) -> Iterator[Problem]:
    """Yield a problem for each value that stands more than once."""
    listed = list(values)
    for value in sorted({value for value in listed if listed.count(value) > 1}):
        yield Problem(file, key, f"{value!r} stands more than once.", "Keep one of them.")
