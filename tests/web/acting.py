"""Acts at a desk without a browser: forms over HTTP, signed by the person's passkey outside it.

For what a page says and does; how it looks, and that a browser signs it, is tested with one.
"""

import html
import json
import re

from tests.web.forms import Person
from tests.web.office import Office
from tests.web.signing import passkey

DOCUMENT = ("order.pdf", b"%PDF an order")


class Desk:
    """A person at their desk."""

    def __init__(self, office: Office, person: str) -> None:
        self.person = Person(office, person)
        self.signs = passkey(office.home, person, office.origin)
        self.answer = self.person.get("/banner/")

    @property
    def text(self) -> str:
        """What the last page says, in one line."""
        return words(self.answer.text)

    def get(self, path: str) -> str:
        """Open a page; return what it says."""
        self.answer = self.person.get(path)
        return self.text

    def ask(self, path: str, *pairs: tuple[str, str], **files) -> str:
        """Send a form; return what comes of it: the form again, or the page Sign."""
        sent = {name: file for name, file in files.items() if file}
        self.answer = self.person.post(path, [("_", ""), *pairs], sent or None)
        self.place = self.answer.headers.get("Location", "")
        return self.get(self.place) if self.place else self.text

    def statement(self) -> dict:
        """Return what the page Sign asks to be signed."""
        shown = re.search(r'id="statement"[^>]*>(.*?)</script>', self.answer.text, re.DOTALL)
        return json.loads(html.unescape(shown[1]))

    def sign(self) -> str:
        """Sign what is asked, and whatever is asked after it; return the page it comes to."""
        while self.place.startswith("/sign/"):
            self.get(self.place)
            token = self.signs.sign(self.statement())
            self.answer = self.person.post(self.place, [("token", token)])
            self.place = self.answer.headers.get("Location", "")
            if not self.place:
                return self.text
        return self.get(self.place)


def words(page: str) -> str:
    """Return what a page's main part says, in one line, without its scripts and tags."""
    main = re.sub(r"<script.*?</script>", " ", page.partition("<main")[2], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", "<" + main)).split())
