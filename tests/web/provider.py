"""A small identity provider for tests: OpenID Connect's code flow, for whoever it is told to be."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "portcullis"
SECRET = "a secret of the test"


class _Silent(WSGIRequestHandler):
    def log_message(self, *_words) -> None:
        pass


class Provider:
    """Says of everybody that they are ``person``; ``origin`` once it runs."""

    def __init__(self) -> None:
        self.person = ""
        self.origin = ""
        self._key = RSAKey.generate_key(2048, {"kid": "one"})
        self._nonces: dict[str, str] = {}

    def __call__(self, environ, start_response):
        asked = parse_qs(environ["QUERY_STRING"])
        match environ["PATH_INFO"]:
            case "/.well-known/openid-configuration":
                return _json(start_response, self._discovery())
            case "/authorize":
                back = {"code": "the-code", "state": asked["state"][0]}
                to = f"{asked['redirect_uri'][0]}?{urlencode(back)}"
                start_response("302 Found", [("Location", to)])
                return [b""]
            case "/token":
                return _json(start_response, self._token())
            case "/userinfo":
                return _json(start_response, {"sub": "1", "preferred_username": self.person})
            case "/jwks":
                return _json(start_response, {"keys": [self._key.as_dict(private=False)]})
        start_response("404 Not Found", [])
        return [b""]

    def _discovery(self) -> dict:
        ends = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        paths = ("authorize", "token", "userinfo", "jwks")
        return {"issuer": self.origin} | {
            end: f"{self.origin}/{path}" for end, path in zip(ends, paths, strict=True)
        }

    def _token(self) -> dict:
        now = int(time.time())
        said = {
            "iss": self.origin,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 60,
            "preferred_username": self.person,
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, said, self._key)
        return {"access_token": "one", "token_type": "Bearer", "id_token": token}


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider on a free port in this block."""
    provider = Provider()
    with make_server("localhost", 0, provider, handler_class=_Silent) as server:
        provider.origin = f"http://localhost:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield provider
        server.shutdown()


def _json(start_response, said: dict) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(said).encode()]
