"""From approved rows to sealed packages on the disk: the first half of the release protocol."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl
from django.db import transaction

from portcullis import ledger, progress, release, tables
from portcullis.canonical import SEPARATOR
from portcullis.determination import commitment, nonces_of
from portcullis.errors import Refused
from portcullis.office import accounting, clearances, entries, leaving
from portcullis.office.entries import Announce
from portcullis.office.files import (
    DETERMINATIONS,
    MATCHES,
    REQUESTS,
    accounted,
    in_force,
    list_in_force,
    read_step,
)
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.lifecycles import PACKAGE
from portcullis.office.look_ups import ORDER_STANDS
from portcullis.office.looking_again import changed
from portcullis.office.models import Approval, Batch, Package
from portcullis.office.nonces import read_nonces
from portcullis.office.owed import OWED, owing
from portcullis.office.permissions import who_may
from portcullis.office.rejudging import no_longer_met

COMMIT_EVERY = 256
WAITING = ("authorised", "sealed")
_LKA = ["lka_line1", "lka_line2", "lka_city", "lka_state", "lka_zip", "lka_period"]


def authorise(home: Home, batch: Batch) -> None:
    """Write every package's row, entry and accounting, all at once or not at all.

    A request whose (i)(6) record is adverse gets no package. The accounting file is on the disk
    before the transaction that makes it count.
    """
    if Package.objects.filter(batch=batch).exists():
        return
    rows = disclosable(home, batch)
    nonces = read_nonces(home, batch)
    wanted = [
        (row, officer, release.new_package_id())
        for row, officers in rows.select("row", "officers").iter_rows()
        for officer in officers.split(";")
    ]
    account(home, batch, rows, wanted, home.today())
    source = accounting.Source(accounting.BATCH, batch.id)
    with transaction.atomic():
        facts = (
            {"package": package_id, "binding": binding(nonces, row, officer, package_id)}
            for row, officer, package_id in wanted
        )
        written = entries.record_all(
            "release-authorised", facts, batch=batch.id, at=home.now().isoformat()
        )
        Package.objects.bulk_create(
            [
                Package(
                    id=package_id,
                    batch=batch,
                    row=row,
                    officer=officer,
                    state="authorised",
                    authorised=entry,
                )
                for (row, officer, package_id), entry in zip(wanted, written, strict=True)
            ],
            batch_size=entries.BULK,
        )
        accounting.commit(home, source, accounting.DISCLOSURES, at=home.now().isoformat())


def judge_again(home: Home, batch: Batch) -> None:
    """Judge the time-dependent elements on this day; what is no longer met is not sent.

    Nor is what was to go to an officer who is no longer on the roster in force, or who owes a
    status of an earlier disclosure.
    """
    waiting = Package.objects.filter(batch=batch, state__in=WAITING)
    facts = list(waiting.values_list("id", "row", "officer"))
    unmet = no_longer_met(home, batch, sorted({row for _, row, _ in facts}))
    serving = {person.id for person in who_may(home.roster, "open", home.today())}
    overdue = owing(home)
    for package_id, row, officer in facts:
        if row in unmet:
            _withhold(home, package_id, "element-no-longer-met", unmet[row])
        elif officer not in serving:
            _withhold(home, package_id, "officer-not-in-force", "officer-not-in-force")
        elif officer in overdue:
            _withhold(home, package_id, OWED, OWED)


def look_again(home: Home, batch: Batch, show: progress.Show = progress.unseen) -> None:
    """Look up again what still waits, if another index is in use; what has changed is not sent.

    Raises Refused, and leaves everything as it is, where no index can be used.
    """
    waiting = Package.objects.filter(batch=batch, state__in=WAITING)
    facts = list(waiting.values_list("id", "row"))
    unmet = changed(home, batch, sorted({row for _, row in facts}), show)
    for package_id, row in facts:
        if row in unmet:
            by_order = unmet[row] == ORDER_STANDS
            told = ORDER_STANDS if by_order else "element-no-longer-met"
            _withhold(home, package_id, told, unmet[row])


def _withhold(home: Home, package_id: str, told: str, reason: str) -> None:
    """Conclude a waiting package as not sent: ``told`` on the ledger, ``reason`` inside."""
    with transaction.atomic():
        package = Package.objects.select_for_update().get(id=package_id)
        if package.state not in WAITING:
            return
        if package.digest:
            dispose(home, package)
        else:
            published(home, package).unlink(missing_ok=True)
        package.concluded = entries.record(
            "not-sent",
            {"package": package.id, "reason": told},
            batch=package.batch_id,
            at=home.now().isoformat(),
        )
        PACKAGE.check(package.state, "not-sent")
        package.state, package.reason = "not-sent", reason
        package.save(update_fields=["state", "reason", "concluded"])


def dispose(home: Home, package: Package) -> None:
    """Remove a sealed package that is not sent, or keep it staged where a hold reaches it.

    A crash may have left it published, and then it is the only copy. No token is given for it, and
    there it does not stay.
    """
    waiting, out = staged(home, package), published(home, package)
    if out.exists():
        waiting.parent.mkdir(parents=True, exist_ok=True)
        out.rename(waiting)
        tables.fsync_folder(waiting.parent)
        tables.fsync_folder(out.parent)
    if not clearances.holds_reaching(home, package):
        waiting.unlink(missing_ok=True)


def seal_waiting(
    home: Home, batch: Batch, announce: Announce, show: progress.Show = progress.unseen
) -> None:
    """Seal every authorised package. The row that names a file's digest is the commit."""
    sweep(home, batch)
    waiting = list(Package.objects.filter(batch=batch, state="authorised").order_by("row"))
    if not waiting:
        return
    done: list[Package] = []
    with progress.step(show, "Seal the packages", len(waiting), "packages") as advance:
        for package, digest, wrapped_half in sealed(home, batch, waiting, announce):
            package.digest, package.wrapped_half = digest, wrapped_half
            PACKAGE.check(package.state, "sealed")
            package.state = "sealed"
            done.append(package)
            advance(1)
            if len(done) == COMMIT_EVERY:
                _commit(done, announce)
                done = []
        _commit(done, announce)


