"""The vendor's command line and store: keys are made once, bound to machines, listed, revoked and released."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.main import main
from licence_server.app import RateLimit
from licence_server.store import LicenceStore
from plant.licence.token import open_token, read_vendor_key
from plant.licence.vendor import Question, VendorRefused


def question(key: str, machine: str = "a" * 32) -> Question:
    return Question(machine=machine, key=key, nonce="00" * 16)


def test_command_line_issues_a_key_that_the_printed_vendor_key_verifies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["licence-server", "--folder", str(tmp_path / "licences")]
    assert main([*folder, "init"]) == 0
    capsys.readouterr()
    main([*folder, "show-key"])
    vendor_key = read_vendor_key(capsys.readouterr().out)
    main([*folder, "issue", "Acme 化工", "--until", "2099-12-31"])
    key = capsys.readouterr().out.strip()

    token = LicenceStore(tmp_path / "licences").answer(question(key))

    claims = open_token(token, vendor_key, machine="a" * 32, key=key)
    assert (claims.customer, claims.until) == ("Acme 化工", 4_102_444_800.0)
    main([*folder, "list"])
    row = capsys.readouterr().out.splitlines()[1]
    assert row.split()[:2] == ["1", f"…{key[-5:]}"]
    assert "2099-12-31  in force  1 of 1" in row
    assert key.encode() not in (tmp_path / "licences" / "licences.sqlite").read_bytes()


def test_second_book_does_not_replace_the_signing_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    LicenceStore.create(tmp_path)
    before = (tmp_path / "signing.pem").read_bytes()
    assert main(["licence-server", "--folder", str(tmp_path), "init"]) == 1
    assert "has a signing key already" in capsys.readouterr().err
    assert (tmp_path / "signing.pem").read_bytes() == before
    assert (tmp_path / "signing.pem").stat().st_mode & 0o777 == 0o600


def test_plain_http_is_served_on_loopback_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    LicenceStore.create(tmp_path)
    assert main(["licence-server", "--folder", str(tmp_path), "serve", "--host", "0.0.0.0"]) == 1
    assert "must not travel in the clear" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("issue", "Acme", "--until", "2020-01-01"), "a licence that is over already is none"),
        (("issue", "Acme", "--machines", "0"), "a licence for no machine is none"),
        (("revoke", "7"), "there is no licence 7"),
        (("release", "7"), "there is no licence 7"),
    ],
)
def test_what_can_not_be_done_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    LicenceStore.create(tmp_path)
    assert main(["licence-server", "--folder", str(tmp_path), *words]) == 1
    assert told in capsys.readouterr().err


def test_port_that_is_none_is_told_as_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["licence-server", "--folder", str(tmp_path), "serve", "--port", "99999"])
    assert "'99999' is no port" in capsys.readouterr().err


def test_licence_past_its_last_day_is_listed_as_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    LicenceStore.create(tmp_path).issue("Acme", until=1_577_923_200.0)
    main(["licence-server", "--folder", str(tmp_path), "list"])
    assert "2020-01-01  over" in capsys.readouterr().out


def test_revoked_key_is_refused_and_a_released_one_binds_anew(tmp_path: Path) -> None:
    store = LicenceStore.create(tmp_path)
    key = store.issue("Acme")
    store.answer(question(key))
    with pytest.raises(VendorRefused, match="another machine"):
        store.answer(question(key, "b" * 32))
    assert store.release(1) == 1
    store.answer(question(key, "b" * 32))
    assert store.revoke(1)
    assert not store.revoke(1)
    with pytest.raises(VendorRefused, match="revoked"):
        store.answer(question(key, "b" * 32))


def test_rate_limit_lets_a_burst_through_and_fills_again_with_time() -> None:
    now = [0.0]
    limit = RateLimit(per_hour=60, burst=3, monotonic=lambda: now[0])
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 60]
    assert limit.take("b") == 0
    now[0] = 60.0
    assert limit.take("a") == 0
