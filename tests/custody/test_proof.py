"""The same opening, borne out by a real ledger with a real witness."""

import dataclasses

import pytest

from portcullis import keys, ledger
from portcullis.canonical import json_bytes
from portcullis.custody import check_answer
from portcullis.errors import Refused
from portcullis.release import PACKAGE_BYTES, Parcel, seal

from .cases import leaf_of

ORIGIN = "holder.example/ledger"
ROWS = 5


def checking(vkeys, witness_vkeys, k):
    def check(leaf, proof):
        ledger.TwoLevelProof.parse(proof).check(leaf.encode(), vkeys, witness_vkeys, k)

    return check


@pytest.fixture(scope="module")
def proven_parcels(tmp_path_factory):
    """The parcels of a batch of five, of another batch, and of an entry that is no list."""
    folder = tmp_path_factory.mktemp("ledger")
    key, witness_key = ledger.generate_key(), ledger.generate_key()
    vkey = ledger.log_verifier(ORIGIN, key).vkey
    witness = ledger.Witness(
        folder / "witness", "local.example", witness_key, {ORIGIN: [vkey]}, clock=lambda: 1
    )
    log = ledger.Log.create(folder / "log", ORIGIN, key, [witness])
    leaves = [leaf_of(f"r-{row}", bytes([row]) * 32).encode() for row in range(ROWS)]
    head = ledger.write_tree(folder / "tree", leaves)
    named = {"leaves": head.size, "leaves_root": head.root.hex(), "at": "2025-08-07"}
    log.append(
        [
            json_bytes(named | {"kind": "determination-list", "batch": "b-1"}),
            json_bytes(named | {"kind": "determination-list", "batch": "b-2"}),
            json_bytes(named | {"kind": "submitted", "batch": "b-1"}),
        ],
        [witness],
    )
    parcels = {}
    for entry in range(3):
        tree = ledger.Tree(folder / "tree")
        for row, proof in enumerate(ledger.two_level_proofs(log, entry, tree, range(ROWS))):
            parcels[entry, row] = Parcel(
                package_id=f"{row:032x}",
                agreement="irs-dhs-2025",
                batch_id="b-1",
                request_id=f"r-{row}",
                officer="ice-0007",
                leaf=leaves[row].decode(),
                answer_nonce=(bytes([row]) * 32).hex(),
                proof=proof.text,
            )
    return parcels, checking([vkey], [witness.vkey], 1), vkey


def test_every_request_of_the_batch_is_borne_out(proven_parcels, officer_key):
    parcels, check, _ = proven_parcels
    for row in range(ROWS):
        parcel = parcels[0, row]
        check_answer(parcel, check)
        sealed = seal({"request_id": parcel.request_id}, keys.public_jwk(officer_key), parcel)
        assert len(sealed.data) == PACKAGE_BYTES


def test_another_batchs_list_or_another_entry_bears_nothing_out(proven_parcels):
    parcels, check, _ = proven_parcels
    for entry in (1, 2):
        with pytest.raises(Refused, match="something other than this batch"):
            check_answer(parcels[entry, 0], check)


def test_another_requests_proof_or_a_spoilt_one_bears_nothing_out(proven_parcels):
    parcels, check, _ = proven_parcels
    own = parcels[0, 1]
    for proof in (parcels[0, 2].proof, own.proof[:-20], own.proof.replace("index", "at"), ""):
        with pytest.raises(Refused):
            check_answer(dataclasses.replace(own, proof=proof), check)


def test_a_ledger_of_other_keys_or_too_few_witnesses_bears_nothing_out(proven_parcels):
    parcels, _, vkey = proven_parcels
    stranger = ledger.log_verifier(ORIGIN, ledger.generate_key()).vkey
    with pytest.raises(Refused):
        check_answer(parcels[0, 0], checking([stranger], [], 0))
    with pytest.raises(Refused):
        check_answer(parcels[0, 0], checking([vkey], [], 1))
