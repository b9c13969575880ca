"""Shapes on the ground: their area, and their outlines as light as a map needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Degrees = np.ndarray[Any, np.dtype[np.float64]]

TOLERANCE_DEGREES = 0.008
DECIMALS = 4

# CGCS2000: semi-major axis in km, first eccentricity squared
_AXIS_KM = 6378.137
_ECCENTRICITY_2 = 0.00669438002290


def area_km2_of(shape: BaseGeometry) -> float:
    """The area in km² of a shape in degrees, on the ellipsoid of CGCS2000.

    By the ellipsoidal cylindrical equal-area projection x = aλ, y = aq/2 (Snyder, Map Projections: A Working
    Manual, 1987, equations 3-12 and 10-18 with the equator as standard parallel).
    """
    return float(shapely.transform(shape, _equal_area).area)


def _equal_area(degrees: Degrees) -> Degrees:
    longitude, sine = np.radians(degrees[:, 0]), np.sin(np.radians(degrees[:, 1]))
    e = np.sqrt(_ECCENTRICITY_2)
    q = (1 - _ECCENTRICITY_2) * (sine / (1 - _ECCENTRICITY_2 * sine**2) + np.arctanh(e * sine) / e)
    return np.column_stack([_AXIS_KM * longitude, _AXIS_KM * q / 2])


def simplified(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Neighbouring shapes in degrees with fewer points, the line between two of them still one line.

    A corner goes when the triangle with its neighbours is smaller than the square of 0.008° (Visvalingam and
    Whyatt, Line generalisation by repeated elimination of points, 1993); coordinates are rounded to 0.0001°.
    """
    coverage = shapely.coverage_simplify(shapes, TOLERANCE_DEGREES)
    return list(shapely.transform(coverage, lambda degrees: degrees.round(DECIMALS)))
