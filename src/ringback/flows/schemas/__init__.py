"""JSON Schema (draft 2020-12) of the documents that people write, for editors and pipelines.

Each schema is made from the tables that the loaders use (keys of Archy YAML, registered actions with their
fields and outputs, types of the expression language, sections of the world, the model of data actions), so it
knows what this version of ringback knows.
"""

from ringback.flows.schemas.archy import archy_schema
from ringback.flows.schemas.data_action import data_action_schema
from ringback.flows.schemas.parts import DRAFT, Schema
from ringback.flows.schemas.world import world_schema

__all__ = ["DRAFT", "Schema", "archy_schema", "data_action_schema", "world_schema"]
