"""Signing in: accounts by invitation, a second factor always, passkeys, a site's own provider.

Kept by django-allauth; what is here says who may have an account, and when a session ends.
"""
