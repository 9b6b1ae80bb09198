"""A person's pages and forms as a program sees them: links walked once, forms posted at will."""

import html
import http.cookiejar
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from tests.web import signing
from tests.web.office import Office

_MOST = 60
TOO_LONG = 431  # of an address: answered in plain text before the office sees it
ODD = {
    "empty": "",
    "long": "a" * 100_000,
    "nul": "x\x00y",
    "unicode": "\u202eabc\u0000\u200b\U0001f469\u200d\U0001f692\u0301\ufffe",
    "huge": "9" * 400,
    "negative": "-1",
    "path": "../../keys/root.key",
    "markup": "<script>alert(1)</script>",
    "lines": "a\r\nSet-Cookie: b=c\r\n",
    "other": "sampler",
    "json": '{"a": [1, {"b": null}]}',
}
FINE = {200, 302, 303, 400, 403, 404, 405, 409, 413, 429, 431}


@dataclass
class Form:
    """One form: where it goes, and the names and first values of its fields."""

    page: str
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.page} -> {self.action} {sorted(self.fields)}"


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.links, self.forms = page, [], []
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs) -> None:
        said = {name: value or "" for name, value in attrs}
        match tag:
            case "a" if said.get("href"):
                self.links.append(urljoin(self.page, said["href"]).partition("#")[0])
            case "form":
                action = urljoin(self.page, said.get("action") or self.page)
                self._form = Form(self.page, action, said.get("method", "get").lower())
                self.forms.append(self._form)
            case "input" | "select" | "textarea" | "button" if self._form and said.get("name"):
                if said.get("type") == "file":
                    self._form.files.append(said["name"])
                else:
                    self._form.fields.setdefault(said["name"], said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


class Person:
    """A person's session with an office, over plain HTTP."""

    def __init__(self, office: Office, person: str) -> None:
        self.origin, self.person = office.origin, person
        self.session = requests.Session()
        if person:
            self.session.cookies.set_cookie(_cookie(office.sessions[person]))

    def get(self, path: str, **options) -> requests.Response:
        return self.session.get(self.origin + path, allow_redirects=False, timeout=120, **options)

    def post(self, path: str, data, files=None, *, csrf: bool = True) -> requests.Response:
        """Post a form. ``data``: pairs, so that a field may come twice."""
        token = self.session.cookies.get("csrftoken") or ""
        pairs = [*data, *([("csrfmiddlewaretoken", token)] if csrf else [])]
        return self.session.post(
            self.origin + path,
            data=pairs,
            files=files,
            headers={"Origin": self.origin, "Referer": self.origin + path},
            allow_redirects=False,
            timeout=120,
        )

    def act(self, office: Office, path: str, pairs, files=None) -> requests.Response:
        """Send a form that begins an act, sign what it asks for, and return what it came to."""
        self.get("/banner/")  # whose form brings the token that every form needs
        begun = self.post(path, pairs, files)
        assert begun.status_code == 302, begun.text
        place = begun.headers["Location"]
        signer = signing.passkey(office.home, self.person, office.origin)
        return self.post(place, [("token", signer.sign(self.statement(place)))])

    def statement(self, place: str) -> dict[str, Any]:
        """Return what a Sign page asks the person to sign."""
        shown = re.search(r'id="statement"[^>]*>(.*?)</script>', self.get(place).text, re.DOTALL)
        return json.loads(html.unescape(shown[1]))

    def walk(self) -> tuple[dict[str, int], list[Form]]:
        """Follow every link of the person's pages once; return each status, and all the forms."""
        waiting, seen, forms = ["/"], {}, {}
        while waiting and len(seen) < _MOST:
            path = waiting.pop(0)
            plain = _same(path)
            if plain in seen:
                continue
            answer = self.get(path)
            seen[plain] = answer.status_code
            if "Location" in answer.headers:
                waiting.append(urljoin(path, answer.headers["Location"]))
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            reader = _Reader(path)
            reader.feed(answer.text)
            for form in reader.forms:
                forms.setdefault((_same(form.action), tuple(sorted(form.fields))), form)
            waiting += [each for each in reader.links if _ours(each)]
        return seen, list(forms.values())


def _same(path: str) -> str:
    """Return the address without its query: pages of one list are one page."""
    return urlsplit(path).path


def _ours(path: str) -> bool:
    return path.startswith("/") and not path.startswith(("/static/", "/accounts/logout"))


def _cookie(value: str) -> http.cookiejar.Cookie:
    return requests.cookies.create_cookie(
        "portcullis-session", value, domain="localhost.local", path="/"
    )


def post_all(office: Office, walked: dict[str, list[Form]], kinds) -> int:
    """Post every form of everybody with odd values of these kinds; return how many were posted."""
    posted = 0
    for name, forms in walked.items():
        person = Person(office, name)
        person.get("/banner/")
        for form in forms:
            for kind in kinds:
                pairs = [(field, ODD[kind]) for field in form.fields if "csrf" not in field]
                pairs += pairs[:1]  # a field that comes twice
                files = {each: ("x.csv", ODD[kind].encode()) for each in form.files}
                if form.method == "get":
                    answer = person.get(form.action, params=pairs)
                else:
                    answer = person.post(form.action, pairs, files or None)
                posted += 1
                words = answer.text
                assert answer.status_code in FINE, (form.name, kind, words, office.log[-3000:])
                assert "This form is no longer good" not in words, form.name  # it came further
                assert "Traceback" not in words
                assert "<script>alert(1)" not in words
                if answer.status_code >= 400 and answer.status_code != TOO_LONG:
                    said = re.sub(r"<[^>]+>", " ", words.partition("<main")[2]).split()
                    assert len(said) > 8, (form.name, kind, answer.status_code, words)
    return posted
