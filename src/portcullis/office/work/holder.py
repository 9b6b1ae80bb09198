"""What the holder's office does in the background: each as the command line does it too.

Cut off after its act was recorded, work is not done twice: the act bears the order's own signature,
and then only what comes after the act is finished.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from portcullis import intake
from portcullis.errors import Refused
from portcullis.office.home import Home
from portcullis.office.work.kinds import Kind, Outcome, Work
from portcullis.office.work.kinds import register as add

if TYPE_CHECKING:
    from portcullis.office.models import Batch


TAKE_INS = 10
"""Transmittals of one person that wait, are taken in, or were refused a moment ago."""


def register() -> None:
    """Make the holder's kinds of work known."""
    for kind in (
        Kind(
            "take-in",
            "Take in a transmittal",
            "take-in",
            take_in,
            signed="",
            most=TAKE_INS,
            first=False,
        ),
        Kind("adjudicate", "Adjudicate a batch", "adjudicate", adjudicate),
        Kind("supplement", "Make the supplementary list", "adjudicate", supplement),
        Kind("release", "Release a batch", "transmit", release, signed="act"),
        Kind("reexamine", "Judge the past again", "reexamine", reexamine),
        Kind("history-import", "Import disclosures", "history-import", import_history),
        Kind("history-compare", "Compare imported disclosures", "history-compare", compare),
        Kind("report", "Make a report", "report", report),
        Kind("oversight-export", "Make an export for an overseer", "oversight-export", export),
        Kind("watch", "Watch over the office", "watched", watch),
        Kind(
            "doctor",
            "Look at all that the home needs",
            "see-health",
            doctor,
            signed="",
            most=1,
            first=False,
        ),
        Kind("recount", "Count the accounting again", "accounting-attested", recount),
    ):
        add(kind)


def take_in(work: Work) -> Outcome:
    """Take in an uploaded transmittal. Data: ``Upload.as_json``."""
    from portcullis.office.models import Batch
    from portcullis.office.reception import receive
    from portcullis.office.work import uploads

    home = work.deployment.holder
    kept = work.kept
    if not kept:
        sent = _manifest_digest(uploads.path_of(home.path, work.data["upload"], work.data["name"]))
        kept = {"manifest": sent, "new": _receipted(home, sent) is None}
        work.keep(kept)
    # Where an earlier attempt gave the receipt, it would be refused as a replay now.
    batch = _receipted(home, kept["manifest"]) if kept["new"] else None
    if batch is None:
        path = uploads.path_of(home.path, work.data["upload"], work.data["name"])
        try:
            batch = Batch.objects.get(id=receive(home, path, show=work.show)["batch_id"])
        except intake.TransmittalRefused:
            uploads.remove(home.path, work.data["upload"])
            raise
    uploads.remove(home.path, work.data["upload"])
    return Outcome(
        f"{batch.taken:,} requests are taken in; {batch.quarantined:,} rows are quarantined.",
        {"batch": batch.id, "taken": batch.taken, "quarantined": batch.quarantined},
    )


def adjudicate(work: Work) -> Outcome:
    """Screen, match and decide the task's batch."""
    from portcullis.office import adjudication, files

    home = work.deployment.holder
    if not _acted(work):
        adjudication.adjudicate(home, work.batch, work.acting, show=work.show)
    _on_the_ledger(work)
    batch = files.find_batch(work.batch)
    if batch.state == "held":
        return Outcome(f"The batch is held. {batch.held_reason}", {"held": True})
    outcomes = files.read_step(home, batch, files.DETERMINATIONS, ["outcome"])["outcome"]
    counts = {str(name): number for name, number in outcomes.value_counts().iter_rows()}
    return Outcome(f"{batch.taken:,} requests are decided.", {"outcomes": counts})


def supplement(work: Work) -> Outcome:
    """Put what two reviewers found on the batch's next list."""
    from portcullis.office import files
    from portcullis.office.supplement import supplement as run

    if not _acted(work):
        run(work.deployment.holder, work.batch, work.acting)
    _on_the_ledger(work)
    listed = files.list_in_force(files.find_batch(work.batch))
    return Outcome(
        f"List {listed.number} is on the ledger.",
        {"number": listed.number, "root": listed.root},
    )


def release(work: Work) -> Outcome:
    """Release the batch and answer it; what is signed is the act of transmitting itself."""
    from portcullis.office.release import release as run

    done = run(work.deployment.holder, work.batch, work.acting, show=work.show)
    return Outcome(
        f"The batch is answered: {done.delivered:,} packages delivered, {done.not_sent:,} not "
        "sent.",
        {
            "authorised": done.authorised,
            "delivered": done.delivered,
            "not_sent": done.not_sent,
        },
    )


def reexamine(work: Work) -> Outcome:
    """Judge stored requests again. Data: ``readings``, ``version``, ``batches``, ``histories``."""
    from portcullis.office import reexaminations
    from portcullis.office.models import Reexamination
    from portcullis.office.reexamining import Asked
    from portcullis.office.reexamining import reexamine as run
    from portcullis.office.work import results

    home = work.deployment.holder
    if _acted(work):
        _on_the_ledger(work)
        number = Reexamination.objects.get(act__signature=work.token).number
        return Outcome(
            f"Re-examination {number} is on the ledger. What made it was cut off before its lists "
            "were kept; order it again to have them.",
            {"number": number},
        )
    asked = Asked(
        tuple(work.data.get("readings", ())),
        work.data.get("version"),
        work.data.get("batches"),
        work.data.get("histories"),
    )
    done = run(home, work.acting, asked, show=work.show)
    facts = reexaminations.facts_of(home, done)
    results.keep(home, work.id, reexaminations.files(home, done, facts))
    counts = {name: facts[name] for name in ("number", "judged", "should_not_have_left")}
    return Outcome(
        f"Re-examination {done.number} is on the ledger: {facts['judged']:,} requests are judged "
        f"again; {done.unlawful.height:,} disclosures should not have been made.",
        {**counts, "files": results.names(home, work.id)},
    )


