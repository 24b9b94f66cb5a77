"""Signing in, staying signed in, and being kept out."""

import datetime
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from engine.access.accounts import AccountRefused
from engine.web.api.known_device import device_cookie, known_device
from engine.web.api.session import LIMIT
from tests.engine.web.conftest import NewBrowser
from tests.engine.web.running import PASSWORD, Browser, RunningServer, running
from tests.eventually import eventually
from tests.servers.postgres import Postgres


async def test_right_password_signs_in(new_browser: NewBrowser) -> None:
    browser = await new_browser()
    status, me = await browser.call("POST", "/api/session", {"user": "admin", "password": PASSWORD})
    assert (status, me["user"], me["role"]) == (200, "admin", "admin")
    assert (await browser.get("/api/session"))["user"] == "admin"


async def test_cookie_is_kept_from_scripts_and_other_sites(server: RunningServer) -> None:
    async with aiohttp.ClientSession() as session:
        body = {"user": "admin", "password": PASSWORD}
        async with session.post(server.url / "api/session", json=body) as answer:
            cookie = answer.headers["Set-Cookie"]
        async with session.post(
            server.url / "api/session",
            json=body,
            headers={"X-Forwarded-Proto": "https"},
        ) as answer:
            behind_tls = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    assert "Secure" in behind_tls


async def test_wrong_password_and_unknown_user_look_the_same(new_browser: NewBrowser) -> None:
    browser = await new_browser()
    wrong = await browser.call("POST", "/api/session", {"user": "admin", "password": "wrong"})
    nobody = await browser.call("POST", "/api/session", {"user": "nobody", "password": "wrong"})
    assert wrong == nobody
    assert wrong[0] == 401
    assert wrong[1]["error"]["code"] == "wrong_password"


async def test_who_goes_on_with_wrong_passwords_has_to_wait(server: RunningServer, new_browser: NewBrowser) -> None:
    """After how many, and how long: test_login_limit. A slow machine may try a few more, each of which makes the wait longer."""
    browser = await new_browser()
    tried = 0
    while True:
        async with browser.session.post(
            server.url / "api/session", json={"user": "admin", "password": "wrong"}
        ) as answer:
            if answer.status == 429:
                break
            assert answer.status == 401
            tried += 1
    assert tried >= 5
    assert int(answer.headers["Retry-After"]) >= 1


async def test_signing_out_ends_the_session(server: RunningServer, browser: Browser) -> None:
    cookie = {"Cookie": "; ".join(f"{c.key}={c.value}" for c in browser.session.cookie_jar)}
    assert (await browser.call("DELETE", "/api/session"))[0] == 204
    async with aiohttp.ClientSession() as other, other.get(server.url / "api/session", headers=cookie) as answer:
        assert answer.status == 401


async def test_one_time_password_must_be_changed_first(server: RunningServer, new_browser: NewBrowser) -> None:
    await server.accounts.add_user("li", "one time only", "admin")
    browser = await (await new_browser()).sign_in("li", "one time only")
    status, refused = await browser.call("GET", "/api/flows")
    assert (status, refused["error"]["code"]) == (403, "password_must_change")
    body = {"old": "one time only", "new": "my very own words"}
    assert (await browser.call("POST", "/api/session/password", body))[0] == 200
    assert (await browser.call("GET", "/api/flows"))[0] == 200


async def test_weak_password_is_refused_with_the_reason(browser: Browser) -> None:
    status, refused = await browser.call("POST", "/api/session/password", {"old": PASSWORD, "new": "short"})
    assert (status, refused["error"]["code"]) == (422, "weak_password")
    assert "at least 10" in refused["error"]["message"]


async def test_one_time_password_can_not_be_kept(server: RunningServer, new_browser: NewBrowser) -> None:
    await server.accounts.add_user("li", "one time only", "admin")
    browser = await (await new_browser()).sign_in("li", "one time only")
    same = {"old": "one time only", "new": "one time only"}
    assert (await browser.call("POST", "/api/session/password", same))[0] == 422
    assert (await browser.call("GET", "/api/session"))[1]["must_change"]


