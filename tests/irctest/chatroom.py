"""The controller by which irctest (https://github.com/progval/irctest) runs chatroom.

irctest tests IRC servers from the outside. Its tests are its own and are not here. With a checkout of it,
and Python with pytest 7.4 or later:

    deno task irc:irctest -- CHECKOUT

runs them against this server, as run.ts beside this file says. By hand, in the checkout:

    CHATROOM_COMMAND='["deno","run","-A","/path/to/main.ts"]' PYTHONPATH=/path/to/tests/irctest \
        python3 -m pytest --controller chatroom

What the environment says:

    CHATROOM_COMMAND   the program and its first arguments, as JSON
    CHATROOM_FLAGS     more flags for `serve`, as JSON: limits that the tests would meet
    CHATROOM_REGISTER  the program that reserves a name, as JSON: it takes a directory, a name, a password
    CHATROOM_STORE     memory (default), or full or normal: messages are stored with that durability
    CHATROOM_PORTS     the first port that may be used, of 990; below those that systems give to connections
    CHATROOM_TLS       1: the server speaks TLS only, and what irctest sends goes through a relay
    CHATROOM_OPERATORS a regular expression of tests (`file::Class::test`) in which whoever opens a channel is its
                       operator. Guests are hosts of no room, so the relay reserves each nick by which a client
                       comes that shows no password, and shows the one that it has given it

The WebSocket of the server is at /irc of the web door; irctest asks for / of a port of its own, so a relay asks for
the other path.
"""

import asyncio
import atexit
import itertools
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Callable, List, Optional, Tuple, Type

from irctest.basecontrollers import BaseServerController, DirectoryBasedController
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors
from irctest import patma


# What the relay gives names that it reserves.
OWN_PASSWORD = "correct-horse"


# Each port comes again only after all others.
ports = itertools.count()


def from_environment(name: str) -> List[str]:
    return json.loads(os.environ.get(name, "[]"))