def import_history(work: Work) -> Outcome:
    """Import an uploaded file of disclosures. Data: the upload, ``history`` and ``made_under``."""
    from portcullis.office.histories import find_history
    from portcullis.office.histories import import_history as run
    from portcullis.office.work import uploads

    home = work.deployment.holder
    if not _acted(work):
        path = uploads.path_of(home.path, work.data["upload"], work.data["name"])
        if intake.file_digest(path) != work.data["sha256"]:
            raise Refused("The file is another than was signed for.", "Send it again.")
        made_under = tuple(work.data.get("made_under", ()))
        run(home, work.acting, path, work.data["history"], made_under, show=work.show)
    _on_the_ledger(work)
    uploads.remove(home.path, work.data["upload"])
    history = find_history(work.data["history"])
    return Outcome(
        f"{history.taken:,} disclosures are imported; {history.quarantined:,} rows could not be "
        "read.",
        {"history": history.id, "taken": history.taken, "quarantined": history.quarantined},
    )


def compare(work: Work) -> Outcome:
    """Compare an imported history with the records. Data: ``history``."""
    from portcullis.office.histories import compare_history, find_history

    if not _acted(work):
        compare_history(work.deployment.holder, work.acting, work.data["history"], show=work.show)
    _on_the_ledger(work)
    history = find_history(work.data["history"])
    return Outcome("Every imported request is compared.", {"history": history.id})


def report(work: Work) -> Outcome:
    """Make a report. Data: ``report`` (its name) and ``by`` (YYYY-MM-DD)."""
    from portcullis.office import reporting
    from portcullis.office.work import results

    home = work.deployment.holder
    by = date.fromisoformat(work.data["by"])
    made = reporting.make(home, work.data["report"], by, work.show)
    results.keep(home, work.id, reporting.files(made, work.show))
    return Outcome(made.alert or "The report is made.", {"files": results.names(home, work.id)})


def export(work: Work) -> Outcome:
    """Make an oversight export. Data: ``body``, ``request`` (SHA-256), ``by`` and ``persons``."""
    from portcullis.office import exporting, reporting
    from portcullis.office.work import results

    home = work.deployment.holder
    if _acted(work):
        raise Refused(
            "The export is on the ledger, and what made it was cut off before its files were kept.",
            "Order it again; both are then on the record.",
        )
    made = exporting.export(
        home,
        work.acting,
        work.data["body"],
        work.data["request"],
        date.fromisoformat(work.data["by"]),
        persons=work.data.get("persons", False) is True,
        show=work.show,
    )
    results.keep(home, work.id, reporting.files(made, work.show))
    return Outcome("The export is made.", {"files": results.names(home, work.id)})


def watch(work: Work) -> Outcome:
    """Judge the office's own acts by the rules, and raise what is new."""
    from portcullis.office import alarms
    from portcullis.office.watching import watch as run

    home = work.deployment.holder
    if not _acted(work):
        run(home, work.acting)
    _on_the_ledger(work)
    standing = sum(1 for one in alarms.on_record(home).values() if one.standing)
    return Outcome(f"{standing:,} alarms stand.", {"standing": standing})


def doctor(work: Work) -> Outcome:
    """Look at everything the home needs; say what is wrong, and what to do about it."""
    from portcullis.office.doctor import examine

    found = examine(work.deployment.holder)
    said = f"{len(found):,} things are wrong." if found else "Nothing is wrong."
    return Outcome(said, {"findings": [[each.code, each.message, each.remedy] for each in found]})


def recount(work: Work) -> Outcome:
    """Count the accounting again, and attest that it is whole."""
    from portcullis.office import individuals

    if not _acted(work):
        individuals.attest(work.deployment.holder, work.acting, work.show)
    _on_the_ledger(work)
    return Outcome("The accounting agrees with the ledger, and the attestation is on it.")


def _acted(work: Work) -> bool:
    """Whether an act signed by this very order is recorded: an earlier attempt came so far."""
    from portcullis.office.models import Act

    return Act.objects.filter(signature=work.token).exists()


def _on_the_ledger(work: Work) -> None:
    """Put what an earlier attempt may have left waiting on the ledger."""
    if work.again:
        from portcullis.office import entries

        entries.integrate(work.deployment.holder)


def _manifest_digest(path: Path) -> str:
    """Return the digest of the manifest sent beside a file; "" where none can be read."""
    try:
        return intake.read_manifest(path).manifest.digest
    except intake.TransmittalRefused:
        return ""


def _receipted(home: Home, manifest: str) -> "Batch | None":
    """Return the batch of that manifest (its digest), taken in and receipted; else None."""
    from portcullis.office.models import Batch

    batch = Batch.objects.filter(manifest_digest=manifest).first()
    if batch is None or not (home.outgoing / batch.id / "receipt.json").exists():
        return None
    return batch
