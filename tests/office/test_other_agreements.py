"""The other agreements walked from the template to the opened package, through every room."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from portcullis import agreements, intake, keys, law
from portcullis.errors import Refused
from portcullis.law import FOR_A_PERSON, Layer, Phase
from portcullis.office import make, open_office, start
from portcullis.oversight import Terms, Witness, witnesses
from tests.cli.run import on_a_terminal
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.homes import switch

OFFICERS = ("officer-1", "officer-2", "officer-3")
GOOD, ELSEWHERE, NOBODY = "GOOD", "ELSEWHERE", "NOBODY"


@dataclass(frozen=True)
class Case:
    """One agreement, the day it is walked on, and whose people act under it."""

    pack: str
    day: date
    agency: str
    component: str
    holder: str
    signs: str
    purpose: str
    asked: frozenset[str]
    """Elements of the paragraph itself that a request fails alone by what it says."""


FUGITIVES = Case(
    pack="irs-doj-fugitive",
    day=date(2025, 6, 27),
    agency="DOJ",
    component="USMS",
    holder="IRS",
    signs="united-states-attorney",
    purpose="locating-fugitive",
    asked=frozenset(
        {
            *("ex-parte-order", "ex-parte-order-granted", "ex-parte-order-court"),
            *("extent-of-order", "application-authorized", "felony-warrant", "warrant-issued"),
            *("warrant-outstanding", "felony-offense", "fugitive-from-justice"),
            "relevance-to-location",
        }
    ),
)
TRACING = Case(
    pack="nhs-home-office-2017",
    day=date(2017, 6, 27),
    agency="Home Office",
    component="Immigration Enforcement",
    holder="NHS Digital",
    signs="senior-countersignatory",
    purpose="tracing",
    asked=frozenset(
        {
            *("case-identified", "offence-suspected", "ground-of-tracing", "out-of-contact"),
            *("other-means-exhausted", "public-interest"),
        }
    ),
)
each_case = pytest.mark.parametrize("case", [FUGITIVES, TRACING], ids=lambda case: case.pack)


@dataclass(frozen=True)
class Walk:
    """A batch on its way: one good request, two that the records do not bear out, and bent ones."""

    world: worlds.World
    case: Case
    pack: agreements.Pack
    bent: dict[str, Witness]

    def sign(self, signatory: str = "head", batch: str = worlds.BATCH) -> Path:
        return intake.make_manifest(
            self.world.batch_file,
            self.pack,
            batch,
            self.case.day,
            ("preparer", self.world.key("preparer")),
            (signatory, self.world.key(signatory)),
            {name: self.world.key(name) for name in OFFICERS},
        )

    def safeguards(self, day: date) -> None:
        from portcullis.office.safeguards import record_safeguards
        from portcullis.standing import read_safeguards

        home = self.world.home()
        home.set_date(day)
        record = {
            "recipient": self.case.agency,
            "ssr_approved_on": (self.case.day - timedelta(days=90)).isoformat(),
            "ssr_expires_on": (self.case.day + timedelta(days=90)).isoformat(),
            "attested_on": day.isoformat(),
            "findings": [],
            "duties": [],
            "contractors": [],
            "access": [worlds.access(name, day) for name in OFFICERS],
        }
        person = acts.hands(self.world, "safeguards")
        record_safeguards(home, person, read_safeguards(json.dumps(record)))

    def step(self, name: str) -> pl.DataFrame:
        from portcullis.office import files

        home = self.world.home()
        return files.read_step(home, files.find_batch(worlds.BATCH), name)

    def looked_up(self) -> set[str]:
        from portcullis.office import files

        ids = self.step(files.REQUESTS)["request_id"]
        return {ids[row] for row in self.step(files.LOOKUPS)["row"].to_list()}


def person(world: worlds.World, case: Case, name: str, role: str) -> agreements.Person:
    key = keys.generate()
    keys.save_private(key, world.key_path(name))
    agency = case.holder if role in worlds.HOLDER.values() else case.component
    return agreements.Person(
        id=name,
        name=f"Specimen {name}",
        agency=case.agency if role == "signatory" else agency,
        office=role,
        roles=(role,),
        authority=case.signs if role == "signatory" else None,
        jwk=keys.public_jwk(key),
        in_force_from=date(2017, 1, 1),
    )


def bends(pack: agreements.Pack, day: date) -> list[Witness]:
    """Return, of the face's elements, those that a request fails alone by what its fields say."""
    face = [each for each in witnesses(Terms.of(pack, day)) if each.element.phase is Phase.FACE]
    return [each for each in face if each.differs and set(each.differs) <= set(pack.fields)]


