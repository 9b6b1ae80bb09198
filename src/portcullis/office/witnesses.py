"""Who cosigns the ledger: the witnesses that the pack names, in this home or elsewhere."""

import time
from collections.abc import Sequence
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portcullis import ledger
from portcullis.agreements import Witnesses, WitnessNamed
from portcullis.errors import Refused
from portcullis.office import signers
from portcullis.office.home import Home
from portcullis.tables import fsync_folder

KEY, NEXT = "witness.pem", "witness.next.pem"


def make_witness_key(home: Home) -> None:
    """Make the key of the witness in this home, where there is none yet."""
    path = home.path / "keys" / KEY
    if not path.exists():
        ledger.save_key(ledger.generate_key(), path)


def cosigners(
    home: Home, origin: str, log_vkeys: Sequence[str], *, only_local: bool = False
) -> list[ledger.Cosigner]:
    """Return the pack's witnesses, in the pack's order, for the log ``origin`` and its keys.

    only_local: without those elsewhere, who are not told the key of a log before it is made.
    """
    return [
        _local(home, named, origin, log_vkeys)
        if named.local
        else _remote(str(named.vkey), str(named.url))
        for named in home.pack.witnesses.witness
        if named.local or not only_local
    ]


def cosigners_in_force(
    home: Home, origin: str, log_vkeys: Sequence[str], said: ledger.LogKeys
) -> list[ledger.Cosigner]:
    """Return those of the pack's witnesses whose cosignatures count by what the ledger ``said``.

    Raises Refused where the pack names fewer of them than must cosign: a home put back from a
    backup has an older pack, and whatever it published would lack a cosignature for ever.
    """
    named = cosigners(home, origin, log_vkeys)
    counting = [witness for witness in named if witness.vkey in said.witnesses]
    if len(counting) < said.k:
        names = ", ".join(ledger.parse_vkey(vkey).name for vkey in said.witnesses)
        raise Refused(
            f"By the ledger {said.k} of these must cosign: {names}. The agreement's witnesses.toml "
            f"here names {len(counting)} of them, by the keys they have there.",
            "Put the newer witnesses.toml in place with `portcullis ledger witnesses`, and run the "
            "same again.",
        )
    return counting


def pack_agrees(home: Home, said: ledger.LogKeys) -> bool:
    """Return whether the pack asks for the witnesses, and as many, as the ledger ``said``."""
    return (set(vkeys(home)), home.pack.witnesses.k) == (set(said.witnesses), said.k)


def vkeys(home: Home, asked: Witnesses | None = None) -> list[str]:
    """Return the verifier keys of the witnesses ``asked`` (default: the pack's), in that order."""
    return [
        named.vkey or ledger.witness_verifier(named.name, _local_key(home)).vkey
        for named in (asked or home.pack.witnesses).witness
    ]


def local_vkeys(home: Home) -> list[str]:
    """Return the verifier keys of the pack's witnesses that are in this home."""
    return [
        ledger.witness_verifier(named.name, _local_key(home)).vkey
        for named in home.pack.witnesses.witness
        if named.local
    ]


def next_vkeys(home: Home) -> dict[str, str]:
    """Return those verifier keys, each with what it is to be once the next key is in force.

    The next key is made once, so that what is signed for is what is used. Raises Refused where the
    pack has no witness in this home.
    """
    path = home.path / "keys" / NEXT
    named = [each.name for each in home.pack.witnesses.witness if each.local]
    if not named:
        raise Refused(
            "There is no witness in this home.", "Each of the witnesses elsewhere has its own key."
        )
    if not path.exists():
        ledger.save_key(ledger.generate_key(), path)
    now, then = _local_key(home), ledger.load_key(path)
    return {
        ledger.witness_verifier(name, now).vkey: ledger.witness_verifier(name, then).vkey
        for name in named
    }


def settle_key(home: Home) -> None:
    """Put the next key of the witness in this home in its place where the ledger asks for it."""
    path = home.path / "keys" / NEXT
    if path.exists() and set(next_vkeys(home).values()) <= set(signers.now_in_force().witnesses):
        origin = ledger.Log.open(home.ledger).origin
        for named in home.pack.witnesses.witness:
            if named.local:
                _local(home, named, origin, ()).hand_over(origin, ledger.load_key(path))
        path.replace(home.path / "keys" / KEY)
        fsync_folder(path.parent)


def clocks(home: Home) -> dict[str, int]:
    """Return, for each witness's name, what its clock should show now (seconds since 1970).

    A demonstration's own witness lives on the demonstration's date, as its office does, and as that
    date is set by hand its clock says nothing of this machine's.
    """
    return {
        named.name: _home_clock(home) if named.local else int(time.time())
        for named in home.pack.witnesses.witness
    }


def _local(
    home: Home, named: WitnessNamed, origin: str, log_vkeys: Sequence[str]
) -> ledger.Witness:
    """Return the witness in this home: another key and store, but the same hands as the log's."""
    return ledger.Witness(
        home.witness,
        named.name,
        _local_key(home),
        {origin: list(log_vkeys)},
        lambda: _home_clock(home),
    )


@cache
def _remote(vkey: str, url: str) -> ledger.RemoteWitness:
    """Return one client a witness for this process: it keeps its connection."""
    return ledger.RemoteWitness(vkey, url)


def _local_key(home: Home) -> Ed25519PrivateKey:
    return ledger.load_key(home.path / "keys" / KEY)


def _home_clock(home: Home) -> int:
    return int(home.now().timestamp())
