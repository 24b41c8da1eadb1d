"""Shows that the funnel is read from a replica. Two servers of PostgreSQL on the loopback, made for this and removed again.

    ODOO_RC=odoo.conf python bench/replica.py --db NAME      # NAME is only read: a dump of it fills the primary

Odoo runs with ``db_replica_host``; a salesperson asks for the funnel by RPC, for its files and for what moves a deal. The log of each
server says which one was asked: ``get_funnel`` only the replica, the move only the primary, and a change is in the next answer.
"""

import argparse
import configparser
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from http.cookiejar import CookieJar
from pathlib import Path

LOGIN = "replica_reader"
BREAKDOWNS = ("deal_type_id", "partner_id", "department_id", "user_id", "team_id")
PREPARE = f"""
user = env["res.users"].with_context(no_reset_password=True).create({{
    "name": "Reader", "login": "{LOGIN}", "password": "{LOGIN}",
    "group_ids": [(4, env.ref("sales_team.group_sale_manager").id)]}})
lead = env["crm.lead"].create({{"name": "On the replica", "type": "opportunity", "user_id": user.id}})
print("LEAD", lead.id)
env.cr.commit()
"""


def main():
    parser = argparse.ArgumentParser(description="Show that the funnel is read from a replica.")
    parser.add_argument("--db", default=os.environ.get("DB"))
    parser.add_argument("--config", default=os.environ.get("ODOO_RC"))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="paydox-replica-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if os.geteuid() == 0:  # PostgreSQL does not run as root
            shutil.chown(folder, "postgres", "postgres")
        primary, replica = Server(folder / "primary", stack), Server(folder / "replica", stack)
        primary.create()
        fill(primary, options)
        replica.follow(primary)
        data = Path(tempfile.mkdtemp(prefix="paydox-replica-data-"))
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        config = write_config(data, options, primary, replica)
        lead_id = prepare(config)
        wait_for(lambda: replica.ask(f"SELECT count(*) FROM crm_lead WHERE id = {lead_id}") == "1", "the replica")
        check(Client(config, stack), primary, replica, lead_id)
    print("The funnel was read from the replica, what moves a deal went to the primary.")


