"""Signing in at the site's own provider: it says who, the roster says whether."""

from collections.abc import Iterator

import pytest

from tests.web import provider as providers
from tests.web.office import Office
from tests.web.provider import Provider

CONFIGURED = """
[oidc]
name = "Agency sign-in"
server = "{origin}"
client_id = "{client}"
secret_file = "keys/oidc.secret"
person_claim = "preferred_username"
multi_factor = {strong}
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providers.running() as one:
        yield one


@pytest.fixture(scope="module")
def office(holder, provider) -> Office:
    def configure(home) -> None:
        (home / "keys" / "oidc.secret").write_text(providers.SECRET)
        said = CONFIGURED.format(origin=provider.origin, client=providers.CLIENT, strong="true")
        (home / "office.toml").write_text(said)

    return holder("new", configure)


def sign_in(office: Office, visit, provider: Provider, person: str):
    provider.person = person
    page = visit(office, "", "/accounts/login/")
    page.get_by_role("link", name="Agency sign-in").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_load_state()
    return page


def test_whom_the_roster_knows_comes_in(office, visit, provider):
    page = sign_in(office, visit, provider, "counsel")
    assert page.url == f"{office.origin}/banner/"
    page.get_by_role("button", name="I have read this").click()
    page.wait_for_url(f"{office.origin}/counsel/")


@pytest.mark.parametrize("person", ["nobody", "preparer"])
def test_a_stranger_and_one_of_the_other_side_do_not(office, visit, provider, person):
    page = sign_in(office, visit, provider, person)
    assert "not enrolled here" in page.inner_text("body")
    page.goto(f"{office.origin}/counsel/")
    assert "/accounts/login/" in page.url
