"""Numbers and codes as a reader expects to see them."""

OUTCOMES = {
    "quarantined": "Quarantined",
    "returned": "Returned for completion",
    "refused": "Refused",
    "referred": "Referred to a person",
    "no_disclosure": "No disclosure",
    "eligible": "Eligible, not approved",
    "approved": "Approved, not released",
    "held": "Held",
    "released": "Released",
}
"""The outcomes of a request, in the order of the way through the house."""

LAYERS = {
    "statute": "Statute (26 U.S.C. § 6103)",
    "predicate": "Predicate offence (8 U.S.C. § 1253)",
    "agreement": "Agreement",
    "policy": "Policy",
}
"""The layers of the law, outermost authority first."""

_MINUTE = 60
_SHORT = 10
_LEAST_SHARE = 0.01


def outcome(code: str) -> str:
    """Return the words for an outcome's code; a code we have no words for stands as it is."""
    return OUTCOMES.get(code, code.replace("_", " ").capitalize())


def outcomes(codes: str) -> str:
    """Return the words for one outcome, or several with ``|`` between."""
    first, *others = (outcome(code) for code in codes.split("|"))
    return " or ".join([first, *(other.lower() for other in others)])


def variant(name: str) -> str:
    """Return the words for a variant's name."""
    return name.replace("-", " ")


def count(number: int) -> str:
    """Return ``number`` with its thousands apart."""
    return f"{number:,}"


def share(part: int, whole: int) -> str:
    """Return ``part`` of ``whole`` in percent; never rounded up to all, nor down to none."""
    if whole == 0:
        return "–"
    if part in {0, whole}:
        return f"{100 * part // whole}%"
    percent = 100 * part / whole
    if percent < _LEAST_SHARE:
        return f"<{_LEAST_SHARE}%"
    if percent > 100 - _LEAST_SHARE:
        return f">{100 - _LEAST_SHARE}%"
    near_an_end = min(percent, 100 - percent) < 1
    return f"{percent:.{2 if near_an_end else 1}f}%"


def duration(seconds: float) -> str:
    """Return ``seconds`` in the unit a person would use."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < _SHORT:
        return f"{seconds:.2f} s"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest:02d} s"


def rate(rows: int, seconds: float) -> str:
    """Return rows a second to three figures, or a dash where nothing was timed."""
    if seconds <= 0 or rows == 0:
        return "–"
    return f"{float(f'{rows / seconds:.3g}'):,.0f}"
