"""Node types that reach the world outside: brokers, web services, files."""

from engine.api import Node
from nodes.io.file_lines import FileLines
from nodes.io.file_read import FileRead
from nodes.io.file_write import FileWrite
from nodes.io.http_in import HttpIn
from nodes.io.http_request import HttpRequest
from nodes.io.http_response import HttpResponse
from nodes.io.live import Live
from nodes.io.mqtt_in import MqttIn
from nodes.io.mqtt_out import MqttOut
from nodes.io.postgres_query import PostgresQuery
from nodes.io.postgres_write import PostgresWrite
from nodes.io.quarantine import QuarantineNode
from nodes.io.redis_get import RedisGet
from nodes.io.redis_set import RedisSet
from nodes.io.tcp_in import TcpIn
from nodes.io.tcp_out import TcpOut
from nodes.io.watch import Watch
from nodes.io.websocket_in import WebsocketIn
from nodes.io.websocket_out import WebsocketOut

NODES: list[type[Node]] = [
    FileLines,
    FileRead,
    FileWrite,
    HttpIn,
    HttpRequest,
    HttpResponse,
    Live,
    MqttIn,
    MqttOut,
    PostgresQuery,
    PostgresWrite,
    QuarantineNode,
    RedisGet,
    RedisSet,
    TcpIn,
    TcpOut,
    Watch,
    WebsocketIn,
    WebsocketOut,
]
