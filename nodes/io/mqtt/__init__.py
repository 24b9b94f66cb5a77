"""A small MQTT subscriber for the ingest path: MQTT 3.1.1 and 5, acknowledgement by the caller, reconnecting for ever.

It needs asyncio and nothing of the engine. Publishing, commands and tools use aiomqtt instead.
"""

from nodes.io.mqtt.address import BrokerAddress, ProtocolVersion
from nodes.io.mqtt.publish import Publish
from nodes.io.mqtt.session import Counts, Status
from nodes.io.mqtt.subscriber import Subscriber

__all__ = ["BrokerAddress", "Counts", "ProtocolVersion", "Publish", "Status", "Subscriber"]
