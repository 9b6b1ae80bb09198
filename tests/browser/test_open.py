"""An officer opens a package in their own browser: all checks at the office, the key only here."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from portcullis import custody, keys
from portcullis.agreements import Person
from portcullis.custody import Place, RecipientHome
from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.law import AUTHORITIES
from portcullis.release import Parcel, disclosure_content, package_digest, seal
from tests.custody.cases import LKA, NOW, OPEN, leaf_of, proof_of, proven
from tests.custody.cases import person as roster_person
from tests.custody.test_home import CASE

from .conftest import Answer, Site, answer, module
from .test_keystore import MAKE

PLACE = Place(location="office", origin="office")
OFFICER = "ice-0007"
LEAF = leaf_of("r-1", b"n" * 32)
PARCEL = Parcel(
    package_id="0123456789abcdef" * 2,
    agreement="irs-dhs-2025",
    batch_id="b-1",
    request_id="r-1",
    officer=OFFICER,
    leaf=LEAF,
    answer_nonce=(b"n" * 32).hex(),
    proof=proof_of(LEAF),
)
CONTENT = disclosure_content(
    ("last_known_address",), {"request_id": "r-1", "items": "last_known_address"}, LKA
)
ADDRESS = "4500 UNKNOWN CREEK RD"
PAGE = """
<form method="post" data-open data-person="ice-0007" data-thumbprint="{}"
      data-statement-url="/statement" data-package-url="/package" data-failed-url="/failed">
  <input type="hidden" name="csrf" value="kept">
  <label><input type="radio" name="purpose" value="investigation" checked>Investigation</label>
  <button>Open</button>
</form>
<section data-shown hidden tabindex="-1">
  <p>FEDERAL TAX INFORMATION</p>
  <dl data-content></dl>
  <p>Cleared in <span data-left role="timer"></span></p>
  <button type="button" data-clear>Clear it now</button>
