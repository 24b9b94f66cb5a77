"""Node types for gas detectors."""

from engine.api import Node
from nodes.gas.alarm import Alarm
from nodes.gas.alarm_group import AlarmGroup
from nodes.gas.alarm_write import AlarmWrite
from nodes.gas.device import Device
from nodes.gas.gas_reading import GasReading
from nodes.gas.measuring_range import MeasuringRange
from nodes.gas.sequence_check import SequenceCheck
from nodes.gas.unit_convert import UnitConvert

NODES: list[type[Node]] = [
    Alarm,
    AlarmGroup,
    AlarmWrite,
    GasReading,
    SequenceCheck,
    Device,
    MeasuringRange,
    UnitConvert,
]
