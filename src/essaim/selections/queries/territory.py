"""The region of a file, as regions were when its call closed."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from essaim.applications.queries import tells_regions_of_2013


def region_of(application: Any, call: Any) -> tuple[str, str]:
    """The code and the name of a project's region; two empty texts without a commune."""
    if application.commune is None:
        return "", ""
    department = application.commune.department
    if tells_regions_of_2013(call):
        return department.region_2013_id, department.region_2013.name_2013 or department.region_2013.name
    return department.region_id, department.region.name


def region_names(call: Any) -> dict[str, str]:
    """Every region of the call's time, by code, in order of name."""
    regions = apps.get_model("places", "Region").objects
    if tells_regions_of_2013(call):
        return {region.code: region.name_2013 for region in regions.of_2013().order_by("name_2013")}
    return {region.code: region.name for region in regions.in_force().order_by("name")}
