"""The requester's deployment: its home, the batches it prepares, what it received."""

from portcullis.office.requesting.home import RequesterHome

__all__ = ["RequesterHome"]