</section>"""
STORED = """async () => [localStorage.length, sessionStorage.length, (await caches.keys()).length,
    (await indexedDB.databases()).map((each) => each.name), document.cookie]"""


class Office:
    """Both homes: the recipient's with one package, and the holder's, who gives tokens."""

    def __init__(self, site: Site, folder: Path, sealed_to: dict[str, str], officer: Person):
        self.home, self.officer = RecipientHome(folder), officer
        self.holder = keys.generate()
        self.sealed = seal(CONTENT, sealed_to, PARCEL)
        self.spent: set[str] = set()
        self.home.receive(
            self.sealed.data, CASE, user="clerk-1", at=NOW, place=PLACE, check_proof=proven
        )
        self.home.acknowledge(OFFICER, at=NOW, place=PLACE)
        site.acts |= {
            "/statement": self._said(lambda form: {"statement": self.statement(form["purpose"])}),
            "/package": self._said(self.hand_out),
            "/failed": self._said(self.not_shown),
        }

    def statement(self, purpose: str) -> dict[str, str]:
        return self.home.opening_statement(PARCEL.package_id, purpose, at=NOW)

    def grant(self, request: str) -> str:
        def spend(nonce: str) -> bool:
            fresh = nonce not in self.spent
            self.spent.add(nonce)
            return fresh

        facts = custody.PackageFacts(
            PARCEL.package_id,
            package_digest(self.sealed.data),
            OFFICER,
            self.sealed.holder_half,
            recalled=False,
            purposes=AUTHORITIES["26 USC 6103(i)(2)"].purposes,
        )
        return custody.grant(
            request,
            self.officer,
            facts,
            now=NOW,
            gate_open=lambda: OPEN,
            spend_nonce=spend,
            holder_key=self.holder,
        )

    def hand_out(self, form: dict[str, str]) -> dict[str, str]:
        opened = self.home.hand_out(
            PARCEL.package_id,
            self.officer,
            self.grant(form["request"]),
            request=form["request"],
            at=NOW,
            place=PLACE,
            holder_jwk=keys.public_jwk(self.holder),
            check_proof=proven,
        )
        assert opened.package.parcel == PARCEL
        # It is in the log before it leaves.
        assert self.openings()[-1][0]
        return {"package": self.sealed.data.decode(), "half": opened.half}

    def not_shown(self, form: dict[str, str]) -> dict[str, str]:
        self.home.not_shown(PARCEL.package_id, form["nonce"], user=OFFICER, at=NOW, place=PLACE)
        return {}

    def openings(self) -> list[tuple[bool, str, str]]:
        return [
            (entry.success, entry.reason, entry.opening)
            for entry in self.home.log.entries()
            if entry.event == "opening"
        ]

    @staticmethod
    def _said(act: Callable[[dict[str, str]], object]) -> Callable[[dict[str, str]], Answer]:
        def answered(form: dict[str, str]) -> Answer:
            assert form["csrf"] == "kept"
            try:
                return answer(200, act(form))
            except PortcullisError as error:
                return answer(403, {"title": error.message, "detail": error.remedy})

        return answered


@pytest.fixture
def enrolled(site: Site, page: Page) -> dict:
    page.goto(site.page(""))
    return module(page, "keystore.js", MAKE, OFFICER)


@pytest.fixture
def office(site: Site, tmp_path: Path, enrolled: dict) -> Office:
    return Office(site, tmp_path, enrolled["jwk"], _person(enrolled["jwk"]))


def _person(jwk: dict[str, str]) -> Person:
    return roster_person(keys.generate(), jwk=jwk)


def press(site: Site, page: Page, thumbprint: str) -> None:
    page.goto(site.page(PAGE.format(thumbprint), "open.js"))
    page.get_by_role("button", name="Open").click()


def test_what_is_shown_goes_when_the_officer_does(
    site: Site, page: Page, office: Office, enrolled: dict
) -> None:
    press(site, page, enrolled["thumbprint"])
    page.get_by_text(ADDRESS).wait_for()
    page.get_by_role("button", name="Clear it now").click()
    assert ADDRESS not in page.content()
    page.get_by_role("button", name="Open").click()
    page.get_by_text(ADDRESS).wait_for()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert ADDRESS not in page.content()
    assert [each[0] for each in office.openings()] == [True, True]


def test_content_is_text_whatever_it_says(
    site: Site, page: Page, office: Office, enrolled: dict
) -> None:
    markup = "<img src=x onerror=alert(1)>"
    address = CONTENT["last_known_address"] | {"line1": markup}
    office.sealed = seal(CONTENT | {"last_known_address": address}, enrolled["jwk"], PARCEL)
    (office.home.packages / f"{PARCEL.package_id}.json").write_bytes(office.sealed.data)
    press(site, page, enrolled["thumbprint"])
    page.get_by_text(markup).wait_for()
    assert page.locator("img").count() == 0


def test_what_cannot_be_shown_is_logged_as_failed(
    site: Site, page: Page, tmp_path: Path, enrolled: dict
) -> None:
    """Sealed to the key of before: its owner enrolled another since."""
    former = keys.public_jwk(keys.generate())
    office = Office(site, tmp_path, former, _person(enrolled["jwk"]))
    press(site, page, enrolled["thumbprint"])
    page.get_by_role("alert").get_by_text("does not open").wait_for()
    (given, _, nonce), (failed, purpose, same) = office.openings()
    assert (given, failed, purpose, same) == (True, False, "investigation", nonce)
    assert not page.locator("[data-shown]").is_visible()


def test_an_office_that_refuses_is_quoted_and_nothing_is_handed_out(
    site: Site, page: Page, office: Office, enrolled: dict
) -> None:
    def closed(_form: dict[str, str]) -> object:
        raise Refused("The gate is closed.", "Wait until it is open again.")

    site.acts["/package"] = office._said(closed)
    press(site, page, enrolled["thumbprint"])
    alert = page.get_by_role("alert")
    alert.get_by_text("The gate is closed.").wait_for()
    assert alert.get_by_text("Wait until it is open again.").is_visible()
    assert (office.openings(), [path for path, _ in site.posted]) == (
        [],
        ["/statement", "/package"],
    )


def test_a_browser_without_the_enrolled_key_asks_for_nothing(
    site: Site, page: Page, office: Office
) -> None:
    press(site, page, keys.generate().thumbprint())
    page.get_by_role("alert").get_by_text("does not hold the key").wait_for()
    assert (office.openings(), site.posted) == ([], [])


@pytest.mark.parametrize(
    "spoilt", [{"purpose": "grand-jury"}, {"officer": "ice-0008"}, {"format": "another/1"}]
)
def test_another_statement_than_the_chosen_opening_is_not_signed(
    site: Site, page: Page, office: Office, enrolled: dict, spoilt: dict
) -> None:
    said = office.statement("investigation") | spoilt
    site.acts["/statement"] = office._said(lambda _form: {"statement": said})
    press(site, page, enrolled["thumbprint"])
    page.get_by_role("alert").get_by_text("Nothing was signed.").wait_for()
    assert [path for path, _ in site.posted] == ["/statement"]


def test_another_package_than_was_asked_for_is_not_shown(
    site: Site, page: Page, office: Office, enrolled: dict
) -> None:
    other = seal(CONTENT, enrolled["jwk"], dataclasses.replace(PARCEL, proof="other"))

    def swapped(form: dict[str, str]) -> object:
        return office.hand_out(form) | {"package": other.data.decode()}

    site.acts["/package"] = office._said(swapped)
    press(site, page, enrolled["thumbprint"])
    page.get_by_role("alert").get_by_text("not the package that was asked for").wait_for()
    assert [each[0] for each in office.openings()] == [True, False]


def test_only_what_was_handed_out_can_be_reported_as_not_shown(
    office: Office, enrolled: dict
) -> None:
    assert json.dumps(enrolled["jwk"])
    for nonce in ("", "0" * 32):
        with pytest.raises(Misuse, match="No such opening"):
            office.not_shown({"nonce": nonce})
    assert office.openings() == []


# Last: a page's clock is that of the whole profile.
def test_the_content_is_shown_in_the_page_alone_and_cleared_in_time(
    site: Site, page: Page, office: Office, enrolled: dict
) -> None:
    page.clock.install()
    press(site, page, enrolled["thumbprint"])
    page.get_by_text(ADDRESS).wait_for()
    shown = page.locator("[data-shown]")
    assert shown.evaluate("each => each === document.activeElement")
    assert shown.locator("dd").all_inner_texts() == [
        "r-1", ADDRESS, "APT 9", "ZZYZX", "CA", "92309", "2022",
    ]  # fmt: skip
    assert page.get_by_text("FEDERAL TAX INFORMATION").is_visible()
    assert page.evaluate(STORED) == [0, 0, 0, ["portcullis-keys"], ""]
    [(success, purpose, nonce)] = office.openings()
    assert (success, purpose, len(nonce)) == (True, "investigation", 32)
    page.emulate_media(media="print")
    assert not shown.is_visible()
    page.emulate_media(media="screen")
    page.clock.fast_forward("01:58")
    assert shown.get_by_role("timer").inner_text() == "2 seconds"
    page.clock.fast_forward("00:03")
    assert not shown.is_visible()
    assert ADDRESS not in page.content()
