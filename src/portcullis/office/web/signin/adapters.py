"""What django-allauth asks of this office: who may have an account, and how keys are kept."""

import base64
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import render

from portcullis import tables
from portcullis.office.web.deployment import deployment
from portcullis.office.web.signin import lockout


class Accounts(DefaultAccountAdapter):
    """Accounts are made by invitation only; failed sign-ins are counted."""

    _attempt: lockout.Attempt | None = None

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Say no: nobody makes an account for themselves."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """Refuse whoever is locked out, before their password is looked at."""
        super().pre_authenticate(request, **credentials)
        try:
            self._attempt = lockout.begin(str(credentials.get("username", "")))
        except lockout.Rests:
            raise self.validation_error("too_many_login_attempts") from None

    def authenticate(self, request: HttpRequest, **credentials: str) -> AbstractBaseUser | None:
        """Return whose credentials these are, if anybody's; what went well is no failure."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            lockout.forgiven(self._attempt)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: str) -> None:
        """Let the failure count."""
        super().authentication_failed(request, **credentials)
        lockout.failed(self._attempt)

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, *_args: object, **_kwargs: object
    ) -> None:
        """Put on the record that a password or second factor was changed; no mail is sent.

        The office has no mail, and accounts no address.
        """
        what = template_prefix.rpartition("/")[2].replace("_", "-")
        deployment().record_sign_in(user.get_username(), what)


class Agency(DefaultSocialAccountAdapter):
    """The site's own provider says who somebody is; the roster says whether they may come in."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: SocialLogin) -> bool:
        """Say no: ``pre_social_login`` finds the account, or there is none."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Give the sign-in the account of the person whose roster id the provider names."""
        person = deployment().member(sociallogin.account.uid)
        if person is None:
            deployment().turn_away(sociallogin.account.uid)
            raise ImmediateHttpResponse(render(request, "office/stranger.html", status=403))
        user, _ = User.objects.get_or_create(username=person.id)
        if not sociallogin.is_existing:
            sociallogin.connect(request, user)
        elif sociallogin.user != user:
            raise ImmediateHttpResponse(render(request, "office/stranger.html", status=403))


class SecondFactors(DefaultMFAAdapter):
    """Second factors: TOTP secrets are kept encrypted, passkeys bound to the office's own name."""

    def get_totp_issuer(self) -> str:
        """Return the name that an authenticator app shows."""
        return f"Portcullis {deployment().role}"

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for the database (AES-256-GCM under the deployment's web key)."""
        return base64.b64encode(tables.seal(_key(), text.encode(), "totp")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Undo ``encrypt``. Raises Misuse where the web key is another."""
        return tables.unseal(_key(), base64.b64decode(encrypted_text), "totp").decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the relying party of passkeys: this office's host, whatever a request says."""
        host = urlsplit(settings.ORIGIN).hostname or "localhost"
        return {"id": host, "name": f"Portcullis {deployment().role}"}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Return the person as their authenticator shows them."""
        return {**super().get_public_key_credential_user_entity(user), "name": user.get_username()}


def _key() -> bytes:
    return bytes.fromhex(settings.SECRET_KEY)
