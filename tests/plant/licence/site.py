"""A licence guard on a clock that the test moves, and the vendor's real licence store without the network between them."""

from __future__ import annotations

from pathlib import Path

from engine.core.clock import ManualClock
from engine.core.secret import Secret
from engine.runtime.services.suspension import Suspension
from engine.settings import Settings
from licence_server.store import LicenceStore
from plant.licence.guard import Licence
from plant.licence.token import format_vendor_key
from plant.licence.vendor import Question, VendorAway

START = 1_767_225_600.0
"""2026-01-01 08:00 in Shanghai."""
HOUR, DAY = 3600.0, 86_400.0
MACHINE_ID = "0123456789abcdef0123456789abcdef"


class Clock(ManualClock):
    """Its wall time can be set; what runs by it does not notice, as on a real machine."""

    def __init__(self) -> None:
        super().__init__(START)
        self.wrong_by = 0.0

    def now(self) -> float:
        return super().now() + self.wrong_by

    @property
    def true_now(self) -> float:
        return super().now()


class DirectVendor:
    """Asks the store itself, by the vendor's own right clock. `text` is answered instead when it is set; `away` is a cut cable."""

    def __init__(self, store: LicenceStore, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.away = False
        self.text: bytes | None = None
        self.questions: list[Question] = []
        self.answers: list[bytes] = []

    async def ask(self, question: Question) -> bytes:
        self.questions.append(question)
        if self.away:
            raise VendorAway("the licence server can't be reached (cable)")
        if self.text is not None:
            return self.text
        self.store.set_now(self.clock.true_now)
        self.answers.append(self.store.answer(question))
        return self.answers[-1]


class Plant:
    """One machine with its data folder; `start` is a process that starts, `stop` its end."""

    def __init__(self, folder: Path, *, key: str | None = "", machine_id: str = MACHINE_ID, name: str = "site") -> None:
        self.folder = folder / name
        self.folder.mkdir()
        self.clock = Clock()
        (folder / "vendor").exists() or LicenceStore.create(folder / "vendor")
        self.store = LicenceStore(folder / "vendor", START)
        self.vendor = DirectVendor(self.store, self.clock)
        self.key = self.store.issue("Acme") if key == "" else key
        (self.folder / "machine-id").write_text(machine_id + "\n")
        self.suspension = Suspension()
        self.licence: Licence

    @property
    def token_file(self) -> Path:
        return self.folder / "data" / "licence" / "token.json"

    @property
    def record_file(self) -> Path:
        return self.folder / "data" / "licence" / "record.json"

    async def start(self, *, vendor_key: str | None = None) -> Licence:
        self.suspension = Suspension()
        settings = Settings(
            data=self.folder / "data",
            machine_id=self.folder / "machine-id",
            licence_key=Secret(self.key) if self.key else None,
            licence_url="https://licences.invalid",
            licence_vendor_key=vendor_key or format_vendor_key(self.store.signing_key.public_key()),
        )
        self.licence = Licence(settings, self.clock, self.suspension)
        self.licence._vendor = self.vendor  # the network is left out here; test_recovery has it
        await self.licence.start()
        await self.clock.advance(0)
        return self.licence

    async def restart(self) -> Licence:
        await self.licence.stop()
        return await self.start()

    @property
    def state(self) -> str:
        """As the health page says it."""
        return str(self.licence.health()["state"])

    @property
    def locked(self) -> bool:
        """Whether the doors are shut, not only said to be."""
        shut = self.suspension.refusal("/api/flows") is not None
        assert shut == bool(self.suspension.held)
        return shut
