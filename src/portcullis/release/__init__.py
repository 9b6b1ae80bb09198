"""The least that answers, sealed to the officer who asked, and the answers to a batch.

Computes bytes; the office publishes them by the release protocol (docs/architecture.md).
"""

from portcullis.release.answers import (
    ANSWER_SCHEMA,
    ANSWERS,
    DISCLOSED,
    NO_DISCLOSURE,
    RETURNED,
    answer_rows,
    public_answer,
    public_answers,
    read_answers,
    sign_answers,
    write_answers,
)
from portcullis.release.content import disclosure_content
from portcullis.release.package import (
    PACKAGE_BYTES,
    Package,
    Parcel,
    Sealed,
    new_package_id,
    package_digest,
    read_package,
    seal,
    sealed_to,
    unseal,
)
from portcullis.release.sealing import ALGORITHMS, unwrap_half, wrap_half

__all__ = [
    "ALGORITHMS",
    "ANSWERS",
    "ANSWER_SCHEMA",
    "DISCLOSED",
    "NO_DISCLOSURE",
    "PACKAGE_BYTES",
    "RETURNED",
    "Package",
    "Parcel",
    "Sealed",
    "answer_rows",
    "disclosure_content",
    "new_package_id",
    "package_digest",
    "public_answer",
    "public_answers",
    "read_answers",
    "read_package",
    "seal",
    "sealed_to",
    "sign_answers",
    "unseal",
    "unwrap_half",
    "wrap_half",
    "write_answers",
]
