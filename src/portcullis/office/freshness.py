"""Is the ledger in a state in which something may leave? If it, or the clock, fails: no.

Nothing leaves without a checkpoint that as many witnesses as the pack asks for have cosigned within
the pack's ``checkpoint_age_minutes``. A ledger that cannot be written, witnesses that are silent, a
copy older than was witnessed, a clock that is wrong and a roster that is not the recorded one all
show here, and close the gate.
"""

from portcullis import ledger, progress
from portcullis.errors import Refused
from portcullis.office import cosigned, entries, restoring, rosters, signers
from portcullis.office.home import Home
from portcullis.standing import Standing

_MINUTE = 60


def ledger_standing(home: Home) -> Standing:
    """Return whether the ledger lets anything leave now. Cheap: asked for each package."""
    return Standing.of(
        [
            *restoring.closed_reasons(home),
            *rosters.closed_reasons(home),
            *_checkpoint_reasons(home),
        ]
    )


def check_ledger(home: Home) -> None:
    """Raise Refused where the ledger lets nothing leave now.

    A checkpoint more than half its age old is cosigned anew first. Not to be called inside the gate
    lock: it asks the witnesses.
    """
    if not ledger_standing(home).met or cosigned.age_reasons(home, _limit(home) // 2):
        entries.refresh(home)
    refuse_unless(ledger_standing(home))


def verify_whole(home: Home, show: progress.Show = progress.unseen) -> None:
    """Raise LedgerDamaged, named for what it is, unless the ledger's files are whole."""
    said = signers.in_force(ledger.Log.open(home.ledger).size)
    found = ledger.verify_log(home.ledger, said.signed_by, said.witnesses, said.k, show=show)
    wrong = [one for one in found.problems if one.fault is not ledger.Fault.CUT_OFF]
    if wrong:
        raise ledger.LedgerDamaged(f"The gate is closed. {wrong[0]}", wrong[0].fault)


def refuse_unless(standing: Standing) -> None:
    """Raise Refused with the reasons of a ``standing`` that is not met."""
    if not standing.met:
        raise Refused(
            "The gate is closed. " + " ".join(standing.reasons),
            "`portcullis doctor` says what to do. Nothing is lost: run the same again after.",
        )


def _checkpoint_reasons(home: Home) -> list[str]:
    try:
        other = entries.differing(ledger.Log.open(home.ledger))
        return [
            *(
                f"database-differs: The database has another entry {at} than the ledger."
                for at in other
            ),
            *cosigned.reasons(home, _limit(home)),
        ]
    except (ledger.LedgerDamaged, ledger.NoteInvalid) as problem:
        return [f"ledger-unsigned: {problem.message}"]


def _limit(home: Home) -> int:
    return home.pack.thresholds.checkpoint_age_minutes * _MINUTE
