import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.look.served import served


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery's pages, written."""
    folder = tmp_path_factory.mktemp("gallery")
    subprocess.run(
        [sys.executable, "-m", "tests.look.gallery.write", str(folder)], check=True, timeout=120
    )
    return folder


@pytest.fixture(scope="session")
def origin(gallery: Path) -> Iterator[str]:
    """Where the gallery is served."""
    with served(gallery) as at:
        yield at
