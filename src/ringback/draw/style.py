"""Colours and strokes of a drawing: one set for light paper, one for dark, chosen by the reader's system."""

from __future__ import annotations

from collections.abc import Mapping

from ringback.draw.families import Family, LinkClass

# family -> (line and icon, fill) on light paper, then on dark
FAMILY_COLOURS: Mapping[Family, tuple[str, str, str, str]] = {
    "says": ("#2563eb", "#eff5ff", "#7fb0ff", "#16233c"),
    "asks": ("#7c3aed", "#f5f0ff", "#b79bff", "#241b3d"),
    "decides": ("#b45309", "#fff6e5", "#f0b45c", "#33260f"),
    "data": ("#0f766e", "#e9faf7", "#52cfc0", "#0f2d2a"),
    "sets": ("#64748b", "#f6f8fa", "#9aa7b8", "#1d242d"),
    "transfer": ("#15803d", "#ebfaf0", "#63d18b", "#122d1c"),
    "end": ("#475569", "#e8ecf1", "#b3bfce", "#2a313b"),
    "jump": ("#a21caf", "#fdf0ff", "#e08bea", "#311937"),
    "start": ("#15803d", "#dcf7e5", "#63d18b", "#163a23"),
}
# class -> (light, dark, dash)
LINK_COLOURS: Mapping[LinkClass, tuple[str, str, str]] = {
    "flow": ("#64748b", "#8a97a8", ""),
    "failure": ("#dc2626", "#ff7b72", ""),
    "timeout": ("#d97706", "#f2b24c", ""),
    "entry": ("#94a3b8", "#667080", ""),
    "jump": ("#a21caf", "#cf86d8", "6 4"),
    "call": ("#4f46e5", "#9a9cff", "2 4"),
    "error": ("#dc2626", "#ff7b72", "6 4"),
}
LINK_ABOUT: Mapping[LinkClass, str] = {
    "flow": "goes on",
    "failure": "failure",
    "timeout": "timeout",
    "jump": "jump",
    "call": "call, comes back",
    "error": "on an error",
}
_PAPER = {
    "paper": ("#ffffff", "#0f141a"),
    "lane": ("#fafbfc", "#151b23"),
    "head": ("#eef1f5", "#1e2630"),
    "rim": ("#d5dbe3", "#303a46"),
    "ink": ("#17202b", "#e8edf3"),
    "soft": ("#5c6b7d", "#93a1b1"),
    "lit": ("#0b57d0", "#ffd54a"),
    "on-lit": ("#ffffff", "#1a1400"),
}

_RULES = """
svg.ringback{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;background:var(--paper)}
.paper{fill:var(--paper)}
.lane>rect{fill:var(--lane);stroke:var(--rim)}
.lane>path{fill:var(--head)}
.lane.begins>rect{stroke:var(--start);stroke-width:2}
.lane.inline>rect{stroke-dasharray:5 4}
text{fill:var(--ink);font-size:10.5px}
.heading{font-size:20px;font-weight:650}
.soft{fill:var(--soft)}
.lane>.name{font-size:14px;font-weight:650}
.box .name{font-size:12.5px;font-weight:600}
.box .kind{font-size:10px;fill:var(--edge)}
.box .detail{fill:var(--soft)}
.box>path{fill:var(--fill);stroke:var(--edge);stroke-width:1.4}
.box>.mark{fill:none;stroke-width:1}
.link{fill:none;stroke:var(--line)}
.link>path{fill:none;stroke-width:1.5;stroke-linejoin:round}
.label>rect{fill:var(--paper);stroke:var(--line);stroke-width:1}
.label>text{fill:var(--line);text-anchor:middle}
.label.flow>text{fill:var(--ink)}
.badge>rect{fill:var(--lit)}
.badge>text{fill:var(--on-lit);font-size:11px;font-weight:700;text-anchor:middle}
.traced .box:not(.lit):not(.key),.traced .lane:not(.lit)>text{opacity:.38}
.traced .link:not(.lit):not(.key),.traced .label:not(.lit){opacity:.22}
.traced .box.lit>path:first-of-type{stroke-width:2.6}
.traced .link.lit>path{stroke-width:3.2}
"""


def stylesheet() -> str:
    """The style of a drawing as CSS."""
    light, dark = _variables(0), _variables(1)
    rules = [f":root{{{light}}}", f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"]
    rules += [f".{family}{{--edge:var(--{family});--fill:var(--{family}-fill)}}" for family in FAMILY_COLOURS]
    for kind, (_, _, dash) in LINK_COLOURS.items():
        rules.append(f".{kind}{{--line:var(--link-{kind})}}")
        rules.append(f".tip-{kind}{{fill:var(--link-{kind})}}")
        if dash:
            rules.append(f".link.{kind}>path{{stroke-dasharray:{dash}}}")
    return "\n".join(rules) + _RULES


def _variables(scheme: int) -> str:
    pairs = [f"--{name}:{colours[scheme]}" for name, colours in _PAPER.items()]
    for family, colours in FAMILY_COLOURS.items():
        pairs += [f"--{family}:{colours[2 * scheme]}", f"--{family}-fill:{colours[2 * scheme + 1]}"]
    pairs += [f"--link-{kind}:{colours[scheme]}" for kind, colours in LINK_COLOURS.items()]
    return ";".join(pairs)