def rows_of(pack: agreements.Pack, day: date, bent: list[Witness]) -> pl.DataFrame:
    template = agreements.template_rows(pack, day).row(0, named=True)
    names = [GOOD, ELSEWHERE, NOBODY, *[f"not-{each.element.id}" for each in bent]]
    rows = []
    for number, name in enumerate(names, start=1):
        row = worlds.request(template, number)
        row |= {"request_id": name, "officers": OFFICERS[number % len(OFFICERS)]}
        rows.append({field: row[field] for field in pack.fields})
    rows[1]["address_line1"] = "77 Elsewhere Ave"
    for row, each in zip(rows[3:], bent, strict=True):
        row.update(each.differs or {}, request_id=f"not-{each.element.id}")
    return pl.DataFrame(rows, schema=dict.fromkeys(pack.fields, pl.String))


def write_records(folder: Path, rows: pl.DataFrame) -> None:
    """Write the records: of the good request as it stands, of another elsewhere, none of NOBODY."""
    people = rows.filter(pl.col("request_id").is_in([GOOD, ELSEWHERE]))
    if "tin" not in people.columns:
        people = people.with_columns(tin=pl.format("90000000{}", pl.int_range(1, pl.len() + 1)))
    plain = people.with_columns(request_id=pl.col("request_id").replace(ELSEWHERE, "R3"))
    worlds.write_records(folder, plain)
    addresses = pl.read_parquet(folder / "address_of_record.parquet")
    addresses.with_columns(
        taxable_period=pl.lit(2015, pl.Int16), processed_on=pl.lit(date(2016, 4, 10))
    ).write_parquet(folder / "address_of_record.parquet")


@pytest.fixture
def walk(case: Case, tmp_path: Path) -> Walk:
    """Return a home of the holder's with its index, and a signed batch that is not yet sent."""
    source = agreements.builtin_pack(case.pack)
    pack = agreements.load_pack(source)
    bent = bends(pack, case.day)
    world = worlds.World(tmp_path / "world")
    world.batch_file.parent.mkdir(parents=True)
    officers = dict.fromkeys(OFFICERS, "officer")
    everybody = {**worlds.HOLDER, **worlds.REQUESTER, **officers}
    people = [person(world, case, name, role) for name, role in everybody.items()]
    agreements.save_roster(agreements.Roster.from_people(people), world.folder / "people.json")
    rows = rows_of(pack, case.day, bent)
    rows.write_csv(world.batch_file)
    write_records(world.folder / "records", rows)
    switch(world.home_path)
    made = make(world.home_path, source, world.folder / "people.json", demo=True, day=case.day)
    open_office(start(made))
    one = Walk(world, case, pack, {f"not-{each.element.id}": each for each in bent})
    one.sign()
    one.safeguards(case.day)
    from portcullis.office.indexing import index_records

    index_records(world.home(), world.folder / "records")
    return one


