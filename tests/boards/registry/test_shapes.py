from __future__ import annotations

import math

import pytest
import shapely

from haihe.boards.registry.shapes import area_km2_of, simplified


def test_the_area_of_the_whole_ellipsoid_is_that_of_the_geodesists() -> None:
    a, e2 = 6378.137, 0.00669438002290
    e = math.sqrt(e2)
    surface = 2 * math.pi * a**2 * (1 + (1 - e2) / e * math.atanh(e))
    assert area_km2_of(shapely.box(-180, -90, 180, 90)) == pytest.approx(surface, rel=1e-9)


def test_neighbours_keep_one_line_between_them() -> None:
    border = [(1.0, i / 100) for i in range(0, 101, 7)]
    border = [(x + (0.0002 if i % 2 else 0), y) for i, (x, y) in enumerate(border)]
    west = shapely.Polygon([(0, 0), *border, (0, 1)])
    east = shapely.Polygon([(2, 0), *border, (2, 1)])
    pair = simplified([west, east])
    assert shapely.get_num_coordinates(pair[0]) < shapely.get_num_coordinates(west)
    assert shapely.coverage_is_valid(pair)
