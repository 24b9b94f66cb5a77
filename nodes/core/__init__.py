"""The palette that every flow needs: logic, shape, time, sequences, calculation."""

from engine.api import Node
from nodes.core.batch import Batch
from nodes.core.change import Change
from nodes.core.delay import Delay
from nodes.core.filter import Filter
from nodes.core.join import Join
from nodes.core.range import Range
from nodes.core.rate_limit import RateLimit
from nodes.core.sort import Sort
from nodes.core.split import Split
from nodes.core.switch import Switch
from nodes.core.trigger import Trigger

NODES: tuple[type[Node], ...] = (Batch, Change, Delay, Filter, Join, Range, RateLimit, Sort, Split, Switch, Trigger)
