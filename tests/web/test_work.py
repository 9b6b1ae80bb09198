"""Long work on its page: how far it is, without a reload; stopped there; nobody else's to see."""

import pytest
from playwright.sync_api import expect

from tests.office.world import World
from tests.web import axe
from tests.web.office import Office
from tests.work.office import Office as Workers

STEP = "Screen the requests"


@pytest.fixture(scope="module")
def office(holder) -> Office:
    return holder("received")


@pytest.fixture(scope="module")
def workers(office: Office):
    made = Workers(World(office.home.parent))
    yield made
    made.end()


@pytest.mark.long
def test_the_page_of_long_work_shows_it_live_and_stops_it(office, workers, visit):
    task = workers.play("adjudicate")
    page = visit(office, "specialist", f"/work/{task}/")
    part = page.locator("#progress")
    expect(part).to_contain_text("Waiting")
    axe.check(page)
    workers.work(STEP)
    patience = 60_000.0
    expect(part).to_contain_text("Working", timeout=patience)
    expect(part).to_contain_text(STEP, timeout=patience)
    axe.check(page)
    part.get_by_role("button", name="Stop it").click()
    expect(part).to_contain_text("Cancelled", timeout=patience)
    expect(part).to_contain_text("Nothing half-done counts.")
    assert part.get_attribute("hx-get") is None
    workers.play("adjudicate")
    page.reload()
    expect(part).to_contain_text("Done", timeout=patience)
    expect(part).to_contain_text("10 requests are decided.")
    axe.check(page)
    plain = visit(office, "specialist", f"/work/{task}/", java_script_enabled=False)
    expect(plain.locator("#progress")).to_contain_text("10 requests are decided.")
    # Whose it is not is denied, on the record; the administrator sees to it that work goes on.
    denied = visit(office, "sampler", f"/work/{task}/")
    assert "This work is not yours to see." in denied.inner_text("main")
    assert "on the record" in denied.inner_text("main")
    seen = visit(office, "administrator", f"/work/{task}/")
    expect(seen.locator("#progress")).to_contain_text("Done")
    lost = visit(office, "specialist", "/work/00000000-0000-4000-8000-000000000000/")
    assert "There is no such work." in lost.inner_text("main")
