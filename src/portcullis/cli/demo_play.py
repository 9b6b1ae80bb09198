"""One variant of the batch of June 2025 played from end to end, in a home of its own."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from portcullis import law, oversight, scenarios
from portcullis.canonical import sha256_hex
from portcullis.cli.demo_player import Played, Player, new_home
from portcullis.oversight import CLOSES, OPENS, VERDICTS
from portcullis.progress import Show
from portcullis.scenarios import AS_OF, Batch

if TYPE_CHECKING:
    from portcullis.office.models import History
    from portcullis.office.reexamining import Reexamined

HISTORY = "script-2025"
RULING = "address-of-record"


def play(  # noqa: PLR0917 - what one process is told
    batch: Batch, variant: str, records: Path, home: Path, elsewhere: Path | None, show: Show
) -> Played:
    """Play ``batch`` in a new demonstration home at ``home``; ``show`` its stages and their steps.

    ``elsewhere``: a file of disclosures made without this gateway, to be judged at the end.
    """
    opened = new_home(home, batch.people.roster, AS_OF)
    player = _June(opened, batch, Played(variant, home), show)
    player.attest()
    player.receive()
    if variant != scenarios.AS_FILED:  # nothing of the batch as filed reaches the records
        player.index(records)
    looked_up = player.adjudicate()
    if player.played.counts["eligible"]:
        player.approve()
        player.release()
    if elsewhere is not None:
        player.re_examine(elsewhere)
    player.verify()
    player.conclude(looked_up)
    return player.played


class _June(Player):
    """Plays the batch, and the past judged again at the end."""

    def re_examine(self, elsewhere: Path) -> None:
        """Import what the 2025 script disclosed; put the court's ruling in force; judge again."""
        from portcullis.office import reexaminations
        from portcullis.office.reading_changes import change
        from portcullis.office.reexamining import Asked, reexamine

        history = import_elsewhere(self, elsewhere)
        counsel = self.actor("irs-counsel")
        ruling = law.reading(RULING)
        self.home.set_date(ruling.decided_on or AS_OF)
        self.attest()
        asked = law.Change(RULING, in_force=True, effective_on=self.home.today())
        document = sha256_hex([ruling.holding.encode()])
        for person in ("irs-counsel", "irs-second-counsel"):
            change(self.home, self.actor(person), asked, ruling.docket, document)
        with self.stage("Judge the past again", history.taken + self.batch.rows):
            done = reexamine(self.home, counsel, Asked(named=[RULING]), show=self.show)
        _, seconds, _ = self.played.stages[-1]
        facts = {**reexaminations.facts_of(self.home, done), "seconds": round(seconds, 2)}
        folder = self.home.path.parent / "re-examination"
        folder.mkdir(parents=True, exist_ok=True)
        reexaminations.write(self.home, done, facts, folder)
        self.played.reexamined = after_the_ruling(done, RULING, history, facts["seconds"])


def import_elsewhere(player: Player, elsewhere: Path) -> "History":
    """Import what the 2025 script disclosed, and compare it with the records."""
    from portcullis.office.histories import compare_history, import_history

    home, counsel = player.home, player.actor("irs-counsel")
    made_under = ["address-on-its-face"]
    with player.stage("Import what was disclosed elsewhere"):
        history = import_history(home, counsel, elsewhere, HISTORY, made_under, show=player.show)
        compare_history(home, counsel, history.id, show=player.show)
    return history


def after_the_ruling(
    done: "Reexamined", ruling: str, history: "History", seconds: float
) -> dict[str, Any]:
    """Return what the report says of it: counts of disclosures made elsewhere, and of our own."""
    elsewhere = done.others.filter(source=HISTORY)
    found = oversight.by_element(elsewhere, CLOSES)
    grounds = found.sort("newly", "requests", "element", descending=[True, True, False]).to_dicts()
    counted = dict(done.judged.filter(source=HISTORY).select("verdict", "count").iter_rows())
    newly = {row["element"]: row["newly"] for row in grounds}
    own = done.others.filter(pl.col("source") != HISTORY)
    return {
        "reading": ruling,
        "imported": history.taken,
        "quarantined": history.quarantined,
        **{verdict.replace("-", "_"): counted.get(verdict, 0) for verdict in VERDICTS},
        "by_the_reading": max(newly.get(each, 0) for each in law.reading(ruling).elements),
        "grounds": grounds,
        "own_closes": own.filter(pl.col("left"), verdict=CLOSES).height,
        "own_opens": own.filter(verdict=OPENS).height,
        "judged": int(done.judged["count"].sum()),
        "seconds": seconds,
    }
