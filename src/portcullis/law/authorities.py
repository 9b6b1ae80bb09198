"""Authorities: the paragraphs under which return information may leave at all.

An agreement rests on one of them, which says who signs, what each officer attests to, and which
provisions every request must meet. The others are here so that a request made under the wrong one
is told the right one.
"""

from dataclasses import dataclass

import polars as pl

HEADS = ("agency-head", "inspector-general")
PROSECUTORS = (
    "attorney-general",
    "deputy-attorney-general",
    "associate-attorney-general",
    "assistant-attorney-general",
    "united-states-attorney",
    "special-prosecutor",
    "attorney-in-charge",
)
"""Those who may authorize an application for an order: 26 U.S.C. § 6103(i)(1)(B)."""

DELEGATED = "delegated"
COUNTERSIGNATORY = "senior-countersignatory"


@dataclass(frozen=True, kw_only=True)
class Authority:
    """One way out for information.

    ``opens`` says what may be disclosed, ``asks`` what it takes. ``signatories`` are the offices
    under which a batch may be signed, ``attestation`` the words each officer signs, ``purposes``
    the codes of what a package may be opened for. ``provisions`` are those an agreement must have;
    none: Portcullis does not carry this authority.
    ``predicate``: the offence cited must be one whose own provisions are here (``PREDICATES``).
    """

    id: str
    citation: str
    title: str
    opens: str
    asks: str
    signatories: tuple[str, ...] = ()
    attestation: str = ""
    purposes: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()
    predicate: bool = False


_EVERY_AGREEMENT = ("agreement", "policy")
_TAX = ("26 USC 6103(i)(6)", "26 USC 6103(p)(4)", "26 CFR 301.6212-2")

_AUTHORITIES = (
    Authority(
        id="26 USC 6103(i)(1)",
        citation="26 U.S.C. § 6103(i)(1)",
        title="Ex parte order",
        opens="any return or return information, to the extent of the order",
        asks=(
            "an ex parte order of a Federal district court, applied for by an official of the "
            "Department of Justice listed in (i)(1)(B)"
        ),
    ),
    Authority(
        id="26 USC 6103(i)(2)",
        citation="26 U.S.C. § 6103(i)(2)",
        title="Request of the head of a Federal agency",
        opens="return information other than taxpayer return information; identity counts as such",
        asks="a written request of the agency's head that sets forth what (B) lists",
        signatories=HEADS,
        attestation=(
            "I am an officer or employee of the requesting agency, personally and directly engaged "
            "in the preparation for a proceeding, the investigation or the grand jury proceeding "
            "that each of these requests names. What is disclosed will be used only by officers "
            "and employees so engaged, and solely for that purpose (26 USC 6103(i)(2)(A))."
        ),
        purposes=("proceeding-preparation", "investigation", "grand-jury"),
        provisions=(
            "26 USC 6103(i)(2)(A)",
            "26 USC 6103(i)(2)(B)(i)",
            "26 USC 6103(i)(2)(B)(ii)",
            "26 USC 6103(i)(2)(B)(iii)",
            "26 USC 6103(i)(2)(B)(iv)",
            "26 USC 6103(i)(2)(C)",
            "26 USC 6103(b)(6)",
            *_TAX,
            *_EVERY_AGREEMENT,
        ),
        predicate=True,
    ),
    Authority(
        id="26 USC 6103(i)(3)(B)",
        citation="26 U.S.C. § 6103(i)(3)(B)",
        title="Danger of death or physical injury; flight from Federal prosecution",
        opens="return information, to the extent necessary to apprise law enforcement",
        asks=(
            "an imminent danger of death or physical injury, or imminent flight from Federal "
            "prosecution; the Secretary acts, without a request of this kind"
        ),
    ),
    Authority(
        id="26 USC 6103(i)(5)",
        citation="26 U.S.C. § 6103(i)(5)",
        title="Locating fugitives from justice",
        opens="the return of an individual or return information, exclusively to locate them",
        asks=(
            "an ex parte order of a Federal district court and a Federal arrest warrant for a "
            "felony, applied for by an official of the Department of Justice listed in (i)(1)(B)"
        ),
        signatories=PROSECUTORS,
        attestation=(
            "I am an officer or employee of the requesting agency, personally and directly engaged "
            "in locating the individuals these requests name. I will use what is disclosed "
            "exclusively for locating them, to the extent of the court's order (26 USC "
            "6103(i)(5)(A))."
        ),
        purposes=("locating-fugitive",),
        provisions=("26 USC 6103(i)(5)", "26 USC 6103(b)(6)", *_TAX, *_EVERY_AGREEMENT),
    ),
    Authority(
        id="26 USC 6103(i)(7)(C)",
        citation="26 U.S.C. § 6103(i)(7)(C)",
        title="Terrorist activities",
        opens="any return or return information, to the extent of the order",
        asks=(
            "an ex parte order of a Federal district court, applied for by an official of the "
            "Department of Justice listed there"
        ),
    ),
    Authority(
        id="Health and Social Care Act 2012 s 261(5)",
        citation="Health and Social Care Act 2012, s. 261(5)",
        title="Tracing an immigration offender (withdrawn)",
        opens="narrow demographics",
        asks="a request countersigned by a senior officer, and the public interest in each case",
        signatories=(COUNTERSIGNATORY,),
        attestation=(
            "I am an officer of the requesting authority, personally and directly engaged in the "
            "cases these requests name. I will use what is disclosed solely to trace the persons "
            "named in them."
        ),
        purposes=("tracing",),
        provisions=("Memorandum NHS Digital-Home Office 2017", *_EVERY_AGREEMENT),
    ),
)
AUTHORITIES: dict[str, Authority] = {each.id: each for each in _AUTHORITIES}

