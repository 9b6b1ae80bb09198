"""The forms that take a second factor's code: a wrong one counts as a failed sign-in."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.exceptions import ValidationError

from portcullis.office.web.signin import lockout


class Code(AuthenticateForm):
    """Asks for a code of the authenticator app, or a recovery code, to sign in."""

    def clean_code(self) -> str:
        """Return the code if it is right; else count the failure."""
        attempt = _begin(self.user.get_username())
        try:
            code = str(super().clean_code())
        except ValidationError:
            lockout.failed(attempt)
            raise
        lockout.forgiven(attempt)
        return code


class CodeAgain(Code, ReauthenticateForm):
    """Asks for a code once more, of whoever is signed in."""


def _begin(username: str) -> lockout.Attempt | None:
    try:
        return lockout.begin(username)
    except lockout.Rests:
        raise get_adapter().validation_error("too_many_login_attempts") from None
