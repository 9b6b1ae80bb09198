"""Who may do what in the office: the one table of both homes, as the rooms below know it too."""

from portcullis.agreements import PERMISSIONS, Permission, is_among, may, who_may

__all__ = ["PERMISSIONS", "Permission", "is_among", "may", "who_may"]
