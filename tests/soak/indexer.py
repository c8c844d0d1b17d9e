"""`python -m indexer` with batches so small that few articles are enough for its worker processes, and with a fault.

$DATELINE_FAULT is KIND:N or count:FILE: at the N-th file operation beneath the index the process is killed, or the disk
is full from then on; or all operations are counted into the file.
"""

from __future__ import annotations

import os

from search.columnar import bulk

BATCH_DOCUMENTS = 6

if __name__ == "__main__":
    from indexer.__main__ import main
    from tests.soak import faults

    bulk.BATCH_DOCUMENTS = BATCH_DOCUMENTS
    if fault := os.environ.get("DATELINE_FAULT"):
        faults.install(*fault.split(":"))
    main()