@pytest.mark.parametrize(
    "easy", ["Password123!", "admin12345678", "metachip2026!", "q1w2e3r4t5y6", "woaini1314520", "administrator"]
)
async def test_password_that_guessers_try_first_is_refused(browser: Browser, easy: str) -> None:
    status, refused = await browser.call("POST", "/api/session/password", {"old": PASSWORD, "new": easy})
    assert (status, refused["error"]["code"]) == (422, "weak_password")


async def test_known_device_gets_in_while_others_guess(server: RunningServer, new_browser: NewBrowser) -> None:
    """Only with a cookie that this site has given to this user."""
    mine = await new_browser("admin")
    limit = server.app[LIMIT]
    for number in range(200):
        limit.begin("admin", f"10.0.0.{number}")
    for _ in range(6):
        limit.begin("admin", "127.0.0.1")
    stranger, right = await new_browser(), {"user": "admin", "password": PASSWORD}
    assert (await stranger.call("POST", "/api/session", right))[0] == 429
    assert (await mine.call("POST", "/api/session", right))[0] == 200
    assert known_device("0" * 32 + "." + "0" * 64, "admin", server.secrets) == ""
    assert known_device(device_cookie("li", server.secrets), "admin", server.secrets) == ""


async def test_forgotten_password_is_replaced_by_a_one_time_password(
    server: RunningServer, browser: Browser, new_browser: NewBrowser
) -> None:
    password = await server.accounts.reset_password("admin")
    assert (await browser.call("GET", "/api/session"))[0] == 401
    _, me = await (await new_browser()).call("POST", "/api/session", {"user": "admin", "password": password})
    assert me["must_change"]
    with pytest.raises(AccountRefused):
        await server.accounts.reset_password("nobody")


async def test_new_password_ends_the_other_sessions(new_browser: NewBrowser) -> None:
    mine, other = await new_browser("admin"), await new_browser("admin")
    await mine.call("POST", "/api/session/password", {"old": PASSWORD, "new": "a new long password"})
    assert (await mine.call("GET", "/api/session"))[0] == 200
    assert (await other.call("GET", "/api/session"))[0] == 401


async def test_first_password_is_announced_once(postgres_dsn: str, tmp_path: Path) -> None:
    async with running(postgres_dsn, tmp_path) as server:
        async with server.database.connection() as connection:
            await connection.execute("delete from users")
        server.accounts._first_password = None
        await server.accounts.start()
        await server.accounts.start()
        [line] = server.announced
        password = line.rpartition(" ")[2]
        signed_in = await server.accounts.sign_in("admin", password, "127.0.0.1")
    assert signed_in is not None
    assert signed_in[1].must_change


async def test_role_taken_away_acts_on_the_next_request(server: RunningServer, new_browser: NewBrowser) -> None:
    operator = await new_browser("operator")
    assert (await operator.call("GET", "/api/debug"))[0] == 200
    await server.accounts.change_user("the-operator", role="viewer")

    async def is_refused() -> bool:
        return (await operator.call("GET", "/api/debug"))[0] == 403

    await eventually(is_refused)


async def test_last_administrator_can_not_be_removed(browser: Browser) -> None:
    status, refused = await browser.call("DELETE", "/api/users/admin")
    assert (status, refused["error"]["code"]) == (409, "last_admin")
    status, refused = await browser.call("PATCH", "/api/users/admin", {"role": "viewer"})
    assert (status, refused["error"]["code"]) == (409, "last_admin")


