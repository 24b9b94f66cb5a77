"""`mcs licence-server`: the vendor's side, at the command line."""

from __future__ import annotations

import argparse
import asyncio
import datetime
import signal
import ssl
import time
from pathlib import Path

from aiohttp import web

from engine.api import SetupError
from licence_server.app import make_app
from licence_server.store import Entry, LicenceStore
from plant.licence.token import format_vendor_key

__all__ = ["arguments", "run"]

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def arguments(parser: argparse.ArgumentParser) -> None:
    """init, show-key, issue, list, revoke, release, serve."""
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("licences"),
        help="where the licences and the signing key are (default ./licences)",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("init", help="make an empty store of licences and a signing key")
    actions.add_parser("show-key", help="print the vendor's public key, which is built into the product")
    issue = actions.add_parser("issue", help="make a licence key; it is printed this once")
    issue.add_argument("customer")
    issue.add_argument(
        "--until", type=_day, metavar="YYYY-MM-DD", help="last day of the licence; without it there is no end"
    )
    issue.add_argument("--machines", type=int, default=1, help="on how many machines it may run (default 1)")
    issue.add_argument("--note", default="")
    actions.add_parser("list", help="all licences, their machines and when they last asked")
    for name, help in (
        ("revoke", "sites with this licence lock within 72 hours"),
        ("release", "forget the machines of this licence, for a server that was replaced"),
    ):
        actions.add_parser(name, help=help).add_argument("number", type=int, help="the licence's number in the list")
    serve = actions.add_parser("serve", help="answer the sites")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8443)
    serve.add_argument(
        "--certificate", type=Path, metavar="PEM", help="certificate chain; without it plain HTTP on loopback"
    )
    serve.add_argument("--key", type=Path, metavar="PEM", help="private key of the certificate")
    serve.add_argument("--behind-proxy", action="store_true", help="believe the proxy's X-Forwarded-For")


def run(options: argparse.Namespace) -> int:
    """The exit code."""
    if options.action == "init":
        store = LicenceStore.create(options.folder)
        print(f"mcs: made {options.folder}; back up its signing.pem, it can't be made again")
        print(f"vendor key: {format_vendor_key(store.signing_key.public_key())}")
        return 0
    store = LicenceStore(options.folder)
    match options.action:
        case "show-key":
            print(format_vendor_key(store.signing_key.public_key()))
        case "issue":
            if options.machines < 1:
                raise SetupError("a licence for no machine is none", "give --machines 1 or more")
            if options.until is not None and options.until <= time.time():
                raise SetupError("a licence that is over already is none", "give a later --until")
            print(store.issue(options.customer, until=options.until, machines=options.machines, note=options.note))
        case "list":
            print(_table(store.entries(), time.time()))
        case "revoke":
            if not store.revoke(options.number):
                raise SetupError(f"there is no licence {options.number} in force", "see mcs licence-server list")
            print(f"mcs: licence {options.number} is revoked")
        case "release":
            if all(entry.id != options.number for entry in store.entries()):
                raise SetupError(f"there is no licence {options.number}", "see mcs licence-server list")
            print(f"mcs: licence {options.number}: {store.release(options.number)} machines released")
        case _:
            asyncio.run(_serve(store, options))
    return 0


async def _serve(store: LicenceStore, options: argparse.Namespace) -> None:
    context = _context(options)
    if context is None and options.host not in LOOPBACK:
        raise SetupError(
            "licence keys must not travel in the clear",
            "give --certificate and --key, or listen on 127.0.0.1 behind a proxy",
        )
    runner = web.AppRunner(make_app(store, behind_proxy=options.behind_proxy), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, options.host, options.port, ssl_context=context).start()
    except OSError as failure:
        await runner.cleanup()
        raise SetupError(
            f"{options.host}:{options.port} can't be listened on ({failure.strerror})", "take another --port"
        ) from failure
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    scheme = "https" if context else "http"
    print(f"mcs: licence server at {scheme}://{options.host}:{options.port}", flush=True)
    await stop.wait()
    await runner.cleanup()


def _context(options: argparse.Namespace) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(options.certificate, options.key)
    except (OSError, ssl.SSLError) as failure:
        raise SetupError(f"the certificate can't be used ({failure})", "check --certificate and --key") from failure
    return context


def _table(entries: list[Entry], now: float) -> str:
    if not entries:
        return "no licences yet; `mcs licence-server issue CUSTOMER` makes one"
    rows = [("no.", "key", "customer", "until", "state", "machines", "last asked")]
    for one in entries:
        over = one.until is not None and one.until <= now
        state = "revoked" if one.revoked_at else "over" if over else "in force"
        rows.append(
            (
                str(one.id),
                f"…{one.hint}",
                one.customer,
                "no end" if one.until is None else _date(one.until - 1)[:10],
                state,
                f"{len(one.bound)} of {one.machines}",
                _date(one.last_at) or "never",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _date(moment: float | None) -> str:
    return "" if moment is None else datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%d %H:%M")


def _day(text: str) -> float:
    """The end of that day, UTC."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2027-12-31") from wrong
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), datetime.UTC).timestamp()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port, a whole number from 1 to 65535")
    return int(text)
