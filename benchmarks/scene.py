"""Setting the scene: records, a batch that all passes screening, people, and a holder's home.

    python -m benchmarks.scene data FOLDER REQUESTS TAXPAYERS SEED
    python -m benchmarks.scene home FOLDER

Nothing here is timed. The home is a demonstration's, so that its day can be set to the batch's;
it is made afresh for every run, since a batch is taken in but once.
"""

import shutil
import sys
from datetime import timedelta
from pathlib import Path

from benchmarks.data import Data, folder_of
from benchmarks.processes import measure
from portcullis import scenarios
from portcullis.agreements import builtin_pack, load_pack, who_may
from portcullis.keys import load_private
from portcullis.standing import Access, Current, SafeguardStanding

SPECIALIST, SAFEGUARDS = "irs-specialist", "irs-safeguards"


def ready(requests: int, taxpayers: int, seed: int) -> Data:
    """Return the data of that size and seed, made once."""
    folder = folder_of(requests, taxpayers, seed)
    if not (folder / "data.json").is_file():
        sizes = [str(requests), str(taxpayers), str(seed)]
        measure([sys.executable, "-m", "benchmarks.scene", "data", str(folder), *sizes])
    return Data.load(folder)


def fresh_home(data: Data) -> None:
    """Make the holder's home anew, with the recipient's safeguard record in force."""
    shutil.rmtree(data.home, ignore_errors=True)
    measure([sys.executable, "-m", "benchmarks.scene", "home", str(data.folder)])


def make_data(folder: Path, requests: int, taxpayers: int, seed: int) -> None:
    """Write records, batch, manifest, people and truth."""
    shutil.rmtree(folder, ignore_errors=True)
    records = scenarios.make_records(folder / "records", taxpayers, seed)
    batch = scenarios.make_clean_batch(folder, records.folder, requests, seed)
    scenarios.sign_batch(batch, load_pack(builtin_pack()))
    Data(
        folder=folder,
        requests=batch.rows,
        taxpayers=taxpayers,
        batch_id=batch.batch_id,
        batch_name=batch.path.name,
        truth_name=str(batch.truth.relative_to(folder)),
        specialist=SPECIALIST,
    ).note()


def make_home(data: Data, path: Path) -> None:
    """Make the home at ``path`` and put a safeguard record in force on its day."""
    from portcullis.office import make, start

    roster = data.folder / "people.json"
    home = start(make(path, builtin_pack(), roster, demo=True, day=scenarios.AS_OF))
    from portcullis.office.people import identify
    from portcullis.office.safeguards import record_safeguards

    key = load_private(data.folder / "keys" / f"{SAFEGUARDS}.pem")
    person = identify(home, SAFEGUARDS, key, "safeguards")
    good = Current(
        on=scenarios.AS_OF - timedelta(days=90), expires_on=scenarios.AS_OF + timedelta(days=275)
    )
    record = SafeguardStanding(
        recipient=home.pack.agreement.requester.agency,
        ssr_approved_on=scenarios.AS_OF - timedelta(days=90),
        ssr_expires_on=scenarios.AS_OF + timedelta(days=275),
        attested_on=scenarios.AS_OF,
        findings=(),
        duties=(),
        contractors=(),
        access=tuple(
            Access(officer=one.id, training=good, certification=good, background=good)
            for one in who_may(home.roster, "open", scenarios.AS_OF)
        ),
    )
    standing = record_safeguards(home, person, record)
    if not standing.met:
        raise RuntimeError(f"the recipient may not receive: {standing.reasons}")


def main() -> None:
    """Make what is named."""
    match sys.argv[1:]:
        case ["data", folder, requests, taxpayers, seed]:
            make_data(Path(folder), int(requests), int(taxpayers), int(seed))
        case ["home", folder]:
            data = Data.load(Path(folder))
            make_home(data, data.home)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
