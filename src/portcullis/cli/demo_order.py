"""The scenario court-order: an order in the middle of a release, and everything after it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portcullis.cli.demo_processes import apart, play_apart, track_resources
from portcullis.cli.demo_setting import Setting, Told, ended, timed
from portcullis.cli.output import console, say, show
from portcullis.progress import Show

if TYPE_CHECKING:
    from portcullis.oversight import OrderFacts


def tell(setting: Setting, shown: Show) -> Told:
    """Play an order that arrives while a batch is being released, a ruling, and the recall."""
    from portcullis import scenarios
    from portcullis.oversight import order_report

    root, seed = setting.root, setting.seed
    track_resources()
    stages: list[tuple[str, float, int]] = []
    with timed(stages, shown, "Make the records", setting.taxpayers):
        records = apart(scenarios.make_records, root / "records", setting.taxpayers, seed)
    with timed(stages, shown, "Make the batch", setting.requests):
        batch = apart(_make_batch, root, records.folder, setting.requests, seed)
    with timed(stages, shown, "The 2025 script, for what it disclosed", setting.requests):
        elsewhere = root / "elsewhere" / "disclosures-2025.csv"
        apart(_script, batch, records.folder, elsewhere)
    played: OrderFacts = play_apart(
        shown, _play, batch, records.folder, setting.home, elsewhere, setting
    )
    return ended(
        setting, shown, stages, played, report=order_report, result=_result, summarise=_summarise
    )


def _make_batch(root: Path, records: Path, requests: int, seed: int) -> Any:  # noqa: ANN401
    from portcullis import scenarios
    from portcullis.agreements import builtin_pack, load_pack

    batch = scenarios.make_order_batch(root / "requester", records, requests, seed)
    scenarios.sign_batch(batch, load_pack(builtin_pack()))
    return batch


def _script(batch: Any, records: Path, disclosures: Path) -> None:  # noqa: ANN401
    from portcullis import scenarios

    released = scenarios.run_script_2025(batch.path, records)
    scenarios.write_disclosures(batch, released, scenarios.AS_OF, disclosures)


def _play(*arguments: Any) -> "OrderFacts":  # noqa: ANN401 - what ``play`` is told
    from portcullis.cli.demo_order_play import play

    return play(*arguments)


def _result(facts: "OrderFacts", setting: Setting) -> dict[str, Any]:
    at, ruling = facts.course, facts.ruling
    return {
        **vars(facts.ends),
        "authorised": facts.authorised,
        "delivered": len(at.delivered),
        "not_sent": len(at.not_sent),
        "delivered_after_the_order": sum(each > at.filed for each in at.delivered),
        "order_at": at.filed,
        "last_delivered_at": at.delivered[-1],
        "order_waited_seconds": round(facts.order.waited, 3),
        "opened_before": len(at.opened),
        "openings_refused": len(at.shut) + len(at.recalled),
        "imported": ruling.imported,
        "imported_closes": ruling.closes,
        "own_closes": ruling.own_closes,
        "recall": {
            "id": facts.recall.id,
            "disclosures": facts.recall.disclosures,
            "lots": len(facts.recall.lots),
            "places": len(facts.recall.places),
            "stage": facts.recall.stage,
            "closed_on": facts.recall.closed_on,
        },
        "unlawful_released": facts.unlawful_released,
        "ledger_size": facts.ledger.size,
        "verified": facts.ledger.verified,
        "home": str(setting.home.resolve()),
    }


def _summarise(result: dict[str, Any], setting: Setting) -> None:
    console.rule("an order in the middle of a release")
    shown = {name: value for name, value in result.items() if not isinstance(value, dict)}
    show(shown, as_json=False)
    recall = result["recall"]
    say(f"Recall {recall['id']}: {recall['disclosures']:,} disclosures, {recall['stage']}.")
    console.rule()
    say(f"Report: {setting.report}")
    say(f"Draft demands: {setting.root / 'recall'}")
    say(f"Verify it yourself: {sys.argv[0]} verify {setting.home}")
