"""The one module that nodes and packs import."""

from msgspec import UNSET, Meta, Struct, field

from engine.clock import Clock, ManualClock, SystemClock, Timer
from engine.connection_now import connection_now
from engine.context import Context, Emitter, Memory
from engine.copying import copy_into
from engine.database import Database, is_transient
from engine.errors import SetupError
from engine.expression import EvaluationError, Expression, ExpressionError
from engine.failure import Refused, Retry
from engine.jsonb import as_jsonb
from engine.local_certificate import LocalCertificate, make_local_certificate
from engine.message import EMPTY, Delivery, Message
from engine.node import DEFAULT_PORT, ERROR_PORT, Example, Help, Node, Output, Port, Source, node
from engine.pack import Command, Pack, Service, SiteView
from engine.paths import Path, PathText, fault_of_path
from engine.roles import ROLES, Identity, Role, requires
from engine.run.held_connection import HeldConnection
from engine.run.http_paths import HttpCall, HttpDoor, HttpPaths, HttpReply
from engine.run.hubs import DebugHub, LiveHub
from engine.run.links import Links
from engine.run.quarantine import Quarantine
from engine.run.standstill import Refusal, Standstill
from engine.run.stores import connection_or_retry
from engine.secrets_store import SecretsStore
from engine.settings import Settings
from engine.web.refusals import ApiError, json_answer, not_found
from engine.web.route import Call, Nothing, Route

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
