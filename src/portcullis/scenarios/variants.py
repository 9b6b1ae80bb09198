"""The two ways in which the batch of June 2025 is sent."""

from typing import Literal

Variant = Literal["as-filed", "per-person"]
AS_FILED: Variant = "as-filed"
PER_PERSON: Variant = "per-person"
VARIANTS: tuple[Variant, ...] = (AS_FILED, PER_PERSON)
