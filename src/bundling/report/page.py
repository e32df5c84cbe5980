"""Fill the page's template: all is inlined, texts are escaped, the policy forbids the rest."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from bundling.certify import versions
from bundling.report.mapview import MapView
from bundling.report.messages import Messages

_URL_IN_CSS = re.compile(r"[^;{}]*url\((?!data:)[^)]*\)[^;}]*;?")
_GLOSSARY = (
    "bundling", "hub", "round", "zone", "connection", "headroom", "congestion", "queue",
    "plaza", "ceh", "unserved", "bound", "gap", "co2e", "shapley",
)  # fmt: skip


def render(m: Messages, context: Mapping[str, Any], terms: Sequence[str] = _GLOSSARY) -> str:
    """Fill the template; the policy names the hash of every script and style that is inlined.

    `terms` are those of the glossary.
    """
    view: MapView | None = context["map"]
    scripts = [_asset("tables.js")]
    style = _asset("report.css")
    if view is not None:
        scripts = [_asset("vendor/leaflet.js"), _asset("map.js"), *scripts]
        style = _URL_IN_CSS.sub("", _asset("vendor/leaflet.css")) + style
    policy = [
        "default-src 'none'",
        "script-src " + " ".join(f"'{_hash(script)}'" for script in scripts),
        f"style-src '{_hash(style)}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    contents = [("summary", m("section.summary"))]
    if view is not None:
        contents.append(("map-section", m("section.map")))
    if context["unserved"] is not None:
        contents.append(("unserved", m("section.unserved")))
    contents += [(section.id, section.title) for section in context["families"]]
    contents += [
        (name, m(f"section.{name}"))
        for name in ("sharing", "balances", "assumptions")
        if context[name]
    ]
    contents += [(name, m(f"section.{name}")) for name in ("account", "glossary")]
    page: str = _template().render(
        m=m,
        points_lead=context.get("points_lead") or m("answer.points"),
        version=versions()["bundling"],
        csp="; ".join(policy),
        style=Markup(style),  # noqa: S704 - our own file, and its hash is in the policy
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - as above
        map_data=json_in_html(view.data) if view is not None else "",
        contents=contents,
        glossary=[(m(f"term.{term}"), m(f"term.{term}.meaning")) for term in terms],
        **{name: value for name, value in context.items() if name != "points_lead"},
    )
    return page


def json_in_html(data: Any) -> Markup:
    """Write `data` as JSON that cannot end its ``<script type="application/json">`` element."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - <, > and & are escaped above


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()


@cache
def _asset(name: str) -> str:
    """One of our own files; its line ends are those a browser hashes."""
    text = (files("bundling.report") / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n").strip()


@cache
def _template() -> Any:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, loader=FunctionLoader(_asset), trim_blocks=True
    )
    return environment.get_template("report.html")
