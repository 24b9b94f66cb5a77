"""Node types that come with the engine, one file each."""

from engine.api import Pack

from nodes.core import NODES as CORE
from nodes.gas import NODES as GAS
from nodes.io import NODES as IO

pack = Pack(name="nodes", nodes=[*CORE, *IO, *GAS], needs=["plant"])