class Server:
    """One server of PostgreSQL in a folder, on a free port of the loopback."""

    def __init__(self, folder, stack):
        self.folder, self.stack, self.port = folder, stack, free_port()
        self.log = folder.with_suffix(".log")

    def create(self):
        self._run("initdb", "-D", str(self.folder), "-U", "odoo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._start("wal_level=replica", "fsync=off")

    def follow(self, primary):
        self._run(
            "pg_basebackup",
            "-h",
            "127.0.0.1",
            "-p",
            str(primary.port),
            "-U",
            "odoo",
            "-D",
            str(self.folder),
            "-R",
            "-c",
            "fast",
        )
        self._start("hot_standby=on", "fsync=off")
        if self.ask("SELECT pg_is_in_recovery()") != "t":
            sys.exit("The second server is no replica.")

    def ask(self, query):
        command = ["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "odoo", "-d", DATABASE, "-qAtXc", query]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    def read_log(self):
        return self.log.read_text(errors="replace")

    def _start(self, *settings):
        settings += (f"port={self.port}", "listen_addresses=127.0.0.1", "log_statement=all", "shared_buffers=64MB")
        arguments = " ".join(
            f"-c {setting}" for setting in (*settings, f"unix_socket_directories={self.folder.parent}")
        )
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-l", str(self.log), "-o", arguments, "start")
        self.stack.callback(self._run, "pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")

    def _run(self, program, *arguments):
        if os.geteuid() == 0:
            path = shutil.which(program)
            command = ["runuser", "-u", "postgres", "--", path, *arguments]
        else:
            command = [program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


class Client:
    """A server of Odoo and a person who is logged in."""

    def __init__(self, config, stack):
        self.url = f"http://127.0.0.1:{free_port()}"
        port = self.url.rsplit(":", 1)[1]
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "odoo",
                "-c",
                str(config),
                "-d",
                DATABASE,
                f"--http-port={port}",
                "--log-level=warn",
            ],
            env=ENVIRONMENT,
        )
        stack.callback(server.wait, 30)
        stack.callback(server.send_signal, signal.SIGTERM)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        wait_for(self._is_up, "Odoo")
        login = {"db": DATABASE, "login": LOGIN, "password": LOGIN}
        self.post("/web/session/authenticate", login)

    def call(self, model, method, *args, **kwargs):
        parameters = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", parameters)

    def post(self, path, parameters):
        body = json.dumps({"jsonrpc": "2.0", "params": parameters}).encode()
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        answer = json.load(self.opener.open(request, timeout=120))
        if "error" in answer:
            sys.exit(f"{path}: {answer['error']['data']['message']}")
        return answer["result"]

    def _is_up(self):
        try:
            return self.opener.open(f"{self.url}/web/health", timeout=5).status == 200
        except OSError:
            return False


def check(client, primary, replica, lead_id):
    def asked(mark, call):
        before = primary.read_log().count(mark), replica.read_log().count(mark)
        answer = call()
        time.sleep(1)
        return answer, primary.read_log().count(mark) - before[0], replica.read_log().count(mark) - before[1]

    client.call("paydox.funnel", "get_funnel")  # the first call fills caches
    for mark, arguments in (
        ("paydox_funnel_tally WHERE kind", {}),
        ("FROM paydox_deal_status_event", {"mode": "snapshot"}),
        *(
            ("FROM paydox_deal_status_event", {"domain": [["id", ">", 0]], "mode": mode, "breakdown": breakdown})
            for mode in ("cohort", "snapshot")
            for breakdown in BREAKDOWNS
        ),
    ):
        funnel, on_primary, on_replica = asked(
            mark, lambda arguments=arguments: client.call("paydox.funnel", "get_funnel", **arguments)
        )
        print(f"get_funnel({arguments}): {on_replica} statements on the replica, {on_primary} on the primary")
        if on_primary or not on_replica or not funnel["cohort"]:
            sys.exit("get_funnel was not read from the replica.")
    for method, arguments in (("export_xlsx", {}), ("get_comparison", {"by": "user_id"}), ("get_insights", {})):
        _answer, on_primary, on_replica = asked(
            "paydox_deal_status_event",
            lambda method=method, arguments=arguments: client.call("paydox.funnel", method, **arguments),
        )
        print(f"{method}: {on_replica} statements on the replica, {on_primary} on the primary")
        if on_primary or not on_replica:
            sys.exit(f"{method} was not read from the replica.")
    _answer, on_primary, on_replica = asked(
        "INSERT INTO paydox_deal_status_event", lambda: client.call("crm.lead", "set_deal_status", [lead_id], "offer")
    )
    if on_replica or not on_primary:
        sys.exit("A deal was moved elsewhere than on the primary.")

    def is_offer():
        layers = client.call("paydox.funnel", "get_funnel", [["id", "=", lead_id]])["layers"]
        return any(layer["count"] for layer in layers[2:3])

    wait_for(is_offer, "the move on the replica")


def fill(primary, options):
    source = read_config(options)
    connection = [
        "-h",
        source.get("db_host", ""),
        "-p",
        source.get("db_port", "5432"),
        "-U",
        source.get("db_user", "odoo"),
    ]
    target = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "odoo"]
    subprocess.run(["createdb", *target, DATABASE], check=True)
    dump = subprocess.Popen(["pg_dump", *connection, "-O", "-x", "-Fc", options.db], stdout=subprocess.PIPE)
    subprocess.run(["pg_restore", *target, "-O", "-x", "-d", DATABASE], stdin=dump.stdout, check=True)
    if dump.wait():
        sys.exit(f"{options.db} could not be read.")


def read_config(options):
    parser = configparser.RawConfigParser()
    parser.read(options.config)
    return dict(parser["options"])


def write_config(data, options, primary, replica):
    parser = configparser.RawConfigParser()
    parser["options"] = read_config(options) | {
        "db_host": "127.0.0.1",
        "db_port": str(primary.port),
        "db_replica_host": "127.0.0.1",
        "db_replica_port": str(replica.port),
        "db_user": "odoo",
        "db_name": DATABASE,
        "dbfilter": f"^{DATABASE}$",
        "http_interface": "127.0.0.1",
        "max_cron_threads": "0",
        "workers": "0",
        "data_dir": str(data),
    }
    config = data / "odoo.conf"
    with config.open("w") as file:
        parser.write(file)
    return config


def prepare(config):
    command = [
        sys.executable,
        "-m",
        "odoo",
        "shell",
        "-c",
        str(config),
        "-d",
        DATABASE,
        "--no-http",
        "--log-level=error",
    ]
    result = subprocess.run(command, input=PREPARE, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if result.returncode:
        sys.exit(result.stderr)
    return int(result.stdout.split("LEAD")[1].split()[0])


def wait_for(condition, what, seconds=120):
    for _attempt in range(seconds * 2):
        if condition():
            return
        time.sleep(0.5)
    sys.exit(f"{what} did not come.")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


DATABASE = "paydox_replica"
# Odoo takes PGHOST before its configuration.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("PGHOST", "PGPORT", "PGUSER")}

if __name__ == "__main__":
    main()