def end_group(pid: int) -> None:
    """Ends a server that a test has left behind, as one does that fails while it is set up."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def register(directory: Path, name: str, password: str) -> bool:
    """Reserves a name on a data directory, whether a server runs on it or not."""
    command = [*from_environment("CHATROOM_REGISTER"), str(directory), name, password]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, **quiet).returncode == 0


def at_irc(head: bytes, port: int) -> bytes:
    """The first request of a WebSocket for /, as one for /irc of the web door on another port."""
    head = re.sub(rb"\AGET / ", b"GET /irc ", head)
    return re.sub(rb"(?m)^Host:[^\r]*", b"Host: 127.0.0.1:%d" % port, head)


class Relay:
    """
    Takes connections in the clear, and carries each to the server. What a client sends first, up to its NICK, goes
    through `first`, in a thread of its own.
    """

    def __init__(
        self,
        hostname: str,
        port: int,
        to_port: int,
        over_tls: bool,
        first: Optional[Callable[[bytes], Optional[bytes]]] = None,
    ) -> None:
        self.to_port = to_port
        self.first = first
        self.context = ssl.create_default_context() if over_tls else None
        if self.context is not None:
            # The server has made its certificate for this run.
            self.context.check_hostname = False
            self.context.verify_mode = ssl.CERT_NONE
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self.carry, hostname, port)
        )
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            from_server, to_server = await asyncio.open_connection(
                "127.0.0.1", self.to_port, ssl=self.context
            )
        except OSError:
            writer.close()
            return
        try:
            await asyncio.gather(
                self.copy(reader, to_server, self.first),
                self.copy(from_server, writer, None),
            )
        except asyncio.CancelledError:
            # The test is over.
            writer.close()
            to_server.close()

    async def copy(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        first: Optional[Callable[[bytes], Optional[bytes]]],
    ) -> None:
        try:
            while data := await reader.read(65536):
                if first is not None:
                    changed = await self.loop.run_in_executor(None, first, data)
                    if changed is not None:
                        data, first = changed, None
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        # What reserves a name writes into the directory that goes after this.
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


class ChatroomController(BaseServerController, DirectoryBasedController):
    software_name = "chatroom"
    _port_wait_interval = 0.02
    supported_sasl_mechanisms = {"PLAIN"}
    supports_sts = False
    extban_mute_char = "m"

    capabilities = frozenset(
        (
            Capabilities.ACCOUNT_NOTIFY,
            Capabilities.ACCOUNT_TAG,
            Capabilities.AWAY_NOTIFY,
            Capabilities.BATCH,
            Capabilities.ECHO_MESSAGE,
            Capabilities.EXTENDED_JOIN,
            Capabilities.EXTENDED_MONITOR,
            Capabilities.LABELED_RESPONSE,
            Capabilities.MESSAGE_REDACTION,
            Capabilities.MESSAGE_TAGS,
            Capabilities.MULTILINE,
            Capabilities.MULTI_PREFIX,
            Capabilities.READ_MARKER,
            Capabilities.SERVER_TIME,
            Capabilities.SETNAME,
        )
    )

    optional_behaviors = frozenset(
        (
            OptionalBehaviors.CAP_REQ_MINUS,
            OptionalBehaviors.ELIST_U,
            OptionalBehaviors.MULTI_JOIN,
            OptionalBehaviors.MULTI_PRIVMSG,
        )
    )

    isupport = {
        "CASEMAPPING": "ascii",
        "ELIST": patma.StrRe(".*U.*"),
        "MONITOR": patma.ANYSTR,
        "MSGREFTYPES": "msgid,timestamp",
        "PREFIX": "(ov)@+",
        "TARGMAX": patma.ANYSTR,
        "UTF8ONLY": None,
        "WHOX": None,
    }

    relays: List[Relay] = []

    def get_hostname_and_port(self) -> Tuple[str, int]:
        """A port that nobody listens on; where the system picked one, it could give it to a connection before that."""
        first = int(os.environ.get("CHATROOM_PORTS", "0"))
        if first == 0:
            return super().get_hostname_and_port()
        while True:
            port = first + next(ports) % 990
            with socket.socket() as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    tried.bind(("127.0.0.1", port))
                except OSError:
                    continue
            return ("127.0.0.1", port)

    def run(
        self,
        hostname: str,
        port: int,
        *,
        password: Optional[str],
        ssl: bool,
        run_services: bool,
        faketime: Optional[str],
        websocket_hostname: Optional[str] = None,
        websocket_port: Optional[int] = None,
    ) -> None:
        assert self.proc is None
        self.create_config()
        assert self.directory is not None
        self.hostname = hostname
        self.port = port
        self.relays = []
        over_tls = ssl or os.environ.get("CHATROOM_TLS") == "1"
        store = os.environ.get("CHATROOM_STORE", "memory")
        # What pytest says of the test that it is about to run.
        test = re.sub(r"^.*server_tests/| \(.*$", "", os.environ.get("PYTEST_CURRENT_TEST", ""))
        operators = os.environ.get("CHATROOM_OPERATORS", "")
        as_owners = operators != "" and store != "memory" and re.search(operators, test) is not None
        irc_port = port
        if (over_tls or as_owners) and not ssl:
            _, irc_port = self.get_hostname_and_port()
        command = from_environment("CHATROOM_COMMAND") or ["chatroom"]
        # Not one that the system picks: that could be the one that the test was given.
        _, chat_port = self.get_hostname_and_port()
        command += ["serve", "--port", str(chat_port), "--log-level", "error"]
        command += ["--irc", f"127.0.0.1:{irc_port}", "--irc-name", "My.Little.Server"]
        command += ["--title", "test server"]
        command += from_environment("CHATROOM_FLAGS")
        if store == "memory":
            command += ["--memory"]
        else:
            command += ["--data", str(self.directory / "data"), "--durability", store]
        if over_tls:
            command += ["--tls"]
        web_port = 0
        if websocket_port is not None:
            _, web_port = self.get_hostname_and_port()
            command += ["--web", f"127.0.0.1:{web_port}"]
            if store != "memory":
                # These tests look for what was said before it was stored.
                self.sync_sleep_time = 0.3
        env = {**os.environ, "XDG_DATA_HOME": str(self.directory / "home")}
        if password is not None:
            env["CHATROOM_PASSWORD"] = password
        self.proc = self.execute(command, env=env)
        atexit.register(end_group, self.proc.pid)
        if irc_port != port:
            first = self.shows_password if as_owners else None
            self.relays.append(Relay(hostname, port, irc_port, over_tls, first))
        if websocket_port is not None:
            assert websocket_hostname is not None
            self.relays.append(
                Relay(
                    websocket_hostname,
                    websocket_port,
                    web_port,
                    over_tls,
                    lambda head: at_irc(head, web_port),
                )
            )

    def shows_password(self, data: bytes) -> Optional[bytes]:
        """What a client sends, with the password of its nick before that; `None`: it has not said its nick yet."""
        if re.search(rb"^(PASS|AUTHENTICATE)", data, re.M):
            return data
        nick = re.search(rb"^NICK :?(\S+)", data, re.M)
        if nick is None:
            return None
        assert self.directory is not None
        # Another client may have come by it before: then it is reserved already.
        register(self.directory / "data", nick.group(1).decode(), OWN_PASSWORD)
        return f"PASS :{OWN_PASSWORD}\r\n".encode() + data

    def wait_for_port(self) -> None:
        if not self.port_open:
            # A relay listens before the server does.
            for relay in self.relays:
                self.wait_until_open(relay.to_port)
        super().wait_for_port()

    def wait_until_open(self, port: int) -> None:
        deadline = time.time() + 60
        while True:
            self.check_is_alive()
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except ConnectionRefusedError:
                if time.time() > deadline:
                    raise
                time.sleep(self._port_wait_interval)

    def wait_for_services(self) -> None:
        """There is nothing to wait for: the server answers for NickServ itself."""

    def registerUser(
        self, case: Any, username: str, password: Optional[str] = None
    ) -> None:
        if os.environ.get("CHATROOM_STORE", "memory") == "memory":
            raise NotImplementedByController("names that are reserved in memory")
        assert self.directory is not None and password is not None
        case.controller.wait_for_port()
        if not register(self.directory / "data", username, password):
            raise RuntimeError(f"The name {username} could not be reserved")

    def kill_proc(self) -> None:
        """At once: nobody reads again what it has stored, and clients are given seconds to say goodbye."""
        assert self.proc is not None
        end_group(self.proc.pid)
        self.proc.wait(60)
        self.proc = None

    def kill(self) -> None:
        for relay in self.relays:
            relay.close()
        self.relays = []
        super().kill()


def get_irctest_controller_class() -> Type[ChatroomController]:
    return ChatroomController
