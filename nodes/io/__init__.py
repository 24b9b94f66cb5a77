"""Node types that reach the world outside: brokers, web services, files."""

from engine.api import Node
from nodes.io.http_request import HttpRequest
from nodes.io.live import Live
from nodes.io.mqtt_in import MqttIn
from nodes.io.mqtt_out import MqttOut
from nodes.io.postgres_write import PostgresWrite
from nodes.io.quarantine import QuarantineNode

NODES: list[type[Node]] = [HttpRequest, Live, MqttIn, MqttOut, PostgresWrite, QuarantineNode]
