"""The one module that nodes and packs import."""

from msgspec import UNSET, Meta, Struct, field

from engine.access.secrets_store import SecretsStore
from engine.core.clock import Clock, ManualClock, SystemClock, Timer
from engine.core.context import Context, Emitter, Memory
from engine.core.errors import SetupError
from engine.core.failure import Refused, Retry
from engine.core.message import EMPTY, Delivery, Message
from engine.core.node import DEFAULT_PORT, ERROR_PORT, Example, Help, Node, Output, Port, Source, node
from engine.core.paths import Path, PathText, fault_of_path
from engine.core.roles import ROLES, Identity, Role, requires
from engine.core.route import Nothing, Route
from engine.db.copy import copy_into
from engine.db.database import Database, is_transient
from engine.db.dedicated_connection import HeldConnection
from engine.db.jsonb import as_jsonb
from engine.db.request_connection import connection_now
from engine.expression import EvaluationError, Expression, ExpressionError
from engine.ops.local_certificate import LocalCertificate, make_local_certificate
from engine.pack import Command, Pack, Service, SiteView
from engine.runtime.quarantine import Quarantine
from engine.runtime.services.links import Links
from engine.runtime.services.live_hubs import DebugHub, LiveHub
from engine.runtime.services.suspension import Refusal, Standstill
from engine.runtime.services.webhooks import HttpCall, HttpDoor, HttpPaths, HttpReply
from engine.runtime.state.stores import connection_or_retry
from engine.settings import Settings
from engine.web.http.errors import ApiError, json_answer, not_found
from engine.web.http.route import Call

__all__ = [
    "DEFAULT_PORT",
    "EMPTY",
    "ERROR_PORT",
    "ROLES",
    "UNSET",
    "ApiError",
    "Call",
    "Clock",
    "Command",
    "Context",
    "Database",
    "DebugHub",
    "Delivery",
    "Emitter",
    "EvaluationError",
    "Example",
    "Expression",
    "ExpressionError",
    "HeldConnection",
    "Help",
    "HttpCall",
    "HttpDoor",
    "HttpPaths",
    "HttpReply",
    "Identity",
    "Links",
    "LiveHub",
    "LocalCertificate",
    "ManualClock",
    "Memory",
    "Message",
    "Meta",
    "Node",
    "Nothing",
    "Output",
    "Pack",
    "Path",
    "PathText",
    "Port",
    "Quarantine",
    "Refusal",
    "Refused",
    "Retry",
    "Role",
    "Route",
    "SecretsStore",
    "Service",
    "Settings",
    "SetupError",
    "SiteView",
    "Source",
    "Standstill",
    "Struct",
    "SystemClock",
    "Timer",
    "as_jsonb",
    "connection_now",
    "connection_or_retry",
    "copy_into",
    "fault_of_path",
    "field",
    "is_transient",
    "json_answer",
    "make_local_certificate",
    "node",
    "not_found",
    "requires",
]
