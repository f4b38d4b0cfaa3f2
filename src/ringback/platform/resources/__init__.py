"""The resources of the API, one module each; a module declares its routes in `routes`."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from starlette.routing import WebSocketRoute

from ringback.platform.routing import Route

MODULES: tuple[str, ...] = (
    "control",
    "seeding",
    "oauth",
    "users",
    "roles",
    "organization",
    "divisions",
    "transfers",
    "skills",
    "languages",
    "wrapup_codes",
    "groups",
    "queues",
    "user_queues",
    "datatables",
    "datatable_rows",
    "datatable_jobs",
    "schedules",
    "prompts",
    "audits",
    "notifications",
    "external_contacts",
    "contact_schemas",
    "contact_sources",
    "contact_rules",
    "contact_import",
    "conversations",
    "conversation_media",
    "webhooks",
    "flows",
    "flow_versions",
    "flow_jobs",
    "flow_executions",
    "flow_instances",
    "flow_milestones",
    "dependency_tracking",
    "flow_plain",
    "simulations",
    "external_organizations",
    "contact_notes",
    "contact_bulk",
    "contact_merge",
    "integrations_types",
    "credentials",
    "integrations",
    "actions",
    "action_drafts",
    "action_runs",
    "action_functions",
)


@cache
def all_routes() -> list[Route]:
    """Every route that is served, in the order of the modules."""
    found: list[Route] = []
    for name in MODULES:
        found += import_module(f"ringback.platform.resources.{name}").routes.entries
    return found


def web_sockets() -> list[WebSocketRoute]:
    """The WebSocket endpoints that modules declare in `web_sockets`."""
    modules = (import_module(f"ringback.platform.resources.{name}") for name in MODULES)
    return [route for module in modules for route in getattr(module, "web_sockets", ())]