def sealed(
    home: Home, batch: Batch, packages: Sequence[Package], announce: Announce
) -> Iterator[tuple[Package, str, bytes]]:
    """Seal what answers each of ``packages`` to its officer's enrolled key; nothing is committed.

    Yields the package, the digest of the file now staged, and the holder's half, wrapped. Raises
    Refused where an officer is not enrolled and in force, or the batch's data was erased.
    """
    contents = _contents(home, batch, [package.row for package in packages])
    for package, proof, leaf in _proofs(home, batch, packages):
        content, nonce = contents[package.row]
        parcel = release.Parcel(
            package.id,
            home.pack.id,
            batch.id,
            str(content["request_id"]),
            package.officer,
            leaf.decode(),
            nonce,
            proof,
        )
        yield package, *_seal(home, package, content, parcel, announce)


def sweep(home: Home, batch: Batch) -> None:
    """Remove sealed files that no row names: a crash left them, and nothing refers to them.

    No hold is asked: the holder's half of their keys was never kept, so nobody can open them.
    """
    named = set(
        Package.objects.filter(batch=batch).exclude(digest="").values_list("digest", flat=True)
    )
    folder = leaving.waiting(home, batch.id)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in named:
            path.unlink(missing_ok=True)


def staged(home: Home, package: Package) -> Path:
    """Where the sealed package waits, under its digest."""
    return leaving.staged(home, package.batch_id, package.digest)


def published(home: Home, package: Package) -> Path:
    """Where the recipient fetches the package."""
    return home.outgoing / package.batch_id / "packages" / f"{package.id}.json"


def disclosable(home: Home, batch: Batch) -> pl.DataFrame:
    """Return the requests of the eligible rows whose (i)(6) record is not adverse, in row order."""
    listed = read_step(home, batch, in_force(batch, DETERMINATIONS), ["row", "outcome", "route"])
    barred = list(batch.impairments.filter(adverse=True).values_list("row", flat=True))
    eligible = listed.filter((pl.col("outcome") == "eligible") & ~pl.col("row").is_in(barred))
    requests = read_step(home, batch, REQUESTS)
    return requests.join(eligible.select("row", "route"), on="row", maintain_order="left")


