"""The verbs of ``order`` and ``hold`` about the recipient's custodians.

Tracking them is the safeguards staff's; ``read`` and ``attest`` are the recipient's, and need no
home.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    office,
)
from portcullis.cli.output import say, show
from portcullis.errors import Misuse

PublicOption = Annotated[Path, Parameter(help="The holder's public.json.")]


def add(app: App) -> None:
    """Add these verbs to the noun ``app``."""
    app.command(notice)
    app.command(attested)
    app.command(read)
    app.command(attest)


def notice(
    id: str,
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Write the notice to the recipient anew, with what was delivered in scope by now."""
    opened = office(home)
    from portcullis.office import notices

    person = actor(opened, as_, key, notices.ISSUE)
    show({"notice": str(notices.issue(opened, person, id))}, as_json=json)


def attested(
    attestation: Path,
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Record, as safeguards staff, the ATTESTATION that a custodian signed."""
    opened = office(home)
    from portcullis.office import notices

    person = actor(opened, as_, key, notices.ATTESTED)
    said = notices.attested(opened, person, _text(attestation))
    left = notices.tracked(opened, said.of).outstanding
    facts = {"of": said.of, "custodian": said.custodian, "outstanding": list(left)}
    show(facts, as_json=json, title="Attested")


def read(notice: Path, *, public: PublicOption, json: JsonOption = False) -> None:
    """Check a NOTICE of the holder and print what it asks of each custodian; needs no home."""
    from portcullis.office.public import read_public
    from portcullis.standing import read_notice

    said = read_notice(_text(notice), read_public(public).holder)
    if json:
        show(said, as_json=True)
        return
    placed = said["of"]
    say(f"{said['says']}: {placed['id']}, {placed['court']} {placed['docket']}")
    say(said["words"])
    for each in said["custodians"]:
        say(f"{each['custodian']}: {len(each['disclosures']):,} disclosures")
        for one in each["disclosures"]:
            opened = "opened" if one["opened"] else "not opened"
            say(f"  {one['source']}  {one['request_id']}  {one.get('package', '')}  {opened}")


def attest(
    notice: Path,
    *,
    public: PublicOption,
    as_: AsOption,
    key: KeyOption,
    for_: Annotated[
        str, Parameter(name="--for", help="The custodian, where a signatory attests for another.")
    ] = "",
    out: Path = Path("attestation.jws"),
    json: JsonOption = False,
) -> None:
    """Sign, as a custodian, that everything the NOTICE lists is frozen or kept; needs no home."""
    from portcullis import keys
    from portcullis.office.public import read_public
    from portcullis.standing import attest as run

    signed = run(
        _text(notice),
        read_public(public).holder,
        as_,
        keys.load_private(key),
        custodian=for_ or as_,
        at=datetime.now(UTC).replace(microsecond=0),
    )
    out.write_text(signed)
    show({"custodian": for_ or as_, "attestation": str(out)}, as_json=json)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        raise Misuse(f"{path.name} cannot be read.", "Name the file.") from None
