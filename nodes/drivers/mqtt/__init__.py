"""A small MQTT subscriber for the ingest path: MQTT 3.1.1 and 5, acknowledgement by the caller, reconnecting for ever.

Of the engine it needs what engine.api exports. Publishing and commands use aiomqtt instead; the thousands of connections of `mcs stress` are made
of the parts here.
"""

from nodes.drivers.mqtt.address import BrokerAddress, ProtocolVersion
from nodes.drivers.mqtt.publish import Publish
from nodes.drivers.mqtt.session import Counts, Status
from nodes.drivers.mqtt.subscriber import Subscriber, end_session

__all__ = ["BrokerAddress", "Counts", "ProtocolVersion", "Publish", "Status", "Subscriber", "end_session"]
