"""The last step of a package: from where it is sealed to where its recipient fetches it.

A package leaves in two moves. First it is moved aside, out of the folder in which it waits; then
the database is asked whether the gate lock is still held; then it is moved out. Whoever holds the
gate alone takes back what lies aside. So one whose lock was lost unawares, between the question
and the last move, finds nothing to move: no clock is trusted, and no pause is too long.
"""

from collections.abc import Callable
from pathlib import Path

from portcullis.errors import Refused
from portcullis.office.home import Home
from portcullis.tables import fsync_folder

WAITING, ASIDE = "sealed", "leaving"  # folders of a batch


def staged(home: Home, batch_id: str, digest: str) -> Path:
    """Where the sealed package waits under its digest; aside where a release of it lies dead."""
    aside = home.batch(batch_id) / ASIDE / digest
    return aside if aside.exists() else waiting(home, batch_id) / digest


def waiting(home: Home, batch_id: str) -> Path:
    """Return the folder in which a batch's sealed packages wait."""
    return home.batch(batch_id) / WAITING


def let_out(staged_at: Path, out: Path, check_held: Callable[[], None]) -> None:
    """Move a sealed package out, durably, or find that it is out already.

    Call while holding the gate lock. Raises Refused where ``check_held`` does, and where there is
    no such package.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = staged_at.parent.with_name(ASIDE) / staged_at.name
    if staged_at.exists():
        aside.parent.mkdir(exist_ok=True)
        staged_at.rename(aside)
    check_held()
    try:
        aside.rename(out)
    except FileNotFoundError:
        check_held()
        if not out.exists():
            raise Refused(
                "A sealed package is missing.", "Restore the batch's folder from a backup."
            ) from None
    fsync_folder(out.parent)


def take_back(home: Home) -> None:
    """Put what lies aside back to where it waited. Call while holding the gate alone."""
    for aside in home.path.glob(f"batches/*/{ASIDE}/*"):
        folder = aside.parent.with_name(WAITING)
        folder.mkdir(exist_ok=True)
        aside.rename(folder / aside.name)
        fsync_folder(folder)
