"""Errands to the holder's office over its API, each HTTP request signed in its person's browser.

The server holds nobody's key. It drafts the request; the person's browser signs its signature base
(RFC 9421) with the key that the roster has of them and that never leaves it; the server carries the
very request that was signed. So the holder knows the person, as from any client. A passkey signs
no HTTP request: who has no key in a browser carries files, or uses ``portcullis.client``.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

import urllib3

from portcullis.client import Body, Call, Problem, digest_of
from portcullis.custody import Visit
from portcullis.errors import Refused
from portcullis.intake import manifest_path
from portcullis.office.requesting import checking, drafts, manifests, received, sending
from portcullis.office.requesting.models import Draft, Opening
from portcullis.office.work import uploads
from portcullis.tables import publish

if TYPE_CHECKING:
    from portcullis.office.requesting.home import RequesterHome

SEND, RECEIPT, ANSWERS = "send", "receipt", "answers"
_CHUNK = 1 << 20
_LONGEST = 65_536  # bytes of a signature
_FAILED = ("failed", "cancelled")


class Errand(Protocol):
    """What is done at the holder's office, request by request.

    ``state`` is what one request leaves for the next, as JSON has it. ``is_long``: whether the next
    request carries so much that a worker carries it.
    """

    state: dict[str, Any]

    @property
    def is_long(self) -> bool:
        """Whether the next request is for a worker."""
        ...

    def next(self) -> Call | None:
        """Return the next request; None once all is done."""
        ...

    def body(self) -> Body | None:
        """Return what the next request carries."""
        ...

    def take(self, answer: urllib3.BaseHTTPResponse) -> None:
        """Take the answer to that request."""
        ...


class _OfADraft:
    """An errand of a batch that is sent: how far it is stands in the draft."""

    def __init__(self, home: "RequesterHome", draft: Draft) -> None:
        if draft.state not in ("sent", "answered"):
            raise Refused("That batch is not sent.", "Sign and send it first.")
        self.home, self.draft = home, draft
        self.state: dict[str, Any] = {}

    @property
    def is_long(self) -> bool:
        return False

    def body(self) -> Body | None:
        return None

    def _know(self, **facts: Any) -> None:  # noqa: ANN401 - what JSON holds
        self.draft.network = {**self.draft.network, **facts}
        self.draft.save(update_fields=["network"])

    def _kept(self, name: str, answer: urllib3.BaseHTTPResponse) -> uploads.Upload:
        return uploads.receive(self.home.path, name, answer.stream(_CHUNK))


class SendBatch(_OfADraft):
    """Sends the transmittal: the file first, then its signed manifest."""

    @property
    def is_long(self) -> bool:
        """Whether it is the file of a large batch."""
        return "upload" not in self.draft.network and self.draft.rows > checking.AT_ONCE

    def next(self) -> Call | None:
        """Return the request for the file, then for the manifest."""
        if "task" in self.draft.network:
            return None
        body = self.body()
        if isinstance(body, bytes):
            return Call.post("/transmittals", digest_of(body))
        name = urlencode({"name": drafts.file_name(self.draft)})
        digest = manifests.manifest_of(self.draft).file.sha256
        return Call.post(f"/uploads?{name}", digest, "application/octet-stream")

    def body(self) -> Body | None:
        """Return the file, then the manifest with what names the file there."""
        path = sending.outgoing(self.home, self.draft) / drafts.file_name(self.draft)
        if "upload" not in self.draft.network:
            return path
        signed = json.loads(manifest_path(path).read_bytes())
        signed["upload"] = self.draft.network["upload"]
        return json.dumps(signed, sort_keys=True).encode()

    def take(self, answer: urllib3.BaseHTTPResponse) -> None:
        """Remember by what the holder knows the file, then the work of taking it in."""
        said = json.loads(answer.data)
        if "upload" in said:
            self._know(upload=said)
        else:
            self._know(task=str(said["id"]))


class FetchReceipt(_OfADraft):
    """Asks whether the transmittal is taken in, and fetches the receipt."""

    def next(self) -> Call | None:
        """Return the request for the work's state, then for the receipt."""
        known = self.draft.network
        if known.get("task") and not known.get("taken"):
            return Call.get(f"/transmittals/{quote(known['task'])}")
        if "receipt" not in self.state:
            return Call.get(f"/batches/{quote(self.draft.id)}/receipt")
        return None

    def take(self, answer: urllib3.BaseHTTPResponse) -> None:
        """Go on once it is taken in. Raises Refused where it is not, or not yet."""
        known = self.draft.network
        if not known.get("task") or known.get("taken"):
            self.state["receipt"] = self._kept("receipt.json", answer).as_json()
            self._know(receipt=self.state["receipt"])
            return
        said = json.loads(answer.data)
        if said["state"] in _FAILED:
            self.draft.network = {}
            self.draft.save(update_fields=["network"])
            raise Refused(f"The holder did not take it in: {said['said']}", str(said["remedy"]))
        if said["state"] != "done":
            raise Refused("The holder is still taking it in.", "Ask again in a moment.")
        self._know(taken=True)


