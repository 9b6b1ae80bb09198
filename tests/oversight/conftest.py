from datetime import date

import pytest

from portcullis.oversight import (
    AfterRuling,
    Basis,
    DemoFacts,
    Ground,
    LedgerFacts,
    Naive,
    NaiveReason,
    Provision,
    ReadingInForce,
    Reason,
    Stage,
    TruthCell,
    Variant,
)

PER_PERSON = Variant(
    name="per-person",
    received=1_280_000,
    quarantined=1_312,
    returned=1_109_640,
    refused=118_204,
    referred=9_861,
    no_disclosure=37_461,
    eligible=3_522,
    looked_up=46_018,
    approved=3_522,
    held=4,
    released=3_518,
    unlawful_released=0,
    reasons=(
        Reason(
            "address-of-the-taxpayer",
            "26 U.S.C. § 6103(i)(2)(B)(i)",
            "The request sets forth the address of the taxpayer, not a placeholder",
            "statute",
            "refused",
            118_204,
        ),
        Reason(
            "taxable-periods",
            "26 U.S.C. § 6103(i)(2)(B)(ii)",
            "The taxable periods are named",
            "statute",
            "refused",
            22_410,
        ),
        Reason(
            "elapsed-days",
            "8 U.S.C. § 1253(a)(1)(A)",
            "More than 90 days have passed since the order became final",
            "predicate",
            "returned",
            402_118,
        ),
        Reason(
            "charge-class",
            "8 U.S.C. § 1253(a)(1)",
            "The order rests on a class described in § 1227(a)",
            "predicate",
            "returned",
            311_008,
        ),
        Reason(
            "attestation",
            "MOU, attestation of sole use",
            "Every named officer attests to engagement and sole use",
            "agreement",
            "returned",
            205_551,
        ),
        Reason(
            "individual-reason",
            "Policy, identical reasons",
            "The reason is this person's own, not a text shared with many others",
            "policy",
            "returned",
            98_020,
        ),
    ),
    confusion=(
        TruthCell("wholly-lawful", True, "released", "released", 3_518),
        TruthCell("wholly-lawful", True, "released", "held", 4),
        TruthCell("wholly-lawful", True, "released", "referred", 20),
        TruthCell("lawful-no-record", True, "no_disclosure", "no_disclosure", 1_250),
        TruthCell("placeholder-address", False, "refused", "refused", 118_204),
        TruthCell("tin-without-address", False, "no_disclosure", "no_disclosure", 36_201),
        TruthCell("near-miss", False, "referred", "referred", 9_841),
        TruthCell("impairment", False, "held|no_disclosure", "no_disclosure", 10),
        TruthCell("day-90", False, "returned", "returned", 1_109_640),
        TruthCell("malformed-row", False, "quarantined", "quarantined", 1_312),
    ),
)

AS_FILED = Variant(
    name="as-filed",
    received=1_280_000,
    quarantined=1_312,
    returned=1_040_227,
    refused=118_204,
    referred=120_257,
    no_disclosure=0,
    eligible=0,
    looked_up=0,
    approved=0,
    held=0,
    released=0,
    unlawful_released=0,
    reasons=(
        Reason(
            "limits-on-a-batch",
            "26 U.S.C. § 6103(i)(2)(A)",
            "Officers are personally and directly engaged: no one is named in most of a batch",
            "policy",
            "referred",
            1_278_688,
        ),
    ),
    confusion=(
        TruthCell("placeholder-address", False, "refused", "refused", 118_204),
        TruthCell("one-officer-for-all", False, "referred", "referred", 120_257),
        TruthCell("day-90", False, "returned", "returned", 1_040_227),
        TruthCell("malformed-row", False, "quarantined", "quarantined", 1_312),
    ),
    halted=(
        "One officer is named as personally and directly engaged in all 1,278,688 requests "
        "(the limit is half of a batch), and one reason is given word for word in all of them."
    ),
)

FACTS = DemoFacts(
    variants=(PER_PERSON, AS_FILED),
    naive=Naive(
        released=47_289,
        unlawful=45_103,
        tin_without_address=42_695,
        reasons=(
            NaiveReason(
                "Name and TIN matched; the address is not one of the taxpayer's",
                "26 U.S.C. § 6103(i)(2)(B)(i)",
                38_120,
            ),
            NaiveReason(
                "A placeholder stands where the address belongs",
                "26 U.S.C. § 6103(i)(2)(B)(i)",
                4_575,
            ),
            NaiveReason("The order is not yet 90 days final", "8 U.S.C. § 1253(a)(1)(A)", 2_408),
        ),
    ),
    ruling=AfterRuling(
        reading="address-of-record",
        holding="The address must be confirmed to be the taxpayer's.",
        source="Center for Taxpayer Rights v. IRS (D.D.C.)",
        docket="1:25-cv-00457",
        in_force_from=date(2025, 11, 21),
        imported=47_289,
        same=2_186,
        closes=45_103,
        opens=0,
        needs_look_up=0,
        by_the_reading=42_695,
        own_judged=1_280_000,
        own_released=3_518,
        own_closes=0,
        seconds=4.2,
        grounds=(
            Ground(
                "address-of-record",
                "26 U.S.C. § 6103(i)(2)(B)(i)",
                "The address in the request is an address of record of that one taxpayer.",
                42_695,
                42_695,
            ),
            Ground(
                "taxable-periods",
                "26 U.S.C. § 6103(i)(2)(B)(ii)",
                "The request sets forth the taxable period or periods.",
                260,
                0,
            ),
        ),
    ),
    ledger=LedgerFacts(
        size=10_612,
        root="9f2c51d0a7b4e1834cf0d52f7c6a9e0b3d8817265e4c9fa0b1d2c3e4f5061728",
        checkpoint=(
            "holder.example/portcullis\n10612\nnyxR0Ke04YNM8NUvfGqeCz2IFyZeTJ+gsdLD5PUGFyg=\n\n"
            "— holder.example/portcullis Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
        ),
        verified=True,
        verify_command="portcullis verify demo-home/holder/ledger",
    ),
    stages=(
        Stage("Holder's records and index", 31.25, 2_000_000),
        Stage("Intake", 11.82, 1_280_000),
        Stage("Screening", 4.1, 1_278_688),
        Stage("Matching", 2.046, 46_018),
        Stage("Determination list on the ledger", 9.77, 1_278_688),
        Stage("Sealing and release", 0.871, 3_518),
        Stage("Verification", 1.2, 10_612),
    ),
    basis=Basis(
        scenario="june-2025",
        seed=20_250_627,
        taxpayers=2_000_000,
        agreement="Memorandum of Understanding, Treasury and Homeland Security",
        pack_version="1",
        pack_digest="4be1c0aa7d6f3b928e5a1c4d7f0b2e6a9c8d3f5e1a7b4c2d9e8f6a5b3c1d0e7f",
        index_digest="0d1e2f3a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6",
        as_of=date(2025, 6, 27),
        provisions=(
            Provision("26 U.S.C. § 6103(i)(2)", "Return information other than taxpayer's own"),
            Provision("8 U.S.C. § 1253(a)(1)", "Failure to depart"),
        ),
        readings=(
            ReadingInForce(
                "doe-2025",
                "The order must rest on a class described in § 1227(a).",
                "United States v. Doe, No. 22-14307 (11th Cir. 21 May 2025)",
            ),
        ),
    ),
)


@pytest.fixture(scope="session")
def facts() -> DemoFacts:
    return FACTS
