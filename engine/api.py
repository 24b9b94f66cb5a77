"""The one module that nodes and packs import."""

import warnings

from msgspec import UNSET, Meta, Struct, field

from engine.access.secrets_store import SecretsStore
from engine.core.background_jobs import BackgroundJobs
from engine.core.background_task import BackgroundTask, Supervisor
from engine.core.backoff import Backoff
from engine.core.clock import Clock, ManualClock, SystemClock, Timer
from engine.core.context import Context, Emitter, Memory
from engine.core.copies import Copies, NoCopies
from engine.core.errors import SetupError
from engine.core.failure import PermanentError, RetryableError
from engine.core.message import EMPTY, Delivery, Message
from engine.core.node import (
    DEFAULT_PORT,
    ERROR_PORT,
    Example,
    Help,
    Injectable,
    Listener,
    Node,
    Output,
    Port,
    Source,
    choices,
    node,
)
from engine.core.paths import Path, PathText, invalid_path_reason
from engine.core.pattern import compile_pattern
from engine.core.rate_limit import RateLimit
from engine.core.renamed import RenamedFields, read_as
from engine.core.roles import ROLES, Identity, Role, requires
from engine.core.route import Nothing, Route
from engine.core.secret import Secret
from engine.core.site_health import Fault, SiteHealth, faults_in
from engine.core.whole_file import whole_file, write_whole
from engine.db.copy import copy_stream
from engine.db.database import Database, is_transient
from engine.db.dedicated_connection import DedicatedConnection
from engine.db.jsonb import as_jsonb
from engine.db.query_login import QueryLogin
from engine.db.request_connection import request_connection
from engine.db.reserved_tables import ReservedTables
from engine.db.table_cache import TableCache
from engine.expression import EvaluationError, Expression, ExpressionError
from engine.ops.local_certificate import LocalCertificate, make_local_certificate
from engine.ops.process_folder import Holder
from engine.pack import Command, Pack, Service, SiteView
from engine.runtime.quarantine import Quarantine
from engine.runtime.services.leases import NoLeases
from engine.runtime.services.links import Links
from engine.runtime.services.live_hubs import DebugHub, LiveHub
from engine.runtime.services.suspension import Refusal, Suspension
from engine.runtime.services.targets import TargetRefused, Targets
from engine.runtime.services.webhooks import Endpoint, HttpCall, HttpReply, WebhookRouter
from engine.runtime.state.spool.forwarder import Forwarder, Target
from engine.runtime.state.spool.spool import Spool
from engine.runtime.state.stores import connection_or_retry
from engine.settings import Settings
from engine.texts.language import Language, language_of
from engine.texts.terminal import say, shown
from engine.texts.text import (
    Readable,
    ReadableField,
    Text,
    hint_of,
    in_full,
    reason_of,
    render,
    stored,
    text_from,
    with_texts,
)
from engine.texts.titles import title
from engine.web.http.errors import ApiError, json_answer, not_found, reader_language
from engine.web.http.route import Call

__all__ = [
    "DEFAULT_PORT",
    "EMPTY",
    "ERROR_PORT",
    "ROLES",
    "UNSET",
    "ApiError",
    "BackgroundJobs",
    "BackgroundTask",
    "Backoff",
    "Call",
    "Clock",
    "Command",
    "Context",
    "Copies",
    "Database",
    "DebugHub",
    "DedicatedConnection",
    "Delivery",
    "Emitter",
    "Endpoint",
    "EvaluationError",
    "Example",
    "Expression",
    "ExpressionError",
    "Fault",
    "Forwarder",
    "Help",
    "Holder",
    "HttpCall",
    "HttpReply",
    "Identity",
    "Injectable",
    "Language",
    "Links",
    "Listener",
    "LiveHub",
    "LocalCertificate",
    "ManualClock",
    "Memory",
    "Message",
    "Meta",
    "NoCopies",
    "NoLeases",
    "Node",
    "Nothing",
    "Output",
    "Pack",
    "Path",
    "PathText",
    "PermanentError",
    "Port",
    "Quarantine",
    "QueryLogin",
    "RateLimit",
    "Readable",
    "ReadableField",
    "Refusal",
    "RenamedFields",
    "ReservedTables",
    "RetryableError",
    "Role",
    "Route",
    "Secret",
    "SecretsStore",
    "Service",
    "Settings",
    "SetupError",
    "SiteHealth",
    "SiteView",
    "Source",
    "Spool",
    "Struct",
    "Supervisor",
    "Suspension",
    "SystemClock",
    "TableCache",
    "Target",
    "TargetRefused",
    "Targets",
    "Text",
    "Timer",
    "WebhookRouter",
    "as_jsonb",
    "choices",
    "compile_pattern",
    "connection_or_retry",
    "copy_stream",
    "faults_in",
    "field",
    "hint_of",
    "in_full",
    "invalid_path_reason",
    "is_transient",
    "json_answer",
    "language_of",
    "make_local_certificate",
    "node",
    "not_found",
    "read_as",
    "reader_language",
    "reason_of",
    "render",
    "request_connection",
    "requires",
    "say",
    "shown",
    "stored",
    "text_from",
    "title",
    "whole_file",
    "with_texts",
    "write_whole",
]

_RENAMED = {
    "HeldConnection": "DedicatedConnection",
    "HttpDoor": "Endpoint",
    "HttpPaths": "WebhookRouter",
    "Refused": "PermanentError",
    "Retry": "RetryableError",
    "Standstill": "Suspension",
    "connection_now": "request_connection",
    "copy_into": "copy_stream",
    "fault_of_path": "invalid_path_reason",
}
"""Names of 0.1 that integrators have imported; they go with the next version."""


def __getattr__(name: str) -> object:
    if name in _RENAMED:
        warnings.warn(f"engine.api.{name} is now {_RENAMED[name]}; write that", FutureWarning, stacklevel=2)
        return globals()[_RENAMED[name]]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
