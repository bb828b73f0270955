"""`snakemake -n --logger jobs`: each job of a dry run as a line of JSON, for `seq2seq plan`.

Snakemake finds a logger plugin by the name of its package.
"""

import json
from logging import LogRecord

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent


class LogHandler(LogHandlerBase):
    """Writes jobs to standard output, and nothing else."""

    def emit(self, record: LogRecord) -> None:
        if getattr(record, "event", None) != LogEvent.JOB_INFO:
            return
        resources = record.resources
        job = {
            "number": record.jobid,
            "rule": record.rule_name,
            "wildcards": dict(record.wildcards or {}),
            "inputs": list(record.input or []),
            "outputs": list(record.output or []),
            "log": list(record.log or []),
            "threads": record.threads,
            "resources": {
                name: value
                for name, value in resources.items()
                if isinstance(value, (int, str)) and not name.startswith("_")
            },
            "program": bool(record.shellcmd),
        }
        print(json.dumps({"job": job}), flush=True)

    @property
    def writes_to_stream(self) -> bool:
        return True

    @property
    def writes_to_file(self) -> bool:
        return False

    @property
    def has_filter(self) -> bool:
        return True

    @property
    def has_formatter(self) -> bool:
        return True

    @property
    def needs_rulegraph(self) -> bool:
        return False
