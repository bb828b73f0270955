"""The accounting of the test cluster, as production clusters have it: slurmdbd on a MariaDB of its own.

The executor needs it for one thing: while the controller does not answer squeue, it asks sacct.
"""

import socket
import subprocess
from pathlib import Path

PACKAGES = ("slurmdbd", "mariadb-server-core", "mariadb-client-core")
DAEMONS = ("slurmdbd", "mariadbd")  # in the order in which they are stopped
PORT = 26819


def write_configuration(folder: Path, host: str) -> None:
    """``slurmdbd.conf``, which has to lie beside ``slurm.conf`` and be nobody else's."""
    path = folder / "etc" / "slurmdbd.conf"
    path.touch(mode=0o600)
    lines = [
        "AuthType=auth/munge",
        f"AuthInfo=socket={folder}/run/munge.socket",
        f"DbdHost={host}",
        "DbdAddr=127.0.0.1",
        f"DbdPort={PORT}",
        "SlurmUser=root",
        f"PidFile={folder}/run/slurmdbd.pid",
        f"LogFile={folder}/log/slurmdbd.log",
        "CommunicationParameters=NoInAddrAny",
        "StorageType=accounting_storage/mysql",
        "StorageHost=localhost",
        "StorageUser=root",
        "StorageLoc=slurm_accounting",
    ]
    path.write_text("\n".join(lines) + "\n")


def slurm_conf(folder: Path) -> list[str]:
    """What the controller is told of it; the password is the socket of munge."""
    return [
        "AccountingStorageType=accounting_storage/slurmdbd",
        "AccountingStorageHost=127.0.0.1",
        f"AccountingStoragePort={PORT}",
        f"AccountingStoragePass={folder}/run/munge.socket",
        "AccountingStoreFlags=job_comment",
    ]


def start_database(folder: Path) -> None:
    """MariaDB on a socket in the folder, without a port; what it keeps may be lost."""
    data, log = folder / "database", folder / "log" / "mariadbd.log"
    with log.open("wb") as file:
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root",
             "--skip-test-db", "--auth-root-authentication-method=normal"],
            check=True, stdout=file, stderr=file, timeout=120,
        )  # fmt: skip
        subprocess.Popen(
            ["mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", "--skip-networking",
             f"--socket={socket_of(folder)}", f"--pid-file={folder}/run/mariadbd.pid",
             "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M",
             "--innodb-flush-log-at-trx-commit=0", "--innodb-lock-wait-timeout=900"],
            stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip


def socket_of(folder: Path) -> Path:
    """Where the database listens; clients that are told `localhost` look there by a variable."""
    return folder / "run" / "mariadb.socket"


def listens() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0
