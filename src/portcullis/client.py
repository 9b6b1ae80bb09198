"""A client of the holder's HTTP API, for a requester's systems: thin, typed, with its own retries.

    client = Client("https://office.example.gov", key)
    kept = client.submit_single(request, manifest)
    for answer in client.answers("batch-7"): ...

Every request is signed with a person's enrolled key (RFC 9421). A request that writes bears a fresh
Idempotency-Key and is sent again, unchanged, where no answer came: it is done once. Who carries
requests that their person signs elsewhere, in a browser, uses ``Relay``.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import urllib3
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureKeyResolver,
    PreparedSignature,
    algorithms,
)

from portcullis import keys
from portcullis.agreements import proposed
from portcullis.errors import Misuse, Refused

PREFIX = "/api/v1"
TAG = "portcullis"
COVERED = ("@method", "@target-uri")
COVERED_WRITING = (*COVERED, "content-digest", "idempotency-key")
"""What a signature covers of a request that reads, and of one that writes."""
_TRIES = 3
_WAIT = urllib3.Timeout(connect=5, read=60)  # seconds
_DONE = 300
_STATEMENTS = 3  # that one act asks to be signed, at most
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Problem(Refused):
    """The API answered with a problem (RFC 9457): its ``status``, words, remedy and ``code``."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(str(said.get("detail", "")), str(said.get("remedy", "")))
        self.status = int(said.get("status", 0))
        self.code = str(said.get("code", ""))


class _Key(HTTPSignatureKeyResolver):
    def __init__(self, key: keys.ECKey) -> None:
        self._key = key

    def resolve_private_key(self, _key_id: str) -> object:
        return self._key.private_key


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


Show = Callable[[Mapping[str, Any]], None]
"""Is told each statement before it is signed."""


def _show_nobody(_statement: Mapping[str, Any]) -> None:
    pass