class FetchAnswers(_OfADraft):
    """Fetches the answers: their signature first, then the file."""

    @property
    def is_long(self) -> bool:
        """Whether it is the file of a large batch."""
        return "jws" in self.draft.network and self.draft.rows > checking.AT_ONCE

    def next(self) -> Call | None:
        """Return the request for the signature, then for the answers."""
        known = self.draft.network
        if "answers" in known:
            return None
        suffix = "" if "jws" in known else ".jws"
        return Call.get(f"/batches/{quote(self.draft.id)}/answers.jsonl{suffix}")

    def take(self, answer: urllib3.BaseHTTPResponse) -> None:
        """Keep what came, for whoever takes it in."""
        if "jws" not in self.draft.network:
            self._know(jws=answer.read(_LONGEST).decode(errors="replace"))
            return
        upload = self._kept("answers.jsonl", answer)
        path = uploads.path_of(self.home.path, upload.id, upload.name)
        publish(path.with_name(f"{path.name}.jws"), self.draft.network["jws"].encode())
        self._know(answers=upload.as_json())


class AskToken:
    """Asks for the token of an opening."""

    is_long = False

    def __init__(self, asked: Opening) -> None:
        self.asked = asked
        self.state: dict[str, Any] = {}

    def next(self) -> Call | None:
        """Return the request, until the token is here."""
        if self.asked.token or not self.asked.request:
            return None
        return Call.post(f"/packages/{quote(self.asked.package)}/tokens", digest_of(self.body()))

    def body(self) -> bytes:
        """Return the signed opening request."""
        return json.dumps({"opening": self.asked.request}).encode()

    def take(self, answer: urllib3.BaseHTTPResponse) -> None:
        """Keep the token."""
        self.asked.token = str(json.loads(answer.data)["token"])
        self.asked.save(update_fields=["token"])


class FetchPackages:
    """Fetches the officer's packages, one after another, and takes each in unopened."""

    is_long = False

    def __init__(self, home: "RequesterHome", visited: Visit, state: Mapping[str, Any]) -> None:
        self.home, self.visited = home, visited
        self.state: dict[str, Any] = {"after": "", "found": "", "taken": 0, "over": False, **state}

    def next(self) -> Call | None:
        """Return the request for the next package's id, then for the package."""
        if self.state["over"]:
            return None
        if self.state["found"]:
            return Call.get(f"/packages/{quote(self.state['found'])}")
        return Call.get(f"/packages?{urlencode({'after': self.state['after'], 'limit': 1})}")

    def body(self) -> None:
        """Return nothing: it reads."""
        return

    def take(self, answer: urllib3.BaseHTTPResponse) -> None:
        """Take the package in, or learn which is next."""
        if self.state["found"]:
            received.take_in(self.home, self.visited, answer.data, {})
            self.state |= {"after": self.state["found"], "found": ""}
            self.state["taken"] += 1
            return
        items = json.loads(answer.data)["items"]
        if not items:
            self.state["over"] = True
        elif self._is_here(items[0]):
            self.state["after"] = str(items[0]["id"])
        else:
            self.state["found"] = str(items[0]["id"])

    def _is_here(self, item: Mapping[str, Any]) -> bool:
        path = self.home.recipient.packages / f"{item['id']}.json"
        return str(item["id"]).isalnum() and path.is_file()


def of_draft(
    home: "RequesterHome", draft: Draft, name: str
) -> SendBatch | FetchReceipt | FetchAnswers:
    """Return the errand ``name`` of a batch."""
    if name == SEND:
        return SendBatch(home, draft)
    return FetchReceipt(home, draft) if name == RECEIPT else FetchAnswers(home, draft)


def lost(draft: Draft, problem: Problem) -> None:
    """Forget a file that the holder has no more: it is sent again."""
    if "upload" in draft.network and "task" not in draft.network and problem.status < 500:  # noqa: PLR2004
        draft.network = {}
        draft.save(update_fields=["network"])
