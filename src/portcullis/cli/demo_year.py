"""The scenario year: a year of an office, small, and its figures counted twice."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portcullis.cli.demo_processes import apart, play_apart, track_resources
from portcullis.cli.demo_setting import Setting, Told, ended, timed
from portcullis.cli.output import console, say, show
from portcullis.progress import Show

if TYPE_CHECKING:
    from portcullis.oversight import YearFacts

YEAR = 2026
DAYS = tuple(date(YEAR, month, 10) for month in range(1, 13))
"""The day on which each month's batch is sent and received."""


def tell(setting: Setting, shown: Show) -> Told:
    """Play twelve months of an office: batches, an order, a lapse, an incident and its recall."""
    from portcullis import scenarios
    from portcullis.oversight import year_report

    root, seed = setting.root, setting.seed
    track_resources()
    stages: list[tuple[str, float, int]] = []
    with timed(stages, shown, "Make the records", setting.taxpayers):
        records = apart(scenarios.make_records, root / "records", setting.taxpayers, seed)
    with timed(stages, shown, "Make the batches", setting.requests * len(DAYS)):
        batches = apart(_make_batches, root, records.folder, setting.requests, seed)
    played: YearFacts = play_apart(shown, _play, batches, records.folder, setting.home, setting)
    return ended(
        setting, shown, stages, played, report=year_report, result=_result, summarise=_summarise
    )


def _make_batches(root: Path, records: Path, requests: int, seed: int) -> Any:  # noqa: ANN401
    from portcullis import scenarios
    from portcullis.agreements import builtin_pack, load_pack

    batches = scenarios.make_year(root / "requester", records, DAYS, requests, seed)
    for batch in batches:
        scenarios.sign_batch(batch, load_pack(builtin_pack()))
    return batches


def _play(*arguments: Any) -> "YearFacts":  # noqa: ANN401 - what ``play`` is told
    from portcullis.cli.demo_year_play import play

    return play(*arguments)


def _result(facts: "YearFacts", setting: Setting) -> dict[str, Any]:
    from portcullis.oversight.year_facts import OUTCOMES

    return {
        "year": facts.year,
        "batches": len(facts.months),
        **{name: facts.total(name) for name in ("received", *OUTCOMES, "packages", "opened")},
        "openings_refused": facts.openings_refused,
        "unlawful_released": facts.unlawful_released,
        "months": [vars(month) for month in facts.months],
        "counted": {each.what: [each.on_ledger, each.in_files] for each in facts.counted},
        "spells": [vars(spell) for spell in facts.spells],
        "recalled": facts.recall.disclosures,
        "recall_closed_on": facts.recall.closed_on,
        "alarms": sum(len(each.alarms) for each in facts.watches),
        "ledger_size": facts.ledger.size,
        "verified": facts.ledger.verified,
        "home": str(setting.home.resolve()),
    }


def _summarise(result: dict[str, Any], setting: Setting) -> None:
    console.rule(f"a year of an office: {result['year']}")
    shown = {name: each for name, each in result.items() if not isinstance(each, dict | list)}
    show(shown, as_json=False)
    console.rule()
    say(f"Report: {setting.report}")
    say(f"Verify it yourself: {sys.argv[0]} verify {setting.home}")
