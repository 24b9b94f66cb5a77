"""Node types that notify people: one for each kind of channel."""

from engine.api import Node
from nodes.notify.email import Email
from nodes.notify.robot import Robot
from nodes.notify.sms import Sms

NODES: list[type[Node]] = [Email, Robot, Sms]
