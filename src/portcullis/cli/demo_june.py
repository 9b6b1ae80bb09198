"""The scenario june-2025: the batch in both its variants, and the script of 2025 beside them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portcullis.cli.demo_processes import apart, play_apart, track_resources
from portcullis.cli.demo_setting import Setting, Told, timed
from portcullis.cli.output import console, say, show
from portcullis.errors import Refused
from portcullis.progress import Show, step

if TYPE_CHECKING:
    from portcullis.cli.demo_player import Played


def tell(setting: Setting, shown: Show) -> Told:
    """Play the batch of June 2025, synthetic, whole: take in, decide, approve, release, prove."""
    from portcullis.oversight import demo_report

    facts, played = _run(setting, shown)
    with step(shown, "Write the report"):
        report = demo_report(facts)
    main = played[-1]
    result = _result(played, facts, setting.root)
    return Told(
        report,
        result,
        lambda whole: _summarise(whole, played, setting.report),
        passed=bool(main.ledger["verified"] and not result["unlawful_released"]),
    )


def _run(setting: Setting, shown: Show) -> "tuple[Any, list[Played]]":
    from portcullis import scenarios
    from portcullis.cli.demo_facts import basis_of, facts_of

    root, requests, seed = setting.root, setting.requests, setting.seed

    track_resources()
    stages: list[tuple[str, float, int]] = []
    with timed(stages, shown, "Make the records", setting.taxpayers):
        records = apart(scenarios.make_records, root / "records", setting.taxpayers, seed)
    played = []
    for variant in scenarios.VARIANTS:
        with timed(stages, shown, f"Make the batch, {variant}", requests):
            batch = apart(_make_batch, root, records.folder, requests, variant, seed)
        elsewhere = None
        if variant == scenarios.PER_PERSON:
            with timed(stages, shown, "The 2025 script, for comparison", requests):
                elsewhere = root / "elsewhere" / "disclosures-2025.csv"
                naive = apart(_naive, batch, records.folder, elsewhere)
        played.append(
            play_apart(
                shown,
                _play,
                *(batch, variant, records.folder, root / variant, elsewhere),
                called=variant,
            )
        )
    basis = basis_of(setting.scenario, seed, setting.taxpayers, played[-1])
    return facts_of(basis, played, naive, stages), played


def _make_batch(root: Path, records: Path, requests: int, variant: str, seed: int) -> Any:  # noqa: ANN401
    from portcullis import scenarios
    from portcullis.agreements import builtin_pack, load_pack

    batch = scenarios.make_batch(root / "requester", records, requests, variant, seed)  # type: ignore[arg-type]
    scenarios.sign_batch(batch, load_pack(builtin_pack()))
    return batch


def _naive(batch: Any, records: Path, disclosures: Path) -> Any:  # noqa: ANN401
    import polars as pl

    from portcullis import scenarios

    released = scenarios.run_script_2025(batch.path, records)
    scenarios.write_disclosures(batch, released, scenarios.AS_OF, disclosures)
    return scenarios.compare_naive(pl.read_parquet(batch.truth), released)


def _play(*arguments: Any) -> "Played":  # noqa: ANN401 - what ``play`` is told
    from portcullis.cli.demo_play import play

    return play(*arguments)


def _result(played: "list[Played]", facts: Any, root: Path) -> dict[str, Any]:  # noqa: ANN401
    main = played[-1]
    wanted = (
        *("received", "quarantined", "returned", "refused", "referred", "no_disclosure"),
        *("eligible", "approved", "held", "released", "unlawful_released"),
    )
    result: dict[str, Any] = {name: main.counts[name] for name in wanted}
    result |= {
        "naive_released": facts.naive.released,
        "naive_unlawful": facts.naive.unlawful,
        "reexamined": main.reexamined,
        "ledger_size": main.ledger["size"],
        "verified": all(one.ledger["verified"] for one in played),
        "home": str((root / main.name).resolve()),
        "lawful_released_share": round(main.lawful_released_share, 6),
        "not_as_stated": {one.name: one.mismatches for one in played},
        "as_filed": {name: played[0].counts[name] for name in wanted},
    }
    result["unlawful_released"] = sum(one.counts["unlawful_released"] for one in played)
    if not result["verified"]:
        raise Refused("A ledger of the demonstration does not verify.", "See portcullis verify.")
    return result


def _summarise(result: dict[str, Any], played: "list[Played]", report: Path) -> None:
    main = played[-1]
    console.rule("as filed")
    say(played[0].halted or "")
    say(f"Released: {played[0].counts['released']:,}")
    console.rule("per person")
    shown = {name: value for name, value in result.items() if not isinstance(value, dict)}
    show(shown, as_json=False)
    console.rule("after the ruling")
    say(_ruling(main))
    console.rule()
    say(f"Report: {report}")
    say(f"Draft demands and lists: {report.parent / 're-examination'}")
    say(f"Verify it yourself: {sys.argv[0]} verify {report.parent / main.name}")


def _ruling(main: "Played") -> str:
    found = main.reexamined
    return (
        f"{found['imported']:,} disclosures of the 2025 script were imported and judged again "
        f"under the reading {found['reading']}: {found['by_the_reading']:,} gave an address "
        f"that is not the taxpayer's; on every ground {found['closes']:,} should not have "
        f"been made. Of this gateway's own {found['released']:,}: {found['own_closes']:,}."
    )