SIGNING: tuple[str, ...] = tuple(
    dict.fromkeys([*(office for each in _AUTHORITIES for office in each.signatories), DELEGATED])
)
"""Every office under which a batch may be signed under some authority."""

PREDICATES: dict[str, tuple[str, ...]] = {
    "8 USC 1253(a)(1)(A)": (
        "8 USC 1253(a)(1)",
        "8 USC 1253(a)(2)",
        "8 USC 1231",
        "8 CFR 1241.1",
    ),
}
"""Offence -> the provisions by whose elements it is judged."""

# On folded citations; offences, not the chapter's definitions and civil remedies (2332e is one).
_FLIGHT = r"^18USC(?:1073|3146)(?:\(|$)"
_TERRORISM = r"^18USC(?i:2332[abdf-i]?|2339[a-d]?)(?:\(|$)"
_FUGITIVE_WORDS = r"(?i-u)\bfugitives?\b|\bflight +(?:from|to +avoid) +prosecution\b"
_TERROR_WORDS = r"(?i-u)\bterroris(?:t|ts|m)\b"
_DANGER_WORDS = r"(?i-u)\bimminent +(?:danger|threat)\b|\bdanger +of +(?:death|physical +injury)\b"
_RETURN_ITEMS = r"(?i)return|income|wage|depend|employer|bank|refund"


def pointed_to() -> pl.Expr:
    """Return the id of another paragraph that a request points to, or null.

    Reads ``items``, ``c_statute`` and ``reason``. A signal, never a ground to release: each of
    these may stand in a good request under (i)(2), which then says so in other words.
    """
    statute, reason = pl.col("c_statute"), pl.col("reason")
    return (
        pl.when(pl.col("items").str.contains(_RETURN_ITEMS))
        .then(pl.lit("26 USC 6103(i)(1)"))
        .when(statute.str.contains(_FLIGHT) | reason.str.contains(_FUGITIVE_WORDS))
        .then(pl.lit("26 USC 6103(i)(5)"))
        .when(statute.str.contains(_TERRORISM) | reason.str.contains(_TERROR_WORDS))
        .then(pl.lit("26 USC 6103(i)(7)(C)"))
        .when(reason.str.contains(_DANGER_WORDS))
        .then(pl.lit("26 USC 6103(i)(3)(B)"))
    )


def told() -> dict[str, str]:
    """Return what a requester is told who is pointed to each authority, by its id."""
    return {
        each.id: (
            f"What is asked for is a matter of {each.citation} ({each.title}), which asks for "
            f"{each.asks}. Use that paragraph; or, if this is a request under (i)(2), say so in "
            "reason, statute and items without it."
        )
        for each in _AUTHORITIES
        if each.id in ("26 USC 6103(i)(1)", "26 USC 6103(i)(3)(B)", "26 USC 6103(i)(5)")
        or each.id == "26 USC 6103(i)(7)(C)"
    }
