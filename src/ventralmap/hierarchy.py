"""The order of the areas in a study: levels, early to late, of one or several areas."""

from __future__ import annotations

from collections.abc import Sequence

Hierarchy = Sequence[str | Sequence[str]]


def levels(hierarchy: Hierarchy) -> list[list[str]]:
    """List the areas of each level; an area that stands alone is a level of one."""
    return [[level] if isinstance(level, str) else list(level) for level in hierarchy]


def areas(hierarchy: Hierarchy) -> list[str]:
    """List the areas, levels flattened."""
    return [area for level in levels(hierarchy) for area in level]


def ranks(hierarchy: Hierarchy) -> dict[str, int]:
    """Rank of each area, from 0; areas of one level share it."""
    return {area: rank for rank, level in enumerate(levels(hierarchy)) for area in level}
