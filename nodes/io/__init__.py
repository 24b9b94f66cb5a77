"""Node types that reach the world outside: brokers, web services, files."""

from nodes.io.live import Live
from nodes.io.mqtt_in import MqttIn
from nodes.io.postgres_write import PostgresWrite
from nodes.io.quarantine import QuarantineNode

NODES = [Live, MqttIn, PostgresWrite, QuarantineNode]
