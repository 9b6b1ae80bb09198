"""Passkey assertions as signatures (W3C WebAuthn Level 3)."""


def is_passkey(token: str) -> bool:
    """Say whether ``token`` is a passkey's assertion, by its form alone."""
    return token.startswith("passkey.")
