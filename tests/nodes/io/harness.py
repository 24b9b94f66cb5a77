"""A site on the real clock, for nodes that meet real servers: flows come from YAML, `keep` shows what arrives, `gate` holds it back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, ClassVar

from engine.api import Context, Message, Node, Pack, Port, Settings, node
from engine.catalogue.node_types import Catalogue, NodeType
from engine.flow.yaml.read import read_flow
from engine.runtime.deploy_report import DeployReport
from engine.runtime.site import Site
from engine.runtime.state.journal import JournalStore
from engine.texts.text import in_full
from nodes.io import NODES


@node(category="testing")
class Keep(Node):
    """Keeps the messages it gets."""

    outputs: ClassVar[tuple[Port, ...]] = ()

    def start(self, ctx: Context) -> None:
        self.got: list[Message] = []

    def process(self, msg: Message) -> None:
        self.got.append(msg)


@node(category="testing")
class Gate(Node):
    """Lets nothing pass until the test opens it."""

    def start(self, ctx: Context) -> None:
        self.is_open = asyncio.Event()

    async def process(self, msg: Message) -> Message:
        await self.is_open.wait()
        return msg


TESTING = Pack(name="testing", nodes=[*NODES, Keep, Gate])


class SiteHarness:
    """One site. `folder` is its MCS_DATA/files."""

    def __init__(self, settings: Settings, journal: JournalStore | None = None, site: Site | None = None) -> None:
        self.folder: Path = settings.data / "files"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.site = site or Site(Catalogue([TESTING]), settings=settings, journal_store=journal)

    async def deploy(self, text: str) -> DeployReport:
        """Goes over to this flow."""
        flow, problems = read_flow(f"flow: test\nnodes:\n{text}")
        assert flow is not None, problems
        return await self.site.deploy(flow, read_problems=problems)

    def instance(self, id: str) -> Any:
        """A running node."""
        return self.site.flows["test"].nodes[id].instance

    def got(self, id: str = "keep") -> list[Any]:
        """Payloads that have arrived."""
        return [message.payload for message in self.instance(id).got]

    def messages(self, id: str = "keep") -> list[Message]:
        """What has arrived."""
        return list(self.instance(id).got)

    def open(self) -> None:
        """Lets the node `gate` pass everything."""
        self.instance("gate").is_open.set()

    def give(self, id: str, payload: Any, **fields: Any) -> None:
        """Feeds a node as a wire would; `key` and `topic` are fields, everything else is a property."""
        run = self.site.flows["test"]
        own = {name: fields.pop(name) for name in ("key", "topic", "delivery") if name in fields}
        own.setdefault("delivery", run.own.adopt())
        run.enter(id, Message(payload, **own, id=self.site.message_id(), props=fields))
        own["delivery"].release()

    @property
    def refused(self) -> list[str]:
        """Reasons of what is in the quarantine, with what to do next."""
        return [in_full(kept.reason, "en") for kept in self.site.quarantine.recent]

    @property
    def kept_bytes(self) -> list[bytes]:
        """What of it is in the quarantine."""
        return [kept.payload for kept in self.site.quarantine.recent]

    def status(self, id: str) -> tuple[str, str]:
        """(text, level) under the node."""
        context = self.site.flows["test"].nodes[id].context
        return str(context.status_text), context.status_level

    @property
    def under_way(self) -> int:
        """Messages that are not settled."""
        return self.site.flows["test"].under_way


def add_types(site: Site) -> None:
    """Makes the nodes of this folder known to a site of other making."""
    for cls in (*NODES, Keep, Gate):
        site.catalogue.add(NodeType(cls, "io"))
