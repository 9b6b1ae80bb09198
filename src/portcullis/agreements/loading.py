"""Reading a pack from its folder: every problem in every file is found before any is reported."""

import hashlib
import tomllib
from pathlib import Path

from pydantic import BaseModel, ValidationError

from portcullis.agreements.checks import check
from portcullis.agreements.pack import (
    Agreement,
    Answers,
    Disclosure,
    Pack,
    Provisions,
    Readings,
    Request,
    Retention,
    Safeguards,
    Thresholds,
    Witnesses,
)
from portcullis.agreements.problems import PackErrors, Problem, problems_of
from portcullis.errors import Misuse

_PARTS: dict[str, type[BaseModel]] = {
    "agreement.toml": Agreement,
    "provisions.toml": Provisions,
    "request.toml": Request,
    "disclosure.toml": Disclosure,
    "readings.toml": Readings,
    "thresholds.toml": Thresholds,
    "safeguards.toml": Safeguards,
    "retention.toml": Retention,
    "witnesses.toml": Witnesses,
    "answers.toml": Answers,
}
_BUILT_IN = Path(__file__).parent / "packs"


def builtin_pack(name: str = "irs-dhs-2025") -> Path:
    """Return the folder of the pack ``name`` that comes with the program; Misuse if none does."""
    names = sorted(folder.name for folder in _BUILT_IN.iterdir() if folder.is_dir())
    if name not in names:
        raise Misuse(f"No agreement pack {name!r} is built in.", f"There is {', '.join(names)}.")
    return _BUILT_IN / name


def load_pack(folder: Path) -> Pack:
    """Read the pack in ``folder``.

    Raises PackErrors naming everything wrong with it, each with file, key and remedy.
    """
    if not folder.is_dir():
        raise Misuse(f"There is no folder {folder.name}.", "Name the folder of an agreement pack.")
    parts: dict[str, BaseModel] = {}
    problems = list(_strangers(folder))
    for file, model in _PARTS.items():
        part = _read(folder / file, model)
        if isinstance(part, list):
            problems += part
        else:
            parts[file] = part
    problems += check(parts)
    if problems:
        raise PackErrors(sorted(problems, key=_position))
    named = {Path(file).stem: part for file, part in parts.items()}
    readings, provisions = named.pop("readings"), named.pop("provisions")
    assert isinstance(readings, Readings)  # noqa: S101 - what _PARTS says; tells the type checker
    assert isinstance(provisions, Provisions)  # noqa: S101 - likewise
    return Pack.model_validate(
        {
            **named,
            "provisions": provisions.provisions,
            "tightened": provisions.tightened,
            "readings": readings.readings,
            "digest": digest(folder),
        }
    )


def digest(folder: Path) -> str:
    """Return the SHA-256 (hex) of a pack: name, length and bytes of each file, sorted by name."""
    total = hashlib.sha256()
    for file in sorted(_PARTS):
        data = (folder / file).read_bytes()
        total.update(f"{file}\n{len(data)}\n".encode())
        total.update(data)
    return total.hexdigest()


def _read(path: Path, model: type[BaseModel]) -> BaseModel | list[Problem]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return [Problem(path.name, "", "The file is missing.", "Add it; see the built-in pack.")]
    except UnicodeDecodeError:
        return [Problem(path.name, "", "The file is not UTF-8 text.", "Save it as UTF-8.")]
    except tomllib.TOMLDecodeError as error:
        return [Problem(path.name, "", f"This is not TOML: {error}.", "Correct that line.")]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        return problems_of(error, path.name, model)


def _strangers(folder: Path) -> list[Problem]:
    return [
        Problem(path.name, "", "A pack has no such file.", f"The files are {', '.join(_PARTS)}.")
        for path in sorted(folder.glob("*.toml"))
        if path.name not in _PARTS
    ]


def _position(problem: Problem) -> int:
    files = list(_PARTS)
    return files.index(problem.file) if problem.file in files else len(files)
