"""One message as the broker delivered it."""

import msgspec

from nodes.drivers.mqtt.properties import PropertyValue, read_properties


# gc=False: it holds only strings, bytes and numbers, so no reference cycle can pass through it, and the collector
# need not walk over thousands of them. A Struct is made three times as fast as a dataclass or named tuple.
class Publish(msgspec.Struct, frozen=True, gc=False):
    """A message, with the `token` by which it is acknowledged.

    The token is 0 at QoS 0 and otherwise unique in the life of its Subscriber, later messages having greater ones.
    `raw_properties` are the MQTT 5 properties as sent, their length included; empty where there are none.
    """

    topic: str
    payload: bytes
    qos: int
    retain: bool
    token: int
    raw_properties: bytes = b""

    def properties(self) -> dict[str, PropertyValue]:
        """The MQTT 5 properties by name ("user_property" is a list of pairs); raises MalformedPacket."""
        return read_properties(self.raw_properties, 0)[0] if self.raw_properties else {}
