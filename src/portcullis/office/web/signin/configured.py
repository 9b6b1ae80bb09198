"""What a deployment says of signing in, in ``office.toml`` of its home.

[oidc]                      # the site's own identity provider; leave it out for none
name = "Agency sign-in"
server = "https://id.example.gov"
client_id = "portcullis"
secret_file = "keys/oidc.secret"   # in the home; not world-readable
person_claim = "preferred_username"  # the claim that holds the person's roster id
multi_factor = true         # the provider always asks for a second factor
"""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from portcullis.errors import Misuse

FILE = "office.toml"


class Oidc(BaseModel):
    """The site's identity provider."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    server: str
    client_id: str
    secret_file: str
    person_claim: str
    multi_factor: bool = False

    def secret(self, home: Path) -> str:
        """Return the client's secret. Raises Misuse where its file cannot be read."""
        try:
            return (home / self.secret_file).read_text().strip()
        except (OSError, UnicodeDecodeError):
            raise Misuse(
                f"{FILE}, oidc.secret_file: that file cannot be read.",
                "Name a file in the home that holds the client's secret.",
            ) from None


class Configured(BaseModel):
    """What ``office.toml`` holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    oidc: Oidc | None = None


def read(home: Path) -> Configured:
    """Return what the home's ``office.toml`` says; raise Misuse, naming key and remedy."""
    path = home / FILE
    if not path.is_file():
        return Configured()
    try:
        return Configured.model_validate(tomllib.loads(path.read_text()))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise Misuse(f"{FILE} cannot be read.", "Mend it, or take it out of the home.") from None
    except ValidationError as error:
        key = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Misuse(
            f"{FILE}, {key}: {error.errors()[0]['msg']}.", "See `docs/sign-in.md`."
        ) from None


def providers(home: Path) -> dict[str, Any]:
    """Return the providers as django-allauth's settings take them."""
    oidc = read(home).oidc
    if oidc is None:
        return {}
    app = {
        "provider_id": "agency",
        "name": oidc.name,
        "client_id": oidc.client_id,
        "secret": oidc.secret(home),
        "settings": {"server_url": oidc.server, "uid_field": oidc.person_claim},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def provider_origins(home: Path) -> list[str]:
    """Return where signing in may lead: the provider's own address; nothing where there is none."""
    oidc = read(home).oidc
    if oidc is None:
        return []
    place = urlsplit(oidc.server)
    return [f"{place.scheme}://{place.netloc}"]
