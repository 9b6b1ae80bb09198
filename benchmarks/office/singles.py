"""Single requests as a requester's system sends them, signed beforehand.

    python -m benchmarks.office.singles FOLDER COUNT OUT

Each of the first COUNT rows of the batch gets a manifest of its own, with its three signatures:
preparer, signatory, and every officer it names. OUT has a line each: its id, and the body to send.
"""

import json
import secrets
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import polars as pl

from benchmarks.data import Data
from portcullis import intake, keys
from portcullis.agreements import Pack, builtin_pack, load_pack
from portcullis.intake.batch import open_batch
from portcullis.intake.manifest import (
    MANIFEST_FORMAT,
    FilePart,
    Manifest,
    OfficerPart,
    approval,
    attest,
)
from portcullis.intake.officers import named_officers
from portcullis.ledger import leaf_hashes, root_of_hashes
from portcullis.scenarios import AS_OF

PREPARER, SIGNATORY = "ice-preparer", "dhs-secretary"


def write(data: Data, count: int, out: Path) -> None:
    """Write ``count`` signed single requests."""
    pack = load_pack(builtin_pack())
    rows = pl.read_csv(data.batch, n_rows=count, infer_schema=False).select(pack.fields)
    # Other requests than the batch's: it may be taken in too.
    named = rows.with_columns("S-" + pl.col("request_id")).to_dicts()
    requests = [{name: value for name, value in row.items() if value is not None} for row in named]
    lines = [intake.single_line(each) for each in requests]
    signer = _Signer(data, pack)
    with out.open("w", encoding="utf-8") as target:
        for place, request_hash, officers in _hashes(lines, pack):
            request = requests[place]
            content = signer.sign(request["request_id"], lines[place], request_hash, officers)
            body = json.dumps({"request": request, **content}, ensure_ascii=False)
            target.write(f"{json.dumps([content['manifest']['batch_id'], body])}\n")


class _Signer:
    """Signs with the keys of the scenario's people, each read once."""

    def __init__(self, data: Data, pack: Pack) -> None:
        self._data, self._pack = data, pack
        self._keys: dict[str, keys.ECKey] = {}

    def sign(
        self, request_id: str, line: bytes, request_hash: bytes, officers: list[str]
    ) -> dict[str, dict[str, object]]:
        """Return manifest and signatures of one request."""
        root = root_of_hashes(leaf_hashes([request_hash])).hex()
        name = f"single-{request_id}"
        manifest = Manifest(
            format=MANIFEST_FORMAT,
            agreement=self._pack.id,
            agreement_version=self._pack.version,
            batch_id=name,
            created_on=AS_OF,
            prepared_by=PREPARER,
            signatory=SIGNATORY,
            file=FilePart(
                name=f"{name}.jsonl", format="jsonl", sha256=sha256(line).hexdigest(), rows=1
            ),
            requests_root=root,
            officers=tuple(OfficerPart(id=each, count=1, root=root) for each in officers),
            salt=secrets.token_hex(32),
        )
        return {
            "manifest": manifest.content(),
            "signatures": {
                "signatory": keys.sign(approval(manifest, "signatory"), self._key(SIGNATORY)),
                "preparer": keys.sign(approval(manifest, "preparer"), self._key(PREPARER)),
                "officers": {
                    each: attest(manifest, each, self._key(each), self._pack) for each in officers
                },
            },
        }

    def _key(self, person: str) -> keys.ECKey:
        if person not in self._keys:
            self._keys[person] = keys.load_private(self._data.key(person))
        return self._keys[person]


def _hashes(lines: list[bytes], pack: Pack) -> list[tuple[int, bytes, list[str]]]:
    """Return the place of each request, its hash and its officers; all read together."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "singles.jsonl"
        path.write_bytes(b"".join(lines))
        taken = pl.concat(chunk.taken for chunk in open_batch(path, pack).chunks())
    named = named_officers(taken).group_by("row").agg(pl.col("officer").sort())
    joined = taken.select("row", "source_row", "request_hash").join(named, on="row")
    if joined.height != len(lines):
        raise RuntimeError("some requests are malformed, or name no officer")
    return [
        (source_row - 1, request_hash, officers)
        for source_row, request_hash, officers in joined.sort("row")
        .select("source_row", "request_hash", "officer")
        .iter_rows()
    ]


def main() -> None:
    """Write what is asked for."""
    folder, count, out = sys.argv[1:]
    write(Data.load(Path(folder)), int(count), Path(out))


if __name__ == "__main__":
    main()
