"""Health foretells the end of a certificate."""

from __future__ import annotations

from pathlib import Path

from engine.core.clock import ManualClock, SystemClock
from engine.ops.certificates import READ_EVERY_S, Certificates
from engine.ops.local_certificate import make_local_certificate

DAY_S = 86_400.0


async def test_health_says_so_fourteen_days_before_a_certificate_ends_and_when_it_has_ended(tmp_path: Path):
    made = make_local_certificate(tmp_path, days=30)
    clock = ManualClock(SystemClock().now())
    certificates = Certificates([made.certificate], clock)
    assert (certificates.health()["status"], round(certificates.health()["days_left"])) == ("ok", 30)
    await clock.advance(17 * DAY_S)
    found = certificates.health()
    assert (found["status"], str(found["problem"])) == (
        "degraded",
        f"the certificate {made.certificate} ends in 12 days",
    )
    await clock.advance(20 * DAY_S)
    assert "has ended" in str(certificates.health()["problem"])
    renewed = make_local_certificate(tmp_path / "renewed", days=365)
    renewed.certificate.replace(made.certificate)
    await clock.advance(READ_EVERY_S)
    assert certificates.health()["status"] == "ok"


def test_a_certificate_that_can_not_be_read_is_named(tmp_path: Path):
    (tmp_path / "no.pem").write_text("no certificate")
    problem = str(Certificates([tmp_path / "no.pem"], ManualClock()).health()["problem"])
    assert problem == f"the certificate {tmp_path / 'no.pem'} can't be read: no certificate in PEM"
