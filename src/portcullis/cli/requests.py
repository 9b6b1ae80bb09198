"""Requests on their way in: ``screen``, ``transmittal``, ``submit``."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from portcullis import keys
from portcullis.cli.options import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PackOption,
    day_of,
    office,
    pack_of,
)
from portcullis.cli.output import say, show
from portcullis.cli.progressing import progress
from portcullis.errors import Misuse
from portcullis.tables import whole


def register(app: App) -> None:
    """Add this noun's verbs."""
    app.command(screen)
    app.command(submit)
    transmittal = App(name="transmittal", help="The signed manifest beside a batch.")
    transmittal.command(make)
    app.command(transmittal)


def screen(
    file: Path,
    *,
    out: Annotated[Path | None, Parameter(help="Where to write the findings (CSV).")] = None,
    as_of: Annotated[str, Parameter(help="The day to judge by, YYYY-MM-DD; else today.")] = "",
    pack: PackOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Check a batch before sending it: what would come back, and why. Touches no records.

    Writes one row a request and finding: request_id, outcome, element, citation, field, message.
    """
    from portcullis.screening import requester_screen

    with progress() as shown:
        findings = requester_screen(file, pack_of(home, pack), day_of(as_of), show=shown)
    if out is not None:
        with whole(out) as part:
            findings.write_csv(part)
    counts = dict(
        findings.unique("request_id").group_by("outcome").len().sort("outcome").iter_rows()
    )
    defective = any(outcome not in ("passed", "referred") for outcome in counts)
    if json:
        show({"requests": sum(counts.values()), "outcomes": counts}, as_json=True)
    elif out is None:
        say(findings.write_csv().rstrip("\n"))
    else:
        show(counts, as_json=False, title="Screening")
    return 1 if defective else 0


def make(
    file: Path,
    *,
    batch: Annotated[str, Parameter(help="The batch's identifier.")],
    preparer: Annotated[str, Parameter(help="ID=KEYFILE of who prepared it.")],
    signatory: Annotated[str, Parameter(help="ID=KEYFILE of the official who signs.")],
    officer: Annotated[list[str], Parameter(help="ID=KEYFILE of each named officer.")],
    on: Annotated[str, Parameter(help="The day of signing, YYYY-MM-DD; else today.")] = "",
    pack: PackOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Sign a batch: its manifest, with each officer's attestation, beside FILE."""
    from portcullis import intake

    officers = dict(_signer(text) for text in officer)
    with progress() as shown:
        path = intake.make_manifest(
            file,
            pack_of(home, pack),
            batch_id=batch,
            created_on=day_of(on),
            preparer=_signer(preparer),
            signatory=_signer(signatory),
            officers=officers,
            show=shown,
        )
    show({"manifest": str(path)}, as_json=json)


def submit(file: Path, *, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Take in a transmittal (FILE and its manifest) and print the signed receipt."""
    opened = office(home)
    from portcullis.office.reception import receive

    with progress() as shown:
        receipt = receive(opened, file, show=shown)
    show(receipt, as_json=json, title="Receipt")


def _signer(text: str) -> tuple[str, keys.ECKey]:
    person, equals, path = text.partition("=")
    if not equals:
        raise Misuse("A signer is written ID=KEYFILE.")
    return person, keys.load_private(Path(path))
