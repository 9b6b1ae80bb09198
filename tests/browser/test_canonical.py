"""The browser writes statements down, and signs them, byte for byte as Python does."""

import base64
import json

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from portcullis import keys
from portcullis.canonical import json_bytes

from .conftest import Site, module

SAFE = 2**53 - 1
texts = st.text(st.characters(exclude_categories=("Cs",))) | st.sampled_from(
    ["", "__proto__", "toString", "10", "9", "\u2028", "\x7f", "\x00", "\ue000", "\U0001f600", "é"]
)
leaves = st.none() | st.booleans() | st.integers(-SAFE, SAFE) | texts
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
statements = st.dictionaries(texts, values, max_size=6)


def test_statements_have_the_same_bytes_on_both_sides(site: Site, page: Page) -> None:
    several: list[dict[str, object]] = []

    @settings(max_examples=50, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(statements)
    def gather(statement: dict[str, object]) -> None:
        several.append(statement)

    gather()
    page.goto(site.page(""))
    script = """async ({ canonicalBytes }, texts) => {
        const { toBase64url } = await import('/static/portcullis/js/bytes.js');
        return texts.map((each) => toBase64url(canonicalBytes(JSON.parse(each))));
    }"""
    written = module(page, "canonical.js", script, [json.dumps(each) for each in several])
    assert written == [_base64url(json_bytes(each)) for each in several]


def test_keys_stand_in_the_order_of_code_points(site: Site, page: Page) -> None:
    page.goto(site.page(""))
    statement = {"\U0001f600": 1, "\uff5e": 2, "a\U0001f600": 3, "a\uff5e": 4, "a": 5}
    script = "({ canonicalBytes }, each) => new TextDecoder().decode(canonicalBytes(each))"
    assert module(page, "canonical.js", script, statement) == json_bytes(statement).decode()


def test_what_has_no_canonical_form_is_refused(site: Site, page: Page) -> None:
    page.goto(site.page(""))
    script = """({ canonicalBytes }) => {
        const told = [];
        const wrong = [0.5, 2 ** 53, JSON.parse('9007199254740993'), NaN, '\\ud800',
            { '\\udc00': 1 }, undefined, { a: undefined }, new Date(), () => 1, 1n, new Map()];
        for (const value of wrong) {
            try { canonicalBytes(value); told.push(String(value)); } catch (error) {
                if (!(error instanceof TypeError)) { told.push(error.name); }
            }
        }
        return told;
    }"""
    assert module(page, "canonical.js", script) == []


def test_base64url_is_read_in_the_one_way_it_is_written(site: Site, page: Page) -> None:
    page.goto(site.page(""))
    script = """({ fromBase64url, toBase64url }, texts) => texts.map((each) => {
        try { return toBase64url(fromBase64url(each)); } catch { return 'refused'; }
    })"""
    texts = ["", "AA", "AB", "A", "AAA=", "AA+A", "-_-_", "AAAA\n", " AA", None]
    refused = "refused"
    assert module(page, "bytes.js", script, texts) == [
        "", "AA", refused, refused, refused, refused, "-_-_", refused, refused, refused,
    ]  # fmt: skip


def test_a_statement_signed_in_the_browser_is_what_python_would_sign(
    site: Site, page: Page
) -> None:
    page.goto(site.page(""))
    statement = {"act": "approve", "list": "l-1", "n": 7, "of": [None, True, "Núñez \U0001f600"]}
    script = """async ({ makeKey }, statement) => {
        const { signed } = await import('/static/portcullis/js/jws.js');
        const key = await makeKey('ice-0007');
        return { token: await signed(statement, key), jwk: key.jwk, thumbprint: key.thumbprint };
    }"""
    made = module(page, "keystore.js", script, statement)
    assert keys.verify(made["token"], made["jwk"]) == statement
    assert keys.key_id(made["token"]) == made["thumbprint"] == keys.thumbprint(made["jwk"])
    ours = keys.generate()
    theirs = keys.sign(statement, ours).replace(
        _base64url(_header(ours.thumbprint())), _base64url(_header(made["thumbprint"]))
    )
    assert made["token"].split(".")[:2] == theirs.split(".")[:2]


def _header(thumbprint: str) -> bytes:
    return f'{{"alg":"ES256","kid":"{thumbprint}"}}'.encode()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
