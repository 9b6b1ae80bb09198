import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.look.served import served

CHROMIUM = "/usr/bin/chromium"
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
        yield opened
        opened.close()


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
