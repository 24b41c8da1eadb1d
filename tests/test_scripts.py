"""The set-up under bad circumstances: each ends in a sentence that says what to do, and nothing half-made is trusted."""

import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from .repository import ROOT, free_port

SCRIPTS = ROOT / "scripts"


@pytest.fixture
def cache():
    """An empty cache whose path has a space; reachable for the account that runs the cluster."""
    with tempfile.TemporaryDirectory(prefix="pay dox ") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def commands(tmp_path):
    """A function that puts a stand-in for a system command first in the path."""

    def stand_in(name, script):
        path = tmp_path / name
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

    stand_in.folder = tmp_path
    return stand_in


def call(command, cache, folder=None, **options):
    """Run a script as from a fresh terminal; return its status and all it said."""
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}" if folder else os.environ["PATH"],
        "HOME": str(cache),
        "PAYDOX_CACHE": str(cache),
        **options.pop("env", {}),
    }
    done = subprocess.run(
        [str(part) for part in command],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False, **options,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def bash(cache, script):
    libraries = f'source "{SCRIPTS}/lib/session.sh"\n'
    return call(["bash", "-c", libraries + script], cache)


def test_taken_port_is_named_and_another_proposed(cache):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        status, said = call([SCRIPTS / "run.sh", port], cache)

    assert status == 1
    assert f"Port {port} is taken" in said
    assert "make run PORT=" in said


@pytest.mark.parametrize("port", ["web", "0", "70000"])
def test_what_is_no_port_is_refused(cache, port):
    status, said = call([SCRIPTS / "run.sh", port], cache)

    assert status == 1
    assert "is not a port" in said


def test_cache_that_cannot_be_written_is_named(cache):
    (cache / "file").write_text("")

    status, said = call([SCRIPTS / "run.sh", free_port()], cache, env={"PAYDOX_CACHE": str(cache / "file" / "cache")})

    assert status == 1
    assert "Cannot write to" in said


def test_full_disk_is_noticed_before_anything_is_fetched(cache, commands):
    commands("df", "echo head; echo 'disk 100 95 5 95% /'")

    status, said = call([SCRIPTS / "setup/all.sh"], cache, commands.folder)

    assert status == 1
    assert "Only 5 MB are free" in said
    assert not list(cache.glob("venv-*"))


def test_without_network_the_sentence_says_so_and_nothing_is_left(cache, commands):
    commands("apt-get", "exit 100")
    commands("git", "exit 128")

    status, said = call([SCRIPTS / "setup/odoo.sh"], cache, commands.folder)

    assert status == 1
    assert "Check the network" in said
    assert not (cache / "odoo-19.0").exists()
    assert not list((cache / "tmp").glob("odoo.*"))


def test_interrupted_unpacking_is_not_taken_for_odoo(cache, commands):
    # What a killed run leaves: a folder without its last stamp.
    (cache / "odoo-19.0/odoo").mkdir(parents=True)
    (cache / "tmp/odoo.1/tree").mkdir(parents=True)
    commands("apt-get", "exit 100")
    commands("git", 'for last; do :; done; mkdir -p "$last/odoo"; echo new >"$last/odoo/release.py"')

    status, said = call([SCRIPTS / "setup/odoo.sh"], cache, commands.folder)

    assert status == 0, said
    assert (cache / "odoo-19.0/odoo/release.py").read_text() == "new\n"
    assert (cache / "odoo-19.0/.complete").exists()
    assert not list((cache / "tmp").glob("odoo.*"))


def test_full_disk_while_unpacking_leaves_nothing(cache, commands):
    commands("apt-get", 'case "$*" in *indextargets*) . /etc/os-release; echo "mirror $VERSION_CODENAME main";; esac')
    commands("dpkg", 'case "$1" in -x) exit 2;; *) echo amd64;; esac')
    if not Path("/usr/share/keyrings/debian-archive-keyring.gpg").exists():
        pytest.skip("only where Debian's package can be had")

    status, said = call([SCRIPTS / "setup/odoo.sh"], cache, commands.folder)

    assert status == 1
    assert "Free some disk space" in said
    assert not (cache / "odoo-19.0").exists()


def test_ordinary_user_gets_the_one_command(commands):
    if os.geteuid() != 0:
        pytest.skip("acts as another account, which only root may")
    commands("dpkg-query", "exit 1")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "pay dox"
        shutil.copytree(SCRIPTS, copy / "scripts")
        shutil.copy(commands.folder / "dpkg-query", copy / "dpkg-query")
        for path in (Path(folder), copy):
            path.chmod(0o755)
        nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]

        status, said = call([*nobody, copy / "scripts/setup/system.sh"], copy, copy)

    assert status == 1
    assert "sudo apt-get install -y python3-venv" in said


