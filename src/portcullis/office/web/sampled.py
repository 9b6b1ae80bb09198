"""A list's sample in words: how many, what it proves, and the seed that nobody chose."""

from fractions import Fraction

from portcullis.determination import sample_size
from portcullis.office import entries
from portcullis.office.home import Home
from portcullis.office.models import Batch, DeterminationList, Sample
from portcullis.office.web.parts import Cell

Facts = list[tuple[str, object]]


def sample_of(batch: Batch) -> Sample | None:
    """Return the sample drawn of the batch's list in force; None where there is none."""
    listed = batch.lists.filter(final=False).order_by("-number").first()
    return Sample.objects.filter(list=listed).first() if listed else None


def planned(home: Home, listed: DeterminationList) -> Facts:
    """Return what the sample of a list will be, by the agreement's bound and confidence."""
    thresholds = home.pack.thresholds
    size = sample_size(
        listed.eligible,
        Fraction(thresholds.sample_bound_unlawful),
        Fraction(thresholds.sample_confidence),
    )
    return [
        ("List", f"{listed.number}, ledger entry {listed.entry_id:,}"),
        ("Eligible requests", f"{listed.eligible:,}"),
        ("Sample", f"{size:,} requests"),
        ("Bound", bound(str(thresholds.sample_bound_unlawful))),
        ("Confidence", per_cent(str(thresholds.sample_confidence))),
    ]


def drawn(sample: Sample) -> Facts:
    """Return what was drawn, as the ledger has it."""
    said = entries.body(sample.act.entry)
    return [
        ("List", f"{sample.list.number}, ledger entry {sample.list.entry_id:,}"),
        ("Eligible requests", f"{sample.list.eligible:,}"),
        ("Sample", f"{len(sample.rows):,} requests"),
        ("Bound", bound(said["bound"])),
        ("Confidence", per_cent(said["confidence"])),
        ("Seed", Cell(sample.seed, mono=True)),
        ("Made of", "The list’s root and the checkpoint that first covered it"),
        ("Drawn", f"Ledger entry {sample.act.entry_id:,}"),
    ]


def bound(share: str) -> str:
    """Return the share of unlawful items that a clean sample rules out, in words."""
    return f"No more than {per_cent(share)} unlawful"


def per_cent(share: str) -> str:
    """Return a share in per cent, as exactly as it was written."""
    return f"{float(Fraction(share) * 100):g} %"
