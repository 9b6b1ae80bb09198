"""What Python seals opens in the officer's browser with the same content, and nothing else does."""

import dataclasses
import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from portcullis import keys
from portcullis.release import (
    Parcel,
    disclosure_content,
    read_package,
    seal,
    sealing,
    wrap_half,
)
from tests.release.conftest import LKA
from tests.release.test_package import ITEMS, addresses

from .conftest import Site, module
from .test_keystore import MAKE

UNSEAL = """async ({ unsealed }, [officer, print, packages]) => {
    const { heldKey } = await import('/static/portcullis/js/keystore.js');
    const key = await heldKey(officer, print);
    const told = [];
    for (const [data, half] of packages) {
        try { told.push(await unsealed(data, half, key)); }
        catch (error) { told.push(`${error.constructor.name}: ${error.message}`); }
    }
    return told;
}"""
DAMAGED = "Problem: The package does not open: a wrong key, a wrong half, or altered bytes."


@pytest.fixture
def officer(site: Site, page: Page) -> dict:
    """An officer's key in the browser, as the roster knows it."""
    page.goto(site.page(""))
    return module(page, "keystore.js", MAKE, "ice-0007")


@pytest.fixture
def parcel() -> Parcel:
    return Parcel("0123456789abcdef" * 2, "irs-dhs-2025", "b-1", "r-1", "ice-0007", *"lnp")


@pytest.fixture
def content() -> dict:
    return disclosure_content(ITEMS, {"request_id": "r-1", "items": ITEMS[0]}, LKA)


def unseal(page: Page, officer: dict, packages: list[tuple[str, str]]) -> list[object]:
    facts = ["ice-0007", officer["thumbprint"], packages]
    return module(page, "unseal.js", UNSEAL, facts)


def one(officer: dict, content: dict, parcel: Parcel) -> tuple[str, str]:
    """A package, and its half as a token has it."""
    sealed = seal(content, officer["jwk"], parcel)
    half = wrap_half(sealed.holder_half, officer["jwk"], parcel.package_id)
    return sealed.data.decode(), half


def test_whatever_python_seals_the_browser_opens(page: Page, officer: dict) -> None:
    contents: list[dict] = []

    @settings(max_examples=25, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(addresses, st.text("abc-é0\U0001f600", min_size=1, max_size=30))
    def gather(lka: dict, request_id: str) -> None:
        request = {"request_id": request_id, "items": ITEMS[0]}
        contents.append(disclosure_content(ITEMS, request, lka))

    gather()
    packages = [
        one(officer, content, Parcel(f"{number:032x}", "a", "b", content["request_id"], *"olnp"))
        for number, content in enumerate(contents)
    ]
    assert unseal(page, officer, packages) == contents


def test_a_wrong_key_a_wrong_half_or_another_package_opens_nothing(
    page: Page, officer: dict, content: dict, parcel: Parcel
) -> None:
    data, half = one(officer, content, parcel)
    thief = {"jwk": keys.public_jwk(keys.generate())}
    other = dataclasses.replace(parcel, package_id="f" * 32)
    wrong_half = wrap_half(bytes(32), officer["jwk"], parcel.package_id)
    short_half = wrap_half(bytes(31), officer["jwk"], parcel.package_id)
    not_theirs = module(page, "keystore.js", MAKE, "ice-0007")
    renamed = json.dumps(json.loads(data) | {"package_id": "f" * 32})
    of_another = json.dumps(json.loads(data) | {"request_id": "r-2"})
    wrong = [
        (data, one(thief, content, parcel)[1]),
        (one(thief, content, parcel)[0], half),
        (one(officer, content, parcel)[0], half),
        (data, wrong_half),
        (data, short_half),
        (data, one(officer, content, other)[1]),
        (renamed, half),
        (renamed, wrap_half(bytes(32), officer["jwk"], "f" * 32)),
        (of_another, half),
        (data, ""),
        ("{}", half),
        ("", half),
        (data, None),
    ]
    assert unseal(page, officer, wrong) == [DAMAGED] * len(wrong)
    assert unseal(page, not_theirs, [(data, half)]) == [DAMAGED]
    assert unseal(page, officer, [(data, half)]) == [content]


def test_one_changed_letter_in_either_layer_and_nothing_opens(
    page: Page, officer: dict, content: dict, parcel: Parcel
) -> None:
    data, half = one(officer, content, parcel)
    sealed = read_package(data.encode()).sealed

    def spoilt(text: str) -> list[str]:
        step = max(1, len(text) // 60)
        return [
            text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
            for at in range(0, len(text), step)
        ]

    changed = [(data.replace(sealed, each), half) for each in spoilt(sealed)]
    changed += [(data, each) for each in spoilt(half)]
    assert len(changed) > 100
    assert unseal(page, officer, changed) == [DAMAGED] * len(changed)


def test_padding_and_headers_are_exactly_as_python_writes_them(
    page: Page, officer: dict, content: dict, parcel: Parcel
) -> None:
    half, about = bytes(range(32)), parcel.package_id
    wrapped = wrap_half(half, officer["jwk"], about)
    text = json.dumps(content).encode()
    padded = sealing.pad(text, 1024)

    def package(inner: bytes, kid: str = about) -> tuple[str, str]:
        inner_layer = sealing.to_officer(inner, officer["jwk"], about).encode()
        sealed = sealing.under_half(inner_layer, half, kid)
        return json.dumps({**vars(parcel), "sealed": sealed}), wrapped

    assert unseal(page, officer, [package(padded)]) == [content]
    wrong = [
        package(padded[:-1] + b"\x01"),
        package(padded[:-1]),
        package(padded + b"\0"),
        package(b"\xff\xff\xff\xff" + padded[4:]),
        package(b"\0\0\0\0" + padded[4:]),
        package(sealing.pad(b"[]", 1024)),
        package(sealing.pad(b"\xff", 1024)),
        package(padded, "f" * 32),
    ]
    assert unseal(page, officer, wrong) == [DAMAGED] * len(wrong)
