"""The map of a study: the sites of one scenario, and those that are right in every one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bundling.features import collection, feature, positions
from bundling.report.geojson import tidy
from bundling.report.mapview import MapView, map_view
from bundling.report.messages import Messages

if TYPE_CHECKING:
    from bundling.study.siting import SitingStudy


def study_map(
    m: Messages, study: SitingStudy, names: Mapping[str, str], *, facts: bool
) -> MapView | None:
    """Draw the scenario that is worked out, with a ring round each no-regret site."""
    result = study.results.get(study.base)
    if result is None or result.solution is None:
        return None
    rings = _no_regret(study)
    more = {("siting", "no_regret"): rings} if rings["features"] else {}
    return map_view(m, [("siting", result)], study.region.shapes, names, facts=facts, more=more)


def _no_regret(study: SitingStudy) -> dict[str, Any]:
    features = []
    if "no_regret" in study.tables:
        frame = study.tables["no_regret"]
        problem = study.results[study.base].problem
        place = {site: s for s, site in enumerate(problem.site_ids)}
        for row in frame[frame["how_often"] == "always"].to_dict("records"):
            s = place[row["site_id"]]
            [at] = positions(problem.site_x_m[s], problem.site_y_m[s])
            facts = {name: row[name] for name in ("name", "earliest_year", "latest_year")}
            features.append(feature("Point", at, {"id": row["site_id"], **facts}))
    return tidy(collection(features))