class Client:
    """The API at ``origin`` (``https://office.example.gov``), used by the person of ``key``.

    Raises Misuse for an origin that is not https, but for this very machine.
    """

    def __init__(self, origin: str, key: keys.ECKey) -> None:
        self._origin = _checked(origin)
        self._key = key
        self._pool = urllib3.PoolManager(timeout=_WAIT, retries=False, maxsize=8)
        self._signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=_Key(key)
        )

    def screen(self, requests: list[Mapping[str, str | None]]) -> list[dict[str, Any]]:
        """Return what would come back of ``requests``, and why; no record is read."""
        said = self._send("POST", "/screenings", {"requests": [dict(one) for one in requests]})
        return list(said["findings"])

    def submit_single(
        self, request: Mapping[str, str | None], signed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Send one request with its ``signed`` manifest (members manifest and signatures)."""
        body = {"request": dict(request), **{name: signed[name] for name in _PARTS}}
        return self._send("POST", "/requests", body)

    def single(self, request_id: str) -> dict[str, Any]:
        """Return where a single request stands."""
        return self._get(f"/requests/{_quoted(request_id)}")

    def submit(self, batch: Path, manifest: Path) -> dict[str, Any]:
        """Send a batch file and its signed manifest; return the task that takes it in."""
        content = batch.read_bytes()
        name = urlencode({"name": batch.name})
        received = self._write("POST", f"/uploads?{name}", content, "application/octet-stream")
        signed = json.loads(manifest.read_bytes())
        body = {"upload": received, **{part: signed[part] for part in _PARTS}}
        return self._send("POST", "/transmittals", body)

    def transmittal(self, task_id: str) -> dict[str, Any]:
        """Return how far a transmittal's taking in is."""
        return self._get(f"/transmittals/{_quoted(task_id)}")

    def batches(self) -> Iterator[dict[str, Any]]:
        """Yield the batches."""
        return self._pages("/batches")

    def batch(self, batch_id: str) -> dict[str, Any]:
        """Return one batch."""
        return self._get(f"/batches/{_quoted(batch_id)}")

    def receipt(self, batch_id: str) -> dict[str, Any]:
        """Return a batch's signed receipt."""
        return self._get(f"/batches/{_quoted(batch_id)}/receipt")

    def answers(self, batch_id: str) -> Iterator[dict[str, Any]]:
        """Yield the answers of a batch, in received order."""
        return self._pages(f"/batches/{_quoted(batch_id)}/answers")

    def findings(self, batch_id: str) -> Iterator[dict[str, Any]]:
        """Yield what was returned of a batch, with its findings."""
        return self._pages(f"/batches/{_quoted(batch_id)}/findings")

    def packages(self) -> Iterator[dict[str, Any]]:
        """Yield the sealed packages delivered to this officer."""
        return self._pages("/packages")

    def package(self, package_id: str) -> bytes:
        """Return one sealed package."""
        return self._ask("GET", f"/packages/{_quoted(package_id)}", {}, None).data

    def token(self, package_id: str, opening: str) -> str:
        """Return the holder's token for a signed opening request."""
        said = self._send("POST", f"/packages/{_quoted(package_id)}/tokens", {"opening": opening})
        return str(said["token"])

    def proof(self, batch_id: str, request_id: str) -> dict[str, Any]:
        """Return a request's leaf and proof."""
        return self._get(f"/proofs/{_quoted(batch_id)}/{_quoted(request_id)}")

    def orders(self) -> list[dict[str, Any]]:
        """Return the orders and holds."""
        said: Any = self._get("/orders")
        return list(said)

    def act(
        self,
        name: str,
        data: Mapping[str, Any],
        show: Show = _show_nobody,
        signer: keys.Signer | None = None,
    ) -> str:
        """Do an act of a desk, signing what it asks for; ``show`` is told each statement first.

        ``signer``: the person's passkey, which an act that binds asks for; else the key signs.
        """
        return str(self._signed(name, f"/acts/{_quoted(name)}", data, show, signer)["done"])

    def begin(
        self,
        name: str,
        data: Mapping[str, Any],
        show: Show = _show_nobody,
        signer: keys.Signer | None = None,
    ) -> str:
        """Do an act that begins long work, as ``act``; return the id of its task."""
        return str(self._signed(name, f"/acts/{_quoted(name)}", data, show, signer)["task"])

    def task(self, task_id: str) -> dict[str, Any]:
        """Return how far the work is that an act of this person began."""
        return self._get(f"/tasks/{_quoted(task_id)}")

    def order_report(
        self, report: str, by: date, show: Show = _show_nobody, signer: keys.Signer | None = None
    ) -> dict[str, Any]:
        """Order a report as of the end of the day ``by``, signed as an act is; return it."""
        return self._signed(
            "report", "/reports", {"report": report, "by": by.isoformat()}, show, signer
        )

    def order_export(
        self,
        body: str,
        request: bytes,
        by: date,
        show: Show = _show_nobody,
        signer: keys.Signer | None = None,
        *,
        persons: bool = False,
    ) -> dict[str, Any]:
        """Order an export for the overseer ``body``, on its written ``request``; return it.

        Only the request's SHA-256 is sent. ``persons``: with the return information of every
        disclosure made, where the body's law gives it.
        """
        digest = hashlib.sha256(request).hexdigest()
        data = {"body": body, "request": digest, "by": by.isoformat(), "persons": persons}
        return self._signed("oversight-export", "/exports", data, show, signer)

    def reports(self) -> Iterator[dict[str, Any]]:
        """Yield the reports and exports that this person ordered, the newest first."""
        return self._pages("/reports")

    def report(self, report_id: str) -> dict[str, Any]:
        """Return how far a report is, and the names of its files once it is made."""
        return self._get(f"/reports/{_quoted(report_id)}")

    def report_file(self, report_id: str, name: str) -> bytes:
        """Return one file of a report."""
        path = f"/reports/{_quoted(report_id)}/files/{_quoted(name)}"
        return self._ask("GET", path, {}, None).data

    def _signed(
        self,
        name: str,
        path: str,
        data: Mapping[str, Any],
        show: Show,
        signer: keys.Signer | None,
    ) -> dict[str, Any]:
        """Send ``data``, and sign what is asked for until it is done; return what was done.

        Raises Refused where something else is asked for than the act ``name`` (``proposed``).
        """
        signs = signer or keys.KeySigner(self._key)
        body: dict[str, Any] = {"data": dict(data), "tokens": []}
        for _ in range(_STATEMENTS + 1):
            said = self._send("POST", path, body)
            statement = said.get("to_sign")
            if statement is None:
                return said
            proposed.check(statement, name, data, said["moment"])
            show(statement)
            body["moment"] = said["moment"]
            body["tokens"].append(signs.sign(statement))
        raise Refused("The office asks for one signature after another.", "Tell whoever keeps it.")

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        after: str | None = ""
        while after is not None:
            said = self._get(f"{path}?{urlencode({'after': after, 'limit': 1000})}")
            yield from said["items"]
            after = said["next"]

    def _get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._ask("GET", path, {}, None).data)
        return found

    def _send(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._write(method, path, json.dumps(body).encode(), "application/json")

    def _write(self, method: str, path: str, body: bytes, kind: str) -> dict[str, Any]:
        headers = {"Idempotency-Key": secrets.token_urlsafe(24), "Content-Type": kind}
        found: dict[str, Any] = json.loads(self._ask(method, path, headers, body).data)
        return found

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        for again in range(_TRIES):
            message = _Message(method, self._origin + PREFIX + path, dict(headers))
            self._sign(message, body)
            try:
                response = self._pool.request(
                    method, message.url, body=body, headers=message.headers, redirect=False
                )
            except urllib3.exceptions.HTTPError:
                if again + 1 == _TRIES:
                    raise Misuse(
                        "The holder's office does not answer.",
                        "Try again later; look at the address.",
                    ) from None
                continue
            if response.status >= _DONE:
                raise Problem(_problem(response))
            return response
        raise AssertionError("the last try returned or raised")

    def _sign(self, message: _Message, body: bytes | None) -> None:
        covered = ["@method", "@target-uri"]
        if body is not None:
            covered.append("idempotency-key")
        self._signer.sign(
            message,
            key_id=self._key.thumbprint(),
            created=datetime.now(UTC),
            tag=TAG,
            covered_component_ids=covered,
            body=body,
        )


Body = bytes | Path
"""What a request carries: bytes, or a file of any size."""


@dataclass(frozen=True)
class Call:
    """One request to the API, as its sender signs it.

    ``path`` stands below PREFIX; ``created`` is in seconds since 1970. One that writes has a fresh
    ``idempotency_key``, the ``digest`` (SHA-256, hex) of its body and the body's media ``type``.
    """

    method: str
    path: str
    created: int
    idempotency_key: str = ""
    digest: str = ""
    type: str = ""

    @classmethod
    def get(cls, path: str) -> "Call":
        """Return a request that reads."""
        return cls("GET", path, int(time.time()))

    @classmethod
    def post(cls, path: str, digest: str, media: str = "application/json") -> "Call":
        """Return a request that writes a body of that digest."""
        return cls("POST", path, int(time.time()), secrets.token_urlsafe(24), digest, media)


class Relay:
    """The API at ``origin``, for whoever carries requests that are signed elsewhere."""

    def __init__(self, origin: str) -> None:
        self._origin = origin.rstrip("/")
        self._pool = urllib3.PoolManager(timeout=_WAIT, retries=False, maxsize=8)
        self._signer = HTTPMessageSigner(signature_algorithm=algorithms.ECDSA_P256_SHA256)

    def base(self, call: Call, key_id: str) -> bytes:
        """Return what the key of ``key_id`` (its thumbprint) signs: the signature base, ASCII."""
        return self._prepared(self._message(call), call, key_id).signature_base

    def send(
        self, call: Call, key_id: str, signature: bytes, body: Body | None = None
    ) -> urllib3.BaseHTTPResponse:
        """Send ``call`` with its signature (64 bytes, r and s); return the answer, not yet read.

        Raises Problem where the API refuses, Misuse where it does not answer.
        """
        message = self._message(call)
        self._signer.apply(message, self._prepared(message, call, key_id), signature)
        for again in range(_TRIES):
            try:
                return self._sent(message, body)
            except urllib3.exceptions.HTTPError:
                if again + 1 == _TRIES:
                    raise Misuse(
                        "The holder's office does not answer.",
                        "Try again later; look at the address.",
                    ) from None
        raise AssertionError("the last try returned or raised")

    def _sent(self, message: _Message, body: Body | None) -> urllib3.BaseHTTPResponse:
        headers = dict(message.headers)
        with ExitStack() as opened:
            if isinstance(body, Path):
                headers["Content-Length"] = str(body.stat().st_size)
            response = self._pool.request(
                message.method,
                message.url,
                body=opened.enter_context(body.open("rb")) if isinstance(body, Path) else body,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
        if response.status >= _DONE:
            raise Problem(_problem(response))
        return response

    def _message(self, call: Call) -> _Message:
        headers = {}
        if call.idempotency_key:
            digest = base64.b64encode(bytes.fromhex(call.digest)).decode()
            headers = {
                "Idempotency-Key": call.idempotency_key,
                "Content-Type": call.type,
                "Content-Digest": f"sha-256=:{digest}:",
            }
        return _Message(call.method, self._origin + PREFIX + call.path, headers)

    def _prepared(self, message: _Message, call: Call, key_id: str) -> PreparedSignature:
        writes = bool(call.idempotency_key)
        return self._signer.prepare(
            message,
            key_id=key_id,
            created=datetime.fromtimestamp(call.created, UTC),
            tag=TAG,
            covered_component_ids=COVERED_WRITING if writes else COVERED,
            use_existing_digest=writes,
        )


_PARTS = ("manifest", "signatures")


def _quoted(part: str) -> str:
    """Return one part of an address: whatever is in it, it is one part."""
    return quote(part, safe="")


def _checked(origin: str) -> str:
    """Return the office's origin. Raises Misuse where somebody on the way could answer for it."""
    parts = urlsplit(origin)
    if parts.scheme != "https" and parts.hostname not in _THIS_MACHINE:
        raise Misuse("The office's address is not https.", "Name one that begins with https://.")
    return origin.rstrip("/")


def _problem(response: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    try:
        said = json.loads(response.data)
    except ValueError:
        said = None
    unknown = {"status": response.status, "detail": "The office answered with an error."}
    return said if isinstance(said, dict) else unknown


def digest_of(body: bytes) -> str:
    """Return the SHA-256 (hex) of what a request carries."""
    return hashlib.sha256(body).hexdigest()