async def test_administrator_makes_integrators_too(new_browser: NewBrowser) -> None:
    admin, operator = await new_browser("admin"), await new_browser("operator")
    body = {"name": "chen", "password": "long enough words", "role": "integrator"}
    assert (await operator.call("POST", "/api/users", body))[0] == 403
    assert (await admin.call("POST", "/api/users", body))[0] == 201
    chen = next(user for user in await admin.get("/api/users") if user["name"] == "chen")
    assert chen["role"] == "integrator"


async def test_token_works_until_it_is_removed(server: RunningServer, browser: Browser) -> None:
    status, made = await browser.call("POST", "/api/tokens", {"name": "backup", "role": "viewer"})
    assert status == 201
    headers = {"Authorization": f"Bearer {made['text']}"}
    async with aiohttp.ClientSession(headers=headers) as script:
        async with script.get(server.url / "api/flows") as answer:
            assert answer.status == 200
        async with script.post(server.url / "api/users", json={}) as answer:
            assert answer.status == 403
        await browser.call("DELETE", "/api/tokens/backup")
        async with script.get(server.url / "api/flows") as answer:
            assert answer.status == 401
    listed = await browser.get("/api/tokens")
    assert listed == []


async def test_token_ends_with_the_user_who_made_it_and_is_lowered_with_them(
    server: RunningServer, new_browser: NewBrowser
) -> None:
    """Also one that the token has made; a user of the same name who comes later has neither."""
    boss, chen = await new_browser("admin"), await new_browser("integrator")
    await boss.call("POST", "/api/users", {"name": "spare", "password": "their first one", "role": "admin"})
    _, first = await chen.call("POST", "/api/tokens", {"name": "first", "role": "integrator"})
    async with aiohttp.ClientSession() as script:

        async def status(text: str, path: str) -> int:
            async with script.get(server.url / path, headers={"Authorization": f"Bearer {text}"}) as answer:
                return answer.status

        headers = {"Authorization": f"Bearer {first['text']}"}
        body = {"name": "second", "role": "admin"}
        async with script.post(server.url / "api/tokens", json=body, headers=headers) as answer:
            assert answer.status == 201
            second = await answer.json()
        assert second["token"]["created_by"] == "the-integrator"
        assert await status(second["text"], "api/users") == 200

        await boss.call("PATCH", "/api/users/the-integrator", {"role": "viewer"})
        assert [await status(made["text"], "api/users") for made in (first, second)] == [403, 403]
        assert [await status(made["text"], "api/flows") for made in (first, second)] == [200, 200]

        await boss.call("DELETE", "/api/users/the-integrator")
        assert [await status(made["text"], "api/flows") for made in (first, second)] == [401, 401]
        await boss.call(
            "POST", "/api/users", {"name": "the-integrator", "password": "their first one", "role": "admin"}
        )
        assert await status(first["text"], "api/flows") == 401
        assert await boss.get("/api/tokens") == []


async def test_token_ends_after_ninety_days_unless_told_otherwise(browser: Browser) -> None:
    _, made = await browser.call("POST", "/api/tokens", {"name": "usual", "role": "viewer"})
    created, ends = (datetime.datetime.fromisoformat(made["token"][key]) for key in ("created_at", "ends_at"))
    assert (ends - created).days == 90
    _, made = await browser.call("POST", "/api/tokens", {"name": "endless", "role": "viewer", "days": None})
    assert made["token"]["ends_at"] is None


async def test_nobody_makes_a_token_that_may_do_more_than_they(browser: Browser) -> None:
    status, refused = await browser.call("POST", "/api/tokens", {"name": "big", "role": "integrator"})
    assert (status, refused["error"]["code"]) == (409, "role")


async def test_token_does_not_count_in_a_cookie(server: RunningServer, browser: Browser) -> None:
    _, made = await browser.call("POST", "/api/tokens", {"name": "backup", "role": "admin"})
    headers = {"Cookie": f"mcs_session={made['text']}"}
    async with aiohttp.ClientSession() as other, other.get(server.url / "api/flows", headers=headers) as answer:
        assert answer.status == 401


