"""Facts of the scenarios' reports, made by hand: small, whole, and true to their checks."""

from datetime import UTC, date, datetime

from portcullis.oversight import (
    AfterRuling,
    Basis,
    Ground,
    LedgerFacts,
    OrderFacts,
    Stage,
    YearFacts,
    recall,
)
from portcullis.oversight.order_facts import (
    Attempt,
    Course,
    Ends,
    Happened,
    HoldPlaced,
    OrderFiled,
)
from portcullis.oversight.year_facts import Counted, IncidentFacts, Month, Spell, Stopped, Watch

RULED = date(2025, 12, 5)
LEDGER = LedgerFacts(
    size=1_234, root="9f" * 32, checkpoint="holder.example/portcullis\n1234\nAz3g=\n",
    verified=True, verify_command="portcullis verify demo-home/holder",
)  # fmt: skip
BASIS = Basis(
    scenario="court-order", seed=2025, taxpayers=60_000, agreement="irs-dhs-2025",
    pack_version="1", pack_digest="4b" * 32, index_digest="0d" * 32, as_of=date(2025, 6, 27),
    provisions=(), readings=(),
)  # fmt: skip
STAGES = (Stage("Make the records", 2.5, 60_000), Stage("Seal and release", 0.9, 461))


def a_recall(*attested: str, lots: dict[str, tuple[str, int]], closed: str = "") -> recall.Recall:
    """Return a recall of ``lots`` (custodian and disclosures) after the stages ``attested``."""
    opened = {
        "kind": "recall-opened", "recall": "recall-1", "at": "2025-12-05T09:00:00+00:00",
        "because": {"kind": "reexamination", "of": "1"}, "cause": "unlawful-disclosure",
        "due_on": "2026-01-04", "disclosures": sum(count for _, count in lots.values()),
        "covered": "c0" * 32, "sealed": [],
    }  # fmt: skip
    each = [
        {
            "kind": "recall-lot", "recall": "recall-1", "lot": lot,
            "of": "batch" if custodian else "history",
            "source": "ICE-2025-06-27-court-order" if custodian else "script-2025",
            "custodian": custodian, "disclosures": count,
        }
        for lot, (custodian, count) in lots.items()
    ]  # fmt: skip
    told = [
        {
            "kind": "recall-attested", "recall": "recall-1", "custodian": "hsi-field-office-1",
            "place": "evidence-vault", "lots": list(lots), "stage": stage, "method": "",
            "copies": 3, "derived_records": 1, "onward": [], "actions_taken": 0,
            "document": "d0" * 32,
        }
        for stage in attested
    ]  # fmt: skip
    end = {"kind": "recall-closed", "recall": "recall-1", "at": f"{closed}T09:00:00+00:00"}
    return recall.fold([opened, *each, *told, *([end] if closed else [])])["recall-1"]


_LOTS = {"1": ("ice-officer-0001", 2), "2": ("ice-officer-0002", 1), "3": ("", 740)}
ORDER = OrderFacts(
    ends=Ends(
        received=20_000, quarantined=11, returned=17_000, refused=1_900, referred=150,
        no_disclosure=933, held=3, released=3,
    ),
    authorised=6,
    officers=2,
    course=Course(
        delivered=(110, 111, 114), not_sent=(116, 117, 118), opened=(112,), shut=(120, 121),
        recalled=(140,), filed=115, lifted=139,
    ),
    order=OrderFiled(
        "order-1", "specimen", "0:00-cv-00001", date(2025, 7, 7), RULED, asked_after=3,
        waited=0.042,
    ),
    ruling=AfterRuling(
        reading="agency-is-the-component", holding="The agency is the component itself.",
        source="open for counsel", docket="0:00-cv-00001", in_force_from=RULED, imported=740,
        same=0, closes=740, opens=0, needs_look_up=0, by_the_reading=740, own_judged=20_000,
        own_released=3, own_closes=3, seconds=0.4,
        grounds=(
            Ground("officers-named", "26 U.S.C. § 6103(i)(2)(A)", "The officers are named.",
                   740, 740),
        ),
    ),
    hold=HoldPlaced("hold-1", "0:00-cv-00001", RULED, date(2026, 2, 20)),
    sequestered=a_recall("frozen", "sequestered", lots=_LOTS),
    recall=a_recall("frozen", "sequestered", "disposed", lots=_LOTS, closed="2026-02-20"),
    attempts=(Attempt("An officer opens a package", "The gate is closed. order-stands: …"),),
    chronicle=(Happened(date(2025, 7, 7), "Counsel filed the order.", 115),),
    unlawful_released=0,
    ledger=LEDGER,
    stages=STAGES,
    basis=BASIS,
)  # fmt: skip


def _month(number: int) -> Month:
    return Month(
        received_on=date(2026, number, 10), answered_on=date(2026, number, 20),
        kept_until=date(2033, number, 20), received=300, quarantined=1, returned=120, refused=60,
        referred=9, no_disclosure=80, held=1, released=29, packages=30, opened=3,
    )  # fmt: skip


_AT = datetime(2026, 6, 24, 13, tzinfo=UTC)
YEAR = YearFacts(
    year=2026,
    months=tuple(_month(number) for number in range(1, 13)),
    spells=(
        Spell("Order of the court stood", date(2026, 4, 15), date(2026, 5, 4), "order"),
        Spell("Incident, from suspicion to closing", date(2026, 6, 24), date(2026, 7, 7),
              "incident"),
        Spell("Safeguard report expired", date(2026, 9, 1), date(2026, 9, 16), "lapse"),
    ),
    stopped=(Stopped(date(2026, 10, 10), "status-owed", 3),),
    counted=(Counted("Rows received", 3_600, 3_600), Counted("Packages delivered", 360, 360)),
    incident=IncidentFacts(
        "incident-june", _AT, _AT.replace(day=25), _AT.replace(hour=14),
        (("IRS Office of Safeguards", _AT.replace(hour=15)),), date(2026, 7, 7),
    ),
    recall=a_recall("disposed", lots={"1": ("ice-officer-0001", 3)}, closed="2026-07-07"),
    watches=(
        Watch(date(2026, 3, 20), ()),
        Watch(date(2026, 9, 24), ("One reason for many requests (identical-reasons)",)),
    ),
    attempts=(Attempt("An officer opens a package of January", "The gate is closed."),),
    chronicle=(Happened(date(2026, 1, 10), "The batch was taken in.", 2),),
    openings_refused=6,
    unlawful_released=0,
    ledger=LEDGER,
    stages=STAGES,
    basis=BASIS,
)  # fmt: skip