@pytest.mark.parametrize("name", ["", "Bad", "a b", "x;drop", "postgres", "paydox_template"])
def test_names_that_are_no_database_are_refused(cache, name):
    for script in ("db.sh", "dropdb.sh"):
        status, said = call([SCRIPTS / script, name], cache)

        assert status == 1
        assert "paydox: " in said


def test_reset_without_an_answer_removes_nothing(cache):
    (cache / "data").mkdir()

    status, said = call([SCRIPTS / "reset.sh"], cache)

    assert status == 1
    assert "YES=1" in said
    assert (cache / "data").exists()


def test_cluster_survives_a_killed_run(cache):
    """The former server was killed, and its number belongs to a process of somebody else by now."""
    try:
        status, said = bash(
            cache,
            """
            pg_use
            sql -c 'CREATE DATABASE kept'
            mkdir "$PG_DATA.new.1"
            pid=$(head -n 1 "$PG_DATA/postmaster.pid")
            kill -KILL "$pid"
            while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
            # PostgreSQL takes any living process of its own account for the server.
            ${PG_AS[@]+"${PG_AS[@]}"} sleep 100 &
            other=$!
            on_exit 'kill "$other"'
            sed -i "1s/.*/$other/" "$PG_DATA/postmaster.pid"
            pg_launch
            db_exists kept && echo "it is there"
            """,
        )
        assert status == 0, said
        assert "it is there" in said
    finally:
        bash(cache, 'pg_prepare; pg_stop_unless_used; rm -rf "$PG_HOME"')


def test_initdb_cut_short_is_not_taken_for_a_cluster(cache):
    try:
        status, said = bash(
            cache,
            """
            pg_prepare
            pg_make_directory "$PG_HOME"
            mkdir "$PG_DATA.new.1"
            touch "$PG_DATA.new.1/PG_VERSION"
            pg_use
            [[ ! -e $PG_DATA.new.1 ]] && sql -c "SELECT 'it works'"
            """,
        )
        assert status == 0, said
        assert "it works" in said
    finally:
        bash(cache, 'pg_prepare; pg_stop_unless_used; rm -rf "$PG_HOME"')


def test_last_command_to_end_stops_the_cluster(cache):
    try:
        status, said = bash(
            cache,
            f"""
            pg_use
            PAYDOX_CLEAN= bash -c 'source "{SCRIPTS}/lib/session.sh"; pg_use; echo second ends'
            pg_is_ready && echo "still up"
            """,
        )
        assert status == 0, said
        assert "still up" in said

        status, said = bash(cache, 'pg_prepare; pg_is_ready && echo "up" || echo "down"')
        assert "down" in said
    finally:
        bash(cache, 'pg_prepare; pg_stop_unless_used; rm -rf "$PG_HOME"')


def test_unmarked_database_is_not_taken_for_a_template(cache):
    try:
        status, said = bash(
            cache,
            """
            pg_use
            step() { db=${*: -3}; sql -d paydox_x_building -c "CREATE TABLE made (id int)"; }
            sql -c 'CREATE DATABASE paydox_x' -c 'CREATE DATABASE paydox_x_building'
            sql -c 'CREATE DATABASE paydox_source'
            db_build paydox_x "mark one" paydox_source addon
            sql -d paydox_x -c "SELECT 'made anew' FROM pg_tables WHERE tablename = 'made'"
            db_mark paydox_x
            db_exists paydox_x_building || echo "nothing half-made"
            """,
        )
        assert status == 0, said
        assert {"made anew", "mark one", "nothing half-made"} <= set(said.splitlines())
    finally:
        bash(cache, 'pg_prepare; pg_stop_unless_used; rm -rf "$PG_HOME"')


def test_hash_of_an_addon_follows_what_a_database_holds(tmp_path):
    addon = tmp_path / "addons/one"
    (addon / "tests").mkdir(parents=True)
    (addon / "__manifest__.py").write_text('{"name": "One", "depends": ["base"]}')
    (tmp_path / "scripts/lib").mkdir(parents=True)
    script = shutil.copy(SCRIPTS / "lib/addons.py", tmp_path / "scripts/lib/addons.py")

    def hashes():
        return subprocess.run([sys.executable, script, "hashes"], capture_output=True, text=True, check=True).stdout

    first = hashes()
    (addon / "tests/test_one.py").write_text("a test")
    (addon / "README.md").write_text("a text")
    assert hashes() == first

    (addon / "models.py").write_text("a model")
    assert hashes() != first
