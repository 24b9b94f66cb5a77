"""The palette that every flow needs: logic, shape, time, sequences, calculation, and how flows hang together."""

from engine.api import Node
from nodes.core.batch import Batch
from nodes.core.catch import Catch
from nodes.core.change import Change
from nodes.core.comment import Comment
from nodes.core.complete import Complete
from nodes.core.csv import Csv
from nodes.core.debounce import Debounce
from nodes.core.debug import Debug
from nodes.core.delay import Delay
from nodes.core.filter import Filter
from nodes.core.formula import Formula
from nodes.core.html import Html
from nodes.core.inject import Inject
from nodes.core.join import Join
from nodes.core.json import Json
from nodes.core.link_call import LinkCall
from nodes.core.link_in import LinkIn
from nodes.core.link_out import LinkOut
from nodes.core.python import Python
from nodes.core.range import Range
from nodes.core.rate_limit import RateLimit
from nodes.core.schedule import Schedule
from nodes.core.sort import Sort
from nodes.core.split import Split
from nodes.core.status import Status
from nodes.core.switch import Switch
from nodes.core.template import Template
from nodes.core.threshold import Threshold
from nodes.core.trigger import Trigger
from nodes.core.window import Window
from nodes.core.yaml import Yaml

NODES: tuple[type[Node], ...] = (
    Inject,
    Schedule,
    Debug,
    Catch,
    Status,
    Complete,
    LinkIn,
    LinkOut,
    LinkCall,
    Comment,
    Switch,
    Threshold,
    Change,
    Range,
    Template,
    Html,
    Json,
    Csv,
    Yaml,
    Filter,
    Debounce,
    Delay,
    RateLimit,
    Trigger,
    Split,
    Join,
    Batch,
    Sort,
    Formula,
    Window,
    Python,
)
