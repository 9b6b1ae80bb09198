"""A tiny site with the office's own scripts, under the office's Content-Security-Policy."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

import portcullis.office

STATIC = Path(portcullis.office.__file__).parent / "web" / "static" / "portcullis"
TYPES = {".js": "text/javascript", ".css": "text/css"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
Answer = tuple[int, str, str]  # status, content type, body


def answer(status: int, value: object) -> Answer:
    return status, "application/json", json.dumps(value)


@dataclass
class Site:
    """``pages``: path -> what it shows. ``acts``: path -> what a POST's form is answered with."""

    origin: str
    pages: dict[str, str] = field(default_factory=dict)
    acts: dict[str, Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def page(self, body: str, *scripts: str) -> str:
        """Keep a page with these scripts of the office; return its address."""
        path = f"/page-{len(self.pages)}"
        tags = "".join(
            f'<script type="module" src="/static/portcullis/js/{one}"></script>' for one in scripts
        )
        sheet = '<link rel="stylesheet" href="/static/portcullis/css/opening.css">'
        self.pages[path] = f"<!doctype html><title>Test</title>{sheet}{tags}<body>{body}</body>"
        return self.origin + path


@pytest.fixture(scope="session")
def _site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/static/portcullis/"):
                path = STATIC / self.path.removeprefix("/static/portcullis/")
                self._send(200, TYPES[path.suffix], path.read_text("utf-8"))
            elif self.path in site.pages:
                self._send(200, "text/html; charset=utf-8", site.pages[self.path])
            else:
                self._send(404, "text/plain", "")

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(text, True).items()}
            site.posted.append((self.path, form))
            act = site.acts.get(self.path, lambda _: (200, "text/html", "<p id=done>Done"))
            self._send(*act(form))

        def log_message(self, *_: object) -> None:
            pass

        def _send(self, status: int, kind: str, text: str) -> None:
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://localhost:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(_site: Site) -> Site:
    """The site, with nothing on it."""
    _site.pages.clear()
    _site.acts.clear()
    _site.posted.clear()
    return _site


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile, one for the tests of a module: each makes keys of its own in it."""
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture
def page(profile: BrowserContext) -> Iterator[Page]:
    """A page of the profile; what it says on its console fails the test."""
    opened = profile.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    assert [each for each in said if "status of 4" not in each] == []


def module(page: Page, name: str, script: str, argument: object = None) -> object:
    """Run ``script`` (a function of the module's exports and ``argument``) in the page."""
    return page.evaluate(
        f"async (argument) => ({script})(await import('/static/portcullis/js/{name}'), argument)",
        argument,
    )
