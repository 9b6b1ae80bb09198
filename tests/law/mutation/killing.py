"""One mutant tried: loaded in place of its module, then asked what the oracle was asked.

Runs in a process of its own, forked from one that has loaded everything but the law. Nothing is
written: the mutant is compiled from memory, so no stale bytecode can hide it.
"""

import importlib.abc
import importlib.util
import json
import os
import sys
import warnings
from enum import IntEnum
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType

import polars as pl
import pytest

LAW = Path("src/portcullis/law")
TESTS = ("shape", "faces", "readings", "soundness", "words")
EXPLAINED = ("explanation", "element", "facts", "fields")
"""The tests that a mutant meets which answers as the oracle does: those of all that is not a
judgment. Modules that explanations rest on meet the tests of explanations too."""


class Fate(IntEnum):
    """What became of a mutant; also the exit status of the process that tried it."""

    SURVIVED = 0
    DOES_NOT_LOAD = 10
    ORACLE = 11
    TESTS = 12
    TIME = 13


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - as the base class has it
        return compile(self.source, self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, module: str, source: str) -> None:
        self.path = str((LAW / f"{module}.py").resolve())
        self.name = "portcullis.law" + ("" if module == "__init__" else f".{module}")
        self.source = source

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        loader = _Loader(name, self.path, self.source)
        return importlib.util.spec_from_file_location(name, self.path, loader=loader)


def fate(module: str, source: str, answers: Path) -> Fate:
    """Return what becomes of ``module`` with ``source`` in its place. The law is not loaded yet."""
    assert "portcullis.law" not in sys.modules
    sys.meta_path.insert(0, _Finder(module, source))
    warnings.simplefilter("ignore")
    try:
        importlib.import_module("portcullis.law")
    except Exception:
        return Fate.DOES_NOT_LOAD
    if not _answers_alike(answers):
        return Fate.ORACLE
    if not _pages_alike():
        return Fate.TESTS
    names = ("explanation", *TESTS) if module in EXPLAINED else TESTS
    files = [f"tests/law/test_{each}.py" for each in names]
    status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *files])
    return Fate.TESTS if status else Fate.SURVIVED


def _answers_alike(answers: Path) -> bool:
    try:
        from portcullis.law import Basis, applicable, judge  # noqa: PLC0415 - only once mutated

        for number, case in enumerate(json.loads((answers / "bases.json").read_text())):
            basis = Basis.from_json(case["basis"])
            requests = pl.read_ipc(answers / f"{number}.requests")
            expected = pl.read_ipc(answers / f"{number}.answers")
            found = judge(requests, applicable(basis), basis, keep=())
            if sorted(found.columns) != sorted(expected.columns):
                return False
            if not found.select(expected.columns).equals(expected):
                return False
            if basis.digest() != case["digest"]:
                return False
    except BaseException:
        return False
    return True


def _pages_alike() -> bool:
    """Compare docs/law as ``test_pages`` does: it has the texts and the figures, and is quick."""
    try:
        from portcullis.law.pages import pages  # noqa: PLC0415 - only once mutated

        folder = Path("docs/law")
        return pages() == {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir()}
    except BaseException:
        return False


def try_one(module: str, source: str, answers: Path) -> None:
    """Try a mutant in this process, and end it with the fate for a status."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        status = fate(module, source, answers)
    except BaseException:
        status = Fate.TESTS
    os._exit(status)
