"""Run the mutation testing of the law: all of it, or of the modules named.

It works on a copy of the tree, made when it starts: nothing of the tree itself is changed, and no
edit made meanwhile comes between. A whole run writes docs/mutation.md; any run fails where a
survivor is not argued in tests/law/survivors.toml, and a whole one where an argued mutant is killed
or too many survive.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

COPIED = ("src", "tests", "docs", "pyproject.toml")
HERE = "PORTCULLIS_MUTATION_COPY"


def main(modules: Sequence[str]) -> int:
    """Copy the tree, run there, take the page back, and return the exit status."""
    if HERE in os.environ:
        from tests.law.mutation.campaign import run  # noqa: PLC0415 - needs the copy's path

        return run(modules, Path(os.environ[HERE]))
    with tempfile.TemporaryDirectory() as folder:
        copy, answers = Path(folder, "tree"), Path(folder, "answers")
        answers.mkdir()
        for each in COPIED:
            if Path(each).is_dir():
                unwanted = shutil.ignore_patterns("__pycache__")
                shutil.copytree(each, copy / each, ignore=unwanted)
            else:
                shutil.copy(each, copy / each)
        found = os.environ.get("PYTHONPATH", "")
        path = os.pathsep.join([str(copy / "src"), str(copy), *filter(None, [found])])
        there = os.environ | {
            "PYTHONPATH": path,
            "POLARS_MAX_THREADS": "1",
            HERE: str(answers),
        }
        module = [sys.executable, "-m", "tests.law.mutation"]
        subprocess.run([*module[:2], f"{module[2]}.answers", answers], cwd=copy, env=there,
                       check=True)  # fmt: skip
        status = subprocess.run([*module, *modules], cwd=copy, env=there, check=False).returncode
        if not modules:
            shutil.copy(copy / "docs" / "mutation.md", "docs")
        return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
