def is_passkey(token: str) -> bool:
    return token.startswith("passkey.")