@each_case
def test_one_is_disclosed_and_each_other_is_told_what_it_may_know(walk: Walk) -> None:
    world, case = walk.world, walk.case
    assert {each.element.id for each in walk.bent.values()} >= case.asked
    assert acts.receive(world)["taken"] == 3 + len(walk.bent)
    acts.adjudicate(world)
    outcomes = acts.outcomes(world)
    assert {name: outcomes[name] for name in (GOOD, ELSEWHERE, NOBODY)} == {
        GOOD: "eligible", ELSEWHERE: "no_disclosure", NOBODY: "no_disclosure",
    }  # fmt: skip
    for name, witness in walk.bent.items():
        assert outcomes[name] == expected(walk, name, witness), name
    # Screened before looked at: what fails on its face never reaches the records.
    assert walk.looked_up() == {GOOD, ELSEWHERE, NOBODY}

    acts.impair(world)
    walk.safeguards(case.day + timedelta(days=walk.pack.answers.answer_days))
    acts.draw(world)
    assert acts.sampled_ids(world) == [GOOD]
    acts.examine(world)
    acts.approve(world)
    acts.release(world)
    answers = acts.answered(world)
    assert [name for name, answer in answers.items() if answer == "disclosed"] == [GOOD]
    assert {answers[ELSEWHERE], answers[NOBODY]} == {"no disclosure"}
    checks.ledger_verifies(world.home())

    package = acts.package_of(world, GOOD)
    code, shown = open_it(walk, package, "investigation")
    assert code == 1
    assert "no purpose" in shown
    code, shown = open_it(walk, package, case.purpose)
    assert code == 0, shown
    assert "101 Specimen St" in shown


def expected(walk: Walk, name: str, witness: Witness) -> str:
    (line,) = findings_of(walk, name)
    element, result = line
    assert element == witness.element.id
    if result == FOR_A_PERSON:
        return "referred"
    return "refused" if witness.element.layer is Layer.STATUTE else "returned"


def findings_of(walk: Walk, name: str) -> list[tuple[str, int]]:
    """Return the elements of the face that one stored request does not meet, with the result."""
    from portcullis.office import files

    requests = walk.step(files.REQUESTS)
    row = requests.filter(request_id=name)["row"].item()
    found = walk.step(files.FINDINGS).filter(row=row).row(0, named=True)
    basis = files.basis_of(files.find_batch(worlds.BATCH))
    face = [each.id for each in law.applicable(basis, Phase.FACE)]
    return [(each, found[each]) for each in face if found[each] != law.MET]


def open_it(walk: Walk, package: Any, purpose: str) -> tuple[int, str]:
    """Open a package as its officer does, on a terminal, both homes on one machine."""
    home = walk.world.home()
    return on_a_terminal(
        *("open", home.outgoing / worlds.BATCH / "packages" / f"{package.id}.json"),
        *("--as", package.officer, "--key", walk.world.key_path(package.officer)),
        *("--holder", home.path, "--requests", walk.world.batch_file, "--purpose", purpose),
        *("--recipient", walk.world.folder / "recipient", "--acknowledge"),
    )


@each_case
def test_an_office_that_the_authority_does_not_list_does_not_sign(walk: Walk) -> None:
    for name, authority in (("minister", "agency-head"), ("deputy", "delegated")):
        more = {"determination": "none"} if authority == "delegated" else {}
        acts.enrol(
            walk.world,
            name,
            ["signatory"],
            agency=walk.case.agency,
            authority=authority,
            in_force_from=date(2017, 1, 1),
            **more,
        )
        walk.sign(name)
        with pytest.raises(Refused) as refused:
            acts.receive(walk.world)
        assert walk.case.signs in str(refused.value)
    assert not checks.of_kind(walk.world.home(), "looked-up")


@each_case
def test_a_component_does_not_sign_for_the_agency(walk: Walk) -> None:
    acts.change_person(walk.world, "head", agency=walk.case.component)
    with pytest.raises(Refused) as refused:
        acts.receive(walk.world)
    assert walk.pack.authority.citation in str(refused.value)


@each_case
def test_nothing_is_looked_up_for_a_recipient_whose_safeguards_lapsed(walk: Walk) -> None:
    walk.world.home().set_date(walk.case.day + timedelta(days=1))  # nobody attested on this day
    acts.receive(walk.world)
    assert acts.adjudicate(walk.world).held
    assert not checks.of_kind(walk.world.home(), "looked-up")


@each_case
def test_after_its_last_day_nothing_is_taken_in(walk: Walk) -> None:
    last = walk.pack.agreement.in_force_to
    assert last is not None
    walk.world.home().set_date(last + timedelta(days=1))
    with pytest.raises(Refused, match="not in force"):
        acts.receive(walk.world)
