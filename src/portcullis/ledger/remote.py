"""A witness somewhere else, asked over HTTP (c2sp.org/tlog-witness)."""

import re
import time
from collections.abc import Sequence
from http import HTTPStatus

import urllib3
from urllib3.exceptions import HTTPError, LocationParseError, ProtocolError

from portcullis.errors import Misuse
from portcullis.ledger.notes import (
    COSIGNATURE,
    NoteInvalid,
    parse_checkpoint,
    parse_vkey,
    split_note,
)
from portcullis.ledger.submissions import MOST_BYTES, encode_submission
from portcullis.ledger.witness import (
    BAD_REQUEST,
    CONFLICT,
    FORBIDDEN,
    NOT_FOUND,
    UNPROCESSABLE,
    WitnessRefused,
    lines_of,
    origin_hash,
)

_SIZE_TYPE = "text/x.tlog.size"
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
_CHUNK = 16 * 1024
_CONNECTIONS = 4

_REFUSALS = {
    BAD_REQUEST: "It found the request malformed.",
    FORBIDDEN: "It has no signature by a key it trusts for this log, or a wrong one.",
    NOT_FOUND: "It does not know this log.",
    UNPROCESSABLE: "The log does not extend what it has seen.",
}


class WitnessUnreachable(WitnessRefused):
    """A witness could not be asked, or gave no whole answer in time."""

    def __init__(self, message: str) -> None:
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE, message)


class RemoteWitness:
    """The witness with the verifier key ``vkey`` (type 04) at ``url``, its submission prefix.

    timeout: seconds for the connection, for each wait, and for the whole of an answer's body.

    Connections are kept alive and shared by threads. Redirects are not followed and the
    environment's proxies not used: a witness is where its operator said it is. Raises Misuse where
    key or address is none.
    """

    def __init__(self, vkey: str, url: str, *, timeout: float = 5.0) -> None:
        self._verifier = parse_vkey(vkey)
        if self._verifier.kind != COSIGNATURE:
            raise Misuse("This is not a witness's key.", "A witness's verifier key is of type 04.")
        self._prefix = _prefix(url)
        self._timeout = timeout
        self._pool = urllib3.PoolManager(
            maxsize=_CONNECTIONS, timeout=urllib3.Timeout(timeout), retries=False
        )

    @property
    def vkey(self) -> str:
        """The witness's verifier key (type 04)."""
        return self._verifier.vkey

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: str) -> str:
        """Return the witness's cosignature line on ``note``, which extends the log of ``old``.

        The line is verified; lines of other keys in the answer are left out. Raises WitnessRefused
        with the status the witness gave (502: an answer that is none), WitnessUnreachable.
        """
        body = encode_submission(old, proof, note)
        status, kind, answer = self._ask("POST", "add-checkpoint", body)
        if status == CONFLICT:
            seen = _SIZE.fullmatch(answer) if kind == _SIZE_TYPE else None
            size = int(seen[1]) if seen else None
            raise WitnessRefused(CONFLICT, "It has seen another size of this log.", size)
        if status != HTTPStatus.OK:
            raise self._refused(status)
        text, _ = split_note(note)
        return self._own_line(f"{text}\n".encode() + answer, text)

    def newest(self, origin: str) -> str | None:
        """Return the newest checkpoint of the log ``origin`` that the witness serves, cosigned.

        A signed note; the witness's line is verified, the log's are not. None where it has never
        cosigned one. Raises as ``add_checkpoint``.
        """
        status, _, answer = self._ask("GET", f"{origin_hash(origin)}/checkpoint", None)
        if status == NOT_FOUND:
            return None
        if status != HTTPStatus.OK:
            raise self._refused(status)
        self._own_line(answer)
        note = answer.decode()
        try:
            found = parse_checkpoint(split_note(note)[0]).origin
        except NoteInvalid:
            found = None
        if found != origin:
            raise WitnessRefused(HTTPStatus.BAD_GATEWAY, "It served no checkpoint of this log.")
        return note

    def _own_line(self, note: bytes, text: str | None = None) -> str:
        """Return the witness's verified line in ``note``, whose text must be ``text`` if given."""
        try:
            line = lines_of([self._verifier], note.decode())
            sound = bool(line) and text in (None, split_note(note.decode())[0])
        except (NoteInvalid, UnicodeDecodeError):
            sound = False
        if not sound:
            raise WitnessRefused(HTTPStatus.BAD_GATEWAY, "It answered without a valid cosignature.")
        return line

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, str, bytes]:
        """Return an answer's status, content type and bytes."""
        try:
            try:
                return self._request(method, path, body)
            except ProtocolError:
                # A kept connection may have been closed just now. Asking twice does no harm: a
                # checkpoint already taken is answered with its size.
                return self._request(method, path, body)
        except HTTPError as problem:
            raise WitnessUnreachable(f"It cannot be reached ({type(problem).__name__}).") from None

    def _request(self, method: str, path: str, body: bytes | None) -> tuple[int, str, bytes]:
        response = self._pool.request(
            method,
            f"{self._prefix}/{path}",
            body=body,
            preload_content=False,
            decode_content=False,
            redirect=False,
        )
        try:
            answer = self._bounded(response)
        except (HTTPError, WitnessUnreachable):
            response.close()
            raise
        response.release_conn()
        kind, _, _ = response.headers.get("Content-Type", "").partition(";")
        return response.status, kind.strip().lower(), answer

    def _bounded(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """Read an answer, of bounded size, in bounded time."""
        latest = time.monotonic() + self._timeout
        answer = b""
        while chunk := response.read1(_CHUNK):
            answer += chunk
            if len(answer) > MOST_BYTES or time.monotonic() > latest:
                raise WitnessUnreachable("Its answer has no end.")
        return answer

    @staticmethod
    def _refused(status: int) -> WitnessRefused:
        return WitnessRefused(status, _REFUSALS.get(status, f"It answered with status {status}."))


def _prefix(url: str) -> str:
    """Return the address without its last slash. Raises Misuse where it is no plain http(s) one."""
    try:
        parts = urllib3.util.parse_url(url)
        plain = parts.scheme in ("http", "https") and bool(parts.host)
        plain = plain and not (parts.auth or parts.query or parts.fragment)
    except LocationParseError:
        plain = False
    if not plain:
        raise Misuse(
            "A witness's address is not one of http or https.",
            "It reads https://witness.example/prefix, with no password and no query.",
        )
    return url.rstrip("/")