async def test_write_without_the_header_is_refused(browser: Browser) -> None:
    headers = {"Origin": browser.headers["Origin"]}
    status, refused = await browser.call("PUT", "/api/secrets/x", {"value": "y"}, headers=headers)
    assert (status, refused["error"]["code"]) == (403, "cross_site")


async def test_write_from_another_site_is_refused(browser: Browser) -> None:
    for origin in ("https://evil.example", "null", browser.headers["Origin"].replace("http:", "https:")):
        status, _ = await browser.call("DELETE", "/api/session", headers={"X-MCS": "1", "Origin": origin})
        assert status == 403, origin


async def test_form_post_is_refused(server: RunningServer, browser: Browser) -> None:
    form = b'{"user": "admin", "password": "x", "a": "='
    async with browser.session.post(
        server.url / "api/session", data=form, headers={"Content-Type": "text/plain"}
    ) as answer:
        assert answer.status == 415


async def test_database_away_leaves_those_signed_in_who_were(
    make_postgres: Callable[[], Postgres], tmp_path: Path
) -> None:
    postgres = make_postgres()
    async with (
        running(postgres.dsn(), tmp_path) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        browser = await Browser(server, session).sign_in()
        postgres.stop()
        await eventually(lambda: not server.database.up)
        flows = await browser.get("/api/flows")
        health = await browser.call("GET", "/api/health", headers={})
        status, refused = await browser.call("GET", "/api/users")
        async with (
            aiohttp.ClientSession(cookies={"mcs_session": "unknown"}) as stranger,
            stranger.get(server.url / "api/flows") as answer,
        ):
            unknown = answer.status
        postgres.start()
        await eventually(lambda: server.database.up)
        assert (await browser.call("GET", "/api/users"))[0] == 200
    assert [flow["name"] for flow in flows] == ["gas"]
    assert health[0] == 200
    assert (status, refused["error"]["code"]) == (503, "database_away")
    assert "reconnected" in refused["error"]["hint"]
    assert unknown == 503


async def test_audit_tells_who_did_what_and_no_secret(server: RunningServer, browser: Browser) -> None:
    secret = secrets.token_hex(16)
    await browser.call("PUT", "/api/secrets/mail", {"value": secret})
    await browser.call("POST", "/api/users", {"name": "wang", "password": secret, "role": "viewer"})
    lines: list[dict[str, Any]] = await browser.get("/api/audit")
    told = [(line["who"], line["action"], line["target"], line["address"]) for line in lines]
    assert told[0] == ("admin", "user.add", "wang", "127.0.0.1")
    assert told[1] == ("admin", "secret.set", "mail", "127.0.0.1")
    assert secret not in str(lines)


async def test_words_that_look_like_a_nul_are_in_the_audit_log_and_hold_up_nothing(browser: Browser) -> None:
    """A note that quotes what PostgreSQL says of a NUL."""
    note = "refused: \\u0000 cannot be converted to text"
    flow = (await browser.get("/api/flows/gas"))["text"]
    base = (await browser.get("/api/flows/gas"))["revision"]
    status, _ = await browser.call(
        "POST", "/api/flows/gas/deploy", {"base": base, "text": f"# one more line\n{flow}", "note": note}
    )
    [line, *_] = await browser.get("/api/audit?action=deploy")
    assert (status, line["details"]["note"]) == (200, note)


async def test_a_line_that_the_audit_table_refuses_holds_up_no_change_and_no_other_line(
    server: RunningServer, browser: Browser
) -> None:
    async with server.database.connection(5) as connection:
        await connection.execute("alter table audit add check (target <> 'poison')")
    first, _ = await browser.call("PUT", "/api/secrets/poison", {"value": "x"})
    second, _ = await browser.call("PUT", "/api/secrets/mail", {"value": "x"})
    lines = [line["target"] for line in await browser.get("/api/audit?action=secret")]
    assert (first, second, lines) == (204, 204, ["mail"])
