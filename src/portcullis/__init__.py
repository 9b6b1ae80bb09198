"""Portcullis: a statutory disclosure gateway."""

__version__ = "0.1.0"
