"""The server's worker with less patience, for a test that would take too long."""

from __future__ import annotations

from web.worker import PatientWorker


class HastyWorker(PatientWorker):
    head_seconds = 0.5
