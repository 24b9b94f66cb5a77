"""The one module that nodes and packs import."""

from msgspec import UNSET, Meta, Struct, field

from engine.clock import Clock, ManualClock, SystemClock, Timer
from engine.context import Context, Emitter, Memory
from engine.errors import SetupError
from engine.expression import EvaluationError, Expression, ExpressionError
from engine.failure import Refused, Retry
from engine.message import EMPTY, Delivery, Message
from engine.node import DEFAULT_PORT, ERROR_PORT, Example, Help, Node, Output, Port, Source, node
from engine.pack import Pack, Service, SiteView
from engine.paths import Path

__all__ = [
    "DEFAULT_PORT",
    "EMPTY",
    "ERROR_PORT",
    "UNSET",
    "Clock",
    "Context",
    "Delivery",
    "Emitter",
    "EvaluationError",
    "Example",
    "Expression",
    "ExpressionError",
    "Help",
    "ManualClock",
    "Memory",
    "Message",
    "Meta",
    "Node",
    "Output",
    "Pack",
    "Path",
    "Port",
    "Refused",
    "Retry",
    "Service",
    "SetupError",
    "SiteView",
    "Source",
    "Struct",
    "SystemClock",
    "Timer",
    "field",
    "node",
]
