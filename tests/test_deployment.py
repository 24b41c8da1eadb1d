"""The files of a real deployment: parsed, compared with each other, and started natively."""

import configparser
import os
import re
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
import yaml

from .repository import ROOT, free_port, manifests

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.MULTILINE)
DATABASE = "paydox_test_deployment"
PASSWORD = "a long enough password"


def pins(text):
    return {name.lower().replace("_", "-"): version for name, version in PIN.findall(text)}


def test_services_have_health_checks_and_named_volumes():
    services = COMPOSE["services"]

    assert services["db"]["image"] == "postgres:17"
    assert {name for name in services if "healthcheck" in services[name]} == {"db", "odoo"}
    volumes = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert volumes == set(COMPOSE["volumes"])


def test_ports_are_open_on_the_loopback_interface_only():
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_secrets_come_from_the_environment_and_have_no_default():
    secrets = [
        value
        for service in COMPOSE["services"].values()
        for name, value in service["environment"].items()
        if "PASSWORD" in name
    ]

    assert len(secrets) >= 3
    assert all(re.fullmatch(r"\$\{[A-Z_]+:\?.+\}", value) for value in secrets)


def test_odoo_starts_after_the_database_was_made():
    assert COMPOSE["services"]["odoo"]["depends_on"]["init"]["condition"] == "service_completed_successfully"
    assert COMPOSE["services"]["init"]["depends_on"]["db"]["condition"] == "service_healthy"


def test_every_file_the_image_copies_exists_and_is_not_ignored():
    included = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    for source in re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE):
        assert (ROOT / source).exists()
        assert any(source == path or source.startswith(path + "/") for path in included)


def test_pins_of_the_image_are_those_of_the_requirements():
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    extras = requirements.partition("# PayDox")[2]

    installed = re.search(r"pip install[^\n]*((?:\\\n[^\n]*)*)", DOCKERFILE)
    lines = "\n".join(part.strip(" \\") for part in installed[0].split()) if installed else ""
    assert pins(lines) == pins(extras)


def test_python_packages_named_in_manifests_are_pinned():
    pinned = pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))

    for addon, manifest in manifests().items():
        for package in manifest.get("external_dependencies", {}).get("python", []):
            assert package.lower().replace("_", "-") in pinned, f"{addon} needs {package}"


def test_configuration_gives_nothing_away():
    options = configparser.RawConfigParser()
    options.read(ROOT / "odoo.conf")
    conf = dict(options["options"])

    assert conf["list_db"] == "False"
    assert conf["proxy_mode"] == "True"
    assert conf["with_demo"] == "False"
    assert int(conf["workers"]) >= 2
    assert int(conf["max_cron_threads"]) >= 1
    assert not {"db_password", "db_host", "admin_passwd"} & set(conf)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A database and the surroundings of the image: only the host and the folders differ."""
    if "ODOO_CONF" not in os.environ:
        pytest.skip("needs the databases of make test")
    databases = ROOT / "scripts/lib/databases.sh"
    subprocess.run([databases, "db_drop", DATABASE], check=True)
    subprocess.run([databases, "db_copy", "paydox_template", DATABASE], check=True)
    folder = tmp_path_factory.mktemp("deployment")
    command = folder / "odoo"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m odoo "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    yield {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        "PATH": f"{folder}:{os.environ['PATH']}",
        "ODOO_RC": str(ROOT / "odoo.conf"),
        "PGDATABASE": DATABASE,
        "ODOO_ADDONS_PATH": os.environ["ADDONS_PATH"],
        "ODOO_DATA_DIR": os.environ["PAYDOX_CACHE"] + "/data",
        "ODOO_HTTP_PORT": str(free_port()),
        "ODOO_GEVENT_PORT": str(free_port()),
        "PAYDOX_ADMIN_PASSWORD": PASSWORD,
    }
    subprocess.run([databases, "db_drop", DATABASE], check=True)


def fetch(environment, path):
    url = f"http://127.0.0.1:{environment['ODOO_HTTP_PORT']}{path}"
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def test_init_replaces_the_default_password(environment):
    script = ROOT / "scripts/deploy/init.sh"
    refused = subprocess.run([script], env={**environment, "PAYDOX_ADMIN_PASSWORD": "short"}, check=False)
    assert refused.returncode == 1

    done = subprocess.run([script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    check = """
from odoo.exceptions import AccessDenied
admin = env.ref("base.user_admin")
def accepted(password):
    try:
        return bool(admin.with_user(admin)._check_credentials({"type": "password", "password": password}, {"interactive": False}))
    except AccessDenied:
        return False
import os
print("accepted:", accepted("admin"), accepted(os.environ["PAYDOX_ADMIN_PASSWORD"]))
"""
    shell = subprocess.run(
        ["odoo", "shell", "--no-http", "--log-level=error"],
        input=check, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "accepted: False True" in shell.stdout, shell.stdout + shell.stderr


def test_odoo_starts_natively_with_this_configuration(environment, tmp_path):
    log = tmp_path / "odoo.log"
    with log.open("w") as out:
        server = subprocess.Popen(["odoo"], env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + 60
            status = None
            while status != 200 and server.poll() is None and time.monotonic() < deadline:
                time.sleep(0.3)
                try:
                    status, _body = fetch(environment, "/web/health")
                except OSError:
                    status = None
            assert status == 200, log.read_text()[-3000:]
            assert fetch(environment, "/web/login")[0] == 200
            assert "database manager has been disabled" in fetch(environment, "/web/database/manager")[1]
        finally:
            server.terminate()
            server.wait(30)
    assert " ERROR " not in log.read_text()
