"""Opening tokens: the holder's half of a package's key, for one opening, on the record."""

from django.db import IntegrityError, transaction

from portcullis import custody
from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.office import entries, erased, locks
from portcullis.office.freshness import check_ledger
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Opening, Package, Recall
from portcullis.office.owed import disclosures
from portcullis.office.release import gate_now_for_opening


def grant_token(home: Home, package_id: str, request: str) -> str:
    """Answer an officer's signed opening request with a token, or raise Refused.

    The gate is asked inside its lock, and once more before the token leaves: the witnesses may have
    been slow. Granted or refused, the opening is an inspection event on the ledger before this
    returns; a token that was granted and did not leave is a refusal after the grant.
    """
    package = Package.objects.filter(id=package_id, state="delivered").first()
    officer = home.roster.get(package.officer) if package else None
    if package is None or officer is None:
        raise Refused("No package of that id can be opened.", "Check the package's id.")
    found = package
    check_ledger(home)
    now = home.now()
    refusal: Refused | None = None
    token = ""
    with locks.gate(home).shared():
        # The ledger may have been waited for, and the package sealed again meanwhile.
        found.refresh_from_db()
        try:
            _check_case_open(found)
            token = custody.grant(
                request,
                officer,
                custody.PackageFacts(
                    found.id,
                    found.digest,
                    found.officer,
                    _half(home, found),
                    recalled=hasattr(found, "recall"),
                    purposes=home.pack.authority.purposes,
                ),
                now=now,
                gate_open=lambda: gate_now_for_opening(home, found),
                spend_nonce=lambda nonce: not Opening.objects.filter(nonce=_spent(nonce)).exists(),
                holder_key=home.service_key(),
            )
        except Refused as refused:
            refusal = refused
        refusal = _record(home, found, request, refusal)
    entries.integrate(home)
    if refusal is None:
        refusal = _closed_meanwhile(home, found, request)
    if refusal is not None:
        raise refusal
    return token


def _closed_meanwhile(home: Home, package: Package, request: str) -> Refused | None:
    """Return why a granted token may not leave now, with that on the ledger; None if it may."""
    with locks.gate(home).shared():
        reasons = list(gate_now_for_opening(home, package).reasons)
        if Recall.objects.filter(package=package).exists():
            reasons.append("recalled: This package is recalled.")
        if not reasons:
            return None
        refusal = Refused(f"The gate is closed. {' '.join(reasons)}", "Ask anew when it is open.")
        _record(home, package, request, refusal)
    entries.integrate(home)
    return refusal


def _check_case_open(package: Package) -> None:
    """Raise Refused where the use of what was disclosed is over, by the recipient's own word."""
    if disclosures()[package.id].ended:
        raise Refused(
            "The case of this package has ended, by its officer's status or a certificate.",
            "Make a new request for what is needed now.",
        )


def _spent(nonce: str) -> str:
    """Return the digest by which a nonce is known as spent, here and on the ledger.

    So it stays spent in a home put back from a backup. The digest only, for the nonce itself is
    what an officer's own program wrote.
    """
    return sha256_hex([nonce.encode()])


def _half(home: Home, package: Package) -> bytes:
    """Return the holder's half; raise Refused where it went with the batch's working data."""
    what = Erasable.batch(package.batch_id)
    return erased.file_key(home, what, package.wrapped_half)


def _record(home: Home, package: Package, request: str, refusal: Refused | None) -> Refused | None:
    """Write the inspection event; return why it is refused, None where it is granted.

    A nonce spent meanwhile (two at once), or a package sealed again, is a refusal too.
    """
    at = home.now()
    facts = {"package": package.id, "officer": package.officer}
    if refusal is not None:
        with transaction.atomic():
            entries.record("opening-refused", facts, batch=package.batch_id, at=at.isoformat())
        return refusal
    opening = custody.read_opening(request, home.roster.person(package.officer).verify)
    nonce = _spent(opening.nonce)
    try:
        with transaction.atomic():
            _check_still(package)
            entry = entries.record(
                "opening-granted",
                {**facts, "purpose": opening.purpose, "nonce": nonce},
                batch=package.batch_id,
                at=at.isoformat(),
            )
            Opening.objects.create(
                package=package, nonce=nonce, purpose=opening.purpose, at=at, entry=entry
            )
    except IntegrityError:
        refused = Refused(
            "This opening request was used before.", "Sign a new one for each opening."
        )
    except Refused as changed:
        refused = changed
    else:
        return None
    return _record(home, package, request, refused)


def _check_still(package: Package) -> None:
    """Raise Refused where the package was sealed again since it was read; else hold it so.

    Sealing again holds the same row while it makes its entry: so no grant of the former package
    comes after that entry.
    """
    now = Package.objects.select_for_update().get(id=package.id)
    # A package's digest covers what only its own half opens.
    if now.digest != package.digest:
        raise Refused(
            "The package was sealed again meanwhile.", "Open the package that took its place."
        )
