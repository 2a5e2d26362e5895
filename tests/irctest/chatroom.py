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
    CHATROOM_TLS       1: the server speaks TLS only, and what irctest sends goes through a relay
    CHATROOM_ACCOUNTS  a directory of data with names that are reserved, and after a colon their password: the relay
                       shows it for each client that shows none, since guests are hosts of no room
"""

import asyncio
import atexit
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from typing import Any, List, Optional, Type

from irctest.basecontrollers import BaseServerController, DirectoryBasedController
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors
from irctest import patma


def from_environment(name: str) -> List[str]:
    return json.loads(os.environ.get(name, "[]"))


def end_group(pid: int) -> None:
    """Ends a server that a test has left behind, as one does that fails while it is set up."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Relay:
    """Takes connections in the clear, and carries each to the server: over TLS, or with a password."""

    def __init__(
        self, hostname: str, port: int, to_port: int, over_tls: bool, password: str
    ) -> None:
        self.to_port = to_port
        self.password = password
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
        await asyncio.gather(
            self.copy(reader, to_server, self.password),
            self.copy(from_server, writer, ""),
        )

    async def copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, password: str
    ) -> None:
        try:
            while data := await reader.read(65536):
                if password and re.search(rb"^(PASS|AUTHENTICATE)", data, re.M):
                    password = ""
                nick = re.search(rb"^NICK :?(\S+)", data, re.M)
                if password and nick is not None:
                    writer.write(f"PASS :{password}\r\n".encode())
                    password = ""
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

    relay: Optional[Relay] = None

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
        if websocket_hostname is not None or websocket_port is not None:
            raise NotImplementedByController("WebSocket at another path than /irc")
        assert self.proc is None
        self.create_config()
        assert self.directory is not None
        self.hostname = hostname
        self.port = port
        over_tls = ssl or os.environ.get("CHATROOM_TLS") == "1"
        accounts, _, its_password = os.environ.get("CHATROOM_ACCOUNTS", "").partition(":")
        irc_port = port
        if (over_tls or accounts) and not ssl:
            _, irc_port = self.get_hostname_and_port()
        store = os.environ.get("CHATROOM_STORE", "memory")
        command = from_environment("CHATROOM_COMMAND") or ["chatroom"]
        command += ["serve", "--port", "0", "--log-level", "error"]
        command += ["--irc", f"127.0.0.1:{irc_port}", "--irc-name", "My.Little.Server"]
        command += from_environment("CHATROOM_FLAGS")
        if store == "memory":
            command += ["--memory"]
        else:
            command += ["--data", str(self.directory / "data"), "--durability", store]
            if accounts:
                shutil.copytree(accounts, self.directory / "data")
        if over_tls:
            command += ["--tls"]
        env = {**os.environ, "XDG_DATA_HOME": str(self.directory / "home")}
        if password is not None:
            env["CHATROOM_PASSWORD"] = password
        self.proc = self.execute(command, env=env)
        atexit.register(end_group, self.proc.pid)
        if irc_port != port:
            self.relay = Relay(hostname, port, irc_port, over_tls, its_password)

    def wait_for_port(self) -> None:
        if self.relay is not None and not self.port_open:
            # The relay listens before the server does.
            deadline = time.time() + 60
            while True:
                self.check_is_alive()
                try:
                    socket.create_connection(("127.0.0.1", self.relay.to_port)).close()
                    break
                except ConnectionRefusedError:
                    if time.time() > deadline:
                        raise
                    time.sleep(self._port_wait_interval)
        super().wait_for_port()

    def wait_for_services(self) -> None:
        """There is nothing to wait for: the server answers for NickServ itself."""

    def registerUser(
        self, case: Any, username: str, password: Optional[str] = None
    ) -> None:
        register = from_environment("CHATROOM_REGISTER")
        if os.environ.get("CHATROOM_STORE", "memory") == "memory" or not register:
            raise NotImplementedByController("names that are reserved in memory")
        assert self.directory is not None and password is not None
        case.controller.wait_for_port()
        subprocess.run(
            [*register, str(self.directory / "data"), username, password],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def kill_proc(self) -> None:
        """At once: nobody reads again what it has stored, and clients are given seconds to say goodbye."""
        assert self.proc is not None
        end_group(self.proc.pid)
        self.proc.wait(60)
        self.proc = None

    def kill(self) -> None:
        if self.relay is not None:
            self.relay.close()
            self.relay = None
        super().kill()


def get_irctest_controller_class() -> Type[ChatroomController]:
    return ChatroomController
