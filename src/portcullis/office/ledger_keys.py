"""The ledger's own keys, changed in two acts, and its witnesses: each change stands in the ledger.

*Announce*: a new key is made; from the entry on, checkpoints are signed by the old key and the new
one, so that everybody who trusts the old can follow, and witnesses are told the new one at leisure.
*Retire*: checkpoints are signed by the others alone, and the old private key is destroyed.
"""

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from portcullis import ledger
from portcullis.agreements import load_pack
from portcullis.errors import Misuse, Refused
from portcullis.office import entries, signers, witnesses
from portcullis.office.home import Home
from portcullis.office.people import Actor, Signed, check_role, record, sign
from portcullis.tables import publish

WITNESSES = "witnesses.toml"
WITNESSES_ACT = "ledger-witnesses"


def announce_key(home: Home, actor: Actor) -> str:
    """Make another key, put it in force beside the others, and return its verifier key."""
    check_role(home, actor, "ledger-key-announce")
    said = signers.now_in_force()
    if len(said.signed_by) > 1:
        raise Refused(
            "A change of keys is under way already.", "Retire one of the two keys in force first."
        )
    vkey = signers.next_key(home, ledger.Log.open(home.ledger).origin)
    _change(home, actor, "announce-ledger-key", replace(said, signed_by=(*said.signed_by, vkey)))
    return vkey


def retire_key(home: Home, actor: Actor, key_id: str) -> str:
    """Take the key of the id ``key_id`` (eight hex digits) out of force; return its verifier key.

    Its private half is destroyed once a checkpoint covers the entry that says so, by this run or,
    where this one is cut off, by the next that integrates.
    """
    check_role(home, actor, "ledger-key-retire")
    said = signers.now_in_force()
    retired = [vkey for vkey in said.signed_by if vkey.split("+")[1] == key_id]
    if not retired:
        raise Refused(f"No key of the id {key_id} is in force.", "See `portcullis ledger keys`.")
    if len(said.signed_by) == 1:
        raise Refused(
            "It is the only key in force.",
            "Announce another with `portcullis ledger announce-key`.",
        )
    left = tuple(vkey for vkey in said.signed_by if vkey not in retired)
    _change(home, actor, "retire-ledger-key", replace(said, signed_by=left))
    return retired[0]


def adopt_witnesses(home: Home, actor: Actor, file: Path) -> ledger.LogKeys:
    """Have the witnesses of ``file`` (a ``witnesses.toml``) cosign from here on.

    Raises Misuse where the file cannot be read, PackErrors where it is not whole, Refused where it
    asks for fewer cosignatures than are asked for now. Cut off halfway, the gate stays closed until
    it is run again.

    Where the ledger names these witnesses already, and only the pack of a home put back does not,
    the file is all that changes: that home may be one in which nothing can be recorded yet.
    """
    check_role(home, actor, WITNESSES_ACT)
    said = signers.now_in_force()
    try:
        data = file.read_bytes()
    except OSError:
        raise Misuse(f"{file.name} cannot be read.", "Name a witnesses.toml.") from None
    with TemporaryDirectory() as folder:
        trial = Path(folder) / "pack"
        shutil.copytree(home.path / "pack", trial)
        (trial / WITNESSES).write_bytes(data)
        asked = load_pack(trial).witnesses
    if asked.k < said.k:
        raise Refused(
            f"{said.k} cosignatures are asked for now; {asked.k} would be fewer.",
            "Name as many witnesses as before, or more.",
        )
    new = replace(said, witnesses=tuple(witnesses.vkeys(home, asked)), k=asked.k)
    signed = sign(home, actor, "adopt-ledger-witnesses", signers.facts(new))
    if _lacks_only_the_file(home, said, new):
        publish(home.path / "pack" / WITNESSES, data)
        return said
    # What was cut off is finished with the witnesses it was begun with, if they still answer.
    with contextlib.suppress(ledger.TooFewCosigned):
        entries.integrate(home)
    publish(home.path / "pack" / WITNESSES, data)
    _record(Home(home.path), signed, new)  # which reads the pack anew
    return new


def rotate_witness(home: Home, actor: Actor) -> str:
    """Give the witness in this home a new key, and return its verifier key.

    The old one is destroyed once the new is on record. Raises Refused where no witness is here.
    """
    check_role(home, actor, WITNESSES_ACT)
    then = witnesses.next_vkeys(home)
    said = signers.now_in_force()
    new = replace(said, witnesses=tuple(then.get(vkey, vkey) for vkey in said.witnesses))
    signed = sign(home, actor, "adopt-ledger-witnesses", signers.facts(new))
    # What was cut off is finished with the key that it was begun with.
    entries.integrate(home)
    _record(home, signed, new)
    return next(iter(then.values()))


def recosign(home: Home, actor: Actor) -> None:
    """Have the checkpoint cosigned anew although by this machine's clock it is of the future.

    For when the clock *was* wrong and has been put right; until then nothing is written.
    """
    check_role(home, actor, "ledger-recosign")
    signed = sign(home, actor, "recosign-ledger", {})
    # Nothing can be recorded while the checkpoint is of this clock's future.
    entries.recosign(home)
    with transaction.atomic():
        record(home, signed)
    entries.integrate(home)


def _lacks_only_the_file(home: Home, said: ledger.LogKeys, asked: ledger.LogKeys) -> bool:
    """Return whether the ledger asks for just these witnesses, and the pack is behind it."""
    same = (set(asked.witnesses), asked.k) == (set(said.witnesses), said.k)
    return same and not witnesses.pack_agrees(home, said)


def _change(home: Home, actor: Actor, act: str, said: ledger.LogKeys) -> None:
    """Have it signed, and record it."""
    _record(home, sign(home, actor, act, signers.facts(said)), said)


def _record(home: Home, signed: Signed, said: ledger.LogKeys) -> None:
    """Record who did it, and after it what holds from there on, as every verifier reads it."""
    with transaction.atomic():
        record(home, signed)
        entries.record(signers.KIND, signers.facts(said), at=home.now().isoformat())
    witnesses.settle_key(home)
    entries.integrate(home)
