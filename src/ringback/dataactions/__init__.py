"""Data actions: load, run with every step in a report, convert. The network is one `Transport`.

Sockets are opened by `ringback.dataactions.http` alone, which is not imported here.
"""

from ringback.dataactions.auth import Integration, TokenStore, integration_of
from ringback.dataactions.execute import execute
from ringback.dataactions.flatten import flatten, flattened_schema
from ringback.dataactions.loaders import load_data_action, load_data_actions
from ringback.dataactions.model import DataAction, Origin, RequestConfig, ResponseConfig
from ringback.dataactions.prepare import Prepared, prepare
from ringback.dataactions.report import ActionError, Operation, Report
from ringback.dataactions.transport import (
    CannedTransport,
    Request,
    Response,
    Transport,
    TransportError,
    TransportFailure,
    TransportTimeout,
    response_of,
)

__all__ = [
    "ActionError",
    "CannedTransport",
    "DataAction",
    "Integration",
    "Operation",
    "Origin",
    "Prepared",
    "Report",
    "Request",
    "RequestConfig",
    "Response",
    "ResponseConfig",
    "TokenStore",
    "Transport",
    "TransportError",
    "TransportFailure",
    "TransportTimeout",
    "execute",
    "flatten",
    "flattened_schema",
    "integration_of",
    "load_data_action",
    "load_data_actions",
    "prepare",
    "response_of",
]
