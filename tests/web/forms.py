"""A person's pages and forms as a program sees them: links walked once, forms posted at will."""

import http.cookiejar
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from tests.web.office import Office

_MOST = 60


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
