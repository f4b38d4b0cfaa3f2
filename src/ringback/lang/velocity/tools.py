"""The tools that Genesys Cloud puts into every template's context, by name."""

from __future__ import annotations

from collections.abc import Mapping

from ringback.lang.velocity import tools_escape, tools_math, tools_platform
from ringback.lang.velocity.method import Table
from ringback.lang.velocity.values import Tool

TABLES: Mapping[str, Table] = {
    "esc": tools_escape.METHODS,
    "math": tools_math.METHODS,
    "encoding": tools_platform.ENCODING_METHODS,
    "successTemplateUtils": tools_platform.SUCCESS_TEMPLATE_METHODS,
    "urlTool": tools_platform.URL_METHODS,
    "salesforce": tools_platform.SALESFORCE_METHODS,
    "msdynamics": tools_platform.DYNAMICS_METHODS,
}
TOOLS: Mapping[str, Tool] = {name: Tool(name) for name in TABLES}