def account(
    home: Home,
    batch: Batch,
    rows: pl.DataFrame,
    wanted: Sequence[tuple[int, str, str]],
    authorised_on: date,
) -> None:
    """Write the accounting of the disclosures about to be made [law.md 39, 40; Form 5466-B].

    ``rows`` are their requests, ``wanted`` the row, officer and package of each. ``taxpayer`` is
    whom the determination found: what the request calls a person may differ from the records.
    """
    instances = pl.DataFrame(
        wanted, schema={"row": pl.UInt32, "officer": pl.String, "package": pl.String}, orient="row"
    )
    found = read_step(home, batch, in_force(batch, MATCHES), ["row", "taxpayer_id"])
    agreement, listed = home.pack.agreement, list_in_force(batch)
    approval = Approval.objects.filter(list=listed).select_related("act").first()
    entry = (
        rows.select(accounted(rows.columns))
        .join(instances, on="row", maintain_order="left")
        .join(
            found.rename({"taxpayer_id": "taxpayer"}), on="row", how="left", maintain_order="left"
        )
    )
    entry = entry.with_columns(
        received_on=pl.lit(batch.received_on),
        requested_by=pl.lit(batch.signatory),
        authorised_on=pl.lit(authorised_on),
        approved_by=pl.lit(approval.act.person if approval else None, pl.String),
        authority=pl.lit(agreement.legal_basis),
        agreement=pl.lit(f"{home.pack.id} {home.pack.version}"),
        nature=pl.lit(";".join(home.pack.disclosure.items)),
        recipient=pl.lit(agreement.requester.name),
        list_root=pl.lit(listed.root),
    )
    source = accounting.Source(accounting.BATCH, batch.id)
    accounting.write(home, source, accounting.DISCLOSURES, entry)


def binding(nonces: bytes, row: int, officer: str, package_id: str) -> str:
    """Commit a package id to its row and officer, without saying either."""
    _, nonce = nonces_of(nonces, row)
    return commitment(nonce, SEPARATOR.join(("portcullis/package/1", package_id, officer)))


def _contents(
    home: Home, batch: Batch, rows: list[int]
) -> dict[int, tuple[dict[str, object], str]]:
    """Return, for each row, the content of its package and its answer's nonce (hex)."""
    wanted = pl.col("row").is_in(sorted(set(rows)))
    requests = read_step(home, batch, REQUESTS, ["row", "request_id", "items"]).filter(wanted)
    matches = read_step(home, batch, in_force(batch, MATCHES), ["row", *_LKA]).filter(wanted)
    nonces = read_nonces(home, batch, list_in_force(batch).number)
    joined = requests.join(matches, on="row")
    items = home.pack.disclosure.items
    return {
        one["row"]: (
            release.disclosure_content(items, one, one),
            nonces_of(nonces, one["row"])[0].hex(),
        )
        for one in joined.iter_rows(named=True)
    }


def _proofs(
    home: Home, batch: Batch, packages: Sequence[Package]
) -> Iterator[tuple[Package, str, bytes]]:
    listed = list_in_force(batch)
    tree = ledger.Tree(home.trees / batch.id / str(listed.number))
    log = ledger.Log.open(home.ledger)
    rows = [package.row for package in packages]
    for package, proof in zip(
        packages, ledger.two_level_proofs(log, listed.entry_id, tree, rows), strict=True
    ):
        yield package, proof.text, tree.leaf(package.row)


def _seal(
    home: Home,
    package: Package,
    content: dict[str, object],
    parcel: release.Parcel,
    announce: Announce,
) -> tuple[str, bytes]:
    officer = home.roster.get(package.officer)
    on = home.today()
    if officer is None or not officer.in_force(on) or not officer.key_in_force(on):
        raise Refused(
            f"The officer {package.officer}, or the officer's key, is not enrolled and in force.",
            "Enrol the officer's key, or leave the package unsent.",
        )
    sealed = release.seal(content, officer.jwk, parcel)
    digest = release.package_digest(sealed.data)
    announce("write-package")
    tables.publish(leaving.waiting(home, package.batch_id) / digest, sealed.data)
    return digest, home.wrap(sealed.holder_half, Erasable.batch(package.batch_id))


def _commit(packages: Sequence[Package], announce: Announce) -> None:
    """Name the sealed files in their rows; another worker's earlier commit stands."""
    announce("commit-sealed")
    with transaction.atomic():
        for package in packages:
            Package.objects.filter(id=package.id, state="authorised").update(
                state="sealed", digest=package.digest, wrapped_half=package.wrapped_half
            )
