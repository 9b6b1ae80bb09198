"""A witness over HTTP: the WSGI application (c2sp.org/tlog-witness).

``POST /add-checkpoint`` cosigns, ``GET /<origin hash>/checkpoint`` serves the newest cosigned, and
``GET /`` says in plain words who this is. Submission and monitoring prefix are the same.
"""

import logging
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from portcullis.errors import PortcullisError
from portcullis.ledger.notes import NoteInvalid
from portcullis.ledger.submissions import MOST_BYTES, decode_submission
from portcullis.ledger.witness import BAD_REQUEST, Witness, WitnessRefused, origin_hash

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"

_log = logging.getLogger(__name__)

_SUBMIT = "/add-checkpoint"
_MONITOR = re.compile(r"/([0-9a-f]{64})/checkpoint")
_READS = "GET, HEAD"

Answer = tuple[int, str, str, dict[str, str]]
"""Status, content type, text, further headers."""


def application(witness: Witness) -> "WSGIApplication":
    """Return the WSGI application of ``witness``. It may be called by many threads at once."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        try:
            status, kind, text, headers = _route(witness, environ)
        except (PortcullisError, OSError) as problem:
            # What ails the witness is for its operator, and for nobody who asks it.
            _log.error("%s", problem)
            status, kind, headers = HTTPStatus.INTERNAL_SERVER_ERROR, TEXT, {}
            text = "The witness cannot store what it would sign.\n"
        body = text.encode()
        fields = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
        start(f"{status} {HTTPStatus(status).phrase}", list(fields.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return answer


def _route(witness: Witness, environ: "WSGIEnvironment") -> Answer:
    path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
    monitored = _MONITOR.fullmatch(path)
    if path != _SUBMIT and path not in ("", "/") and monitored is None:
        return _plain(HTTPStatus.NOT_FOUND, "There is nothing here.")
    allowed = "POST" if path == _SUBMIT else _READS
    if method not in allowed.split(", "):
        return _plain(HTTPStatus.METHOD_NOT_ALLOWED, f"Here one may {allowed}.", Allow=allowed)
    if path == _SUBMIT:
        return _submit(witness, environ)
    return _monitor(witness, monitored[1]) if monitored else _plain(HTTPStatus.OK, _words(witness))


def _submit(witness: Witness, environ: "WSGIEnvironment") -> Answer:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return _plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.")
    try:
        old, proof, note = decode_submission(environ["wsgi.input"].read(int(length)))
        return HTTPStatus.OK, TEXT, witness.add_checkpoint(old, proof, note), {}
    except NoteInvalid as problem:
        return _plain(BAD_REQUEST, problem.message)
    except WitnessRefused as refusal:
        if refusal.size is not None:
            return refusal.status, SIZE, f"{refusal.size}\n", {}
        return _plain(refusal.status, refusal.message)


def _monitor(witness: Witness, wanted: str) -> Answer:
    known = (origin for origin in witness.logs if origin_hash(origin) == wanted)
    note = next((witness.newest(origin) for origin in known), None)
    if note is None:
        return _plain(HTTPStatus.NOT_FOUND, "The witness has cosigned nothing for this log.")
    return HTTPStatus.OK, TEXT, note, {"Cache-Control": "max-age=3"}


def _words(witness: Witness) -> str:
    logs = "\n".join(f"  {origin_hash(origin)}  {origin}" for origin in witness.logs)
    return (
        "A witness of transparency logs (c2sp.org/tlog-witness), run with Portcullis.\n\n"
        f"Its key: {witness.vkey}\n\n"
        f"POST add-checkpoint, GET <origin hash>/checkpoint. The logs it knows:\n{logs or '  none'}"
    )


def _plain(status: int, text: str, **headers: str) -> Answer:
    return status, TEXT, text + "\n", headers
