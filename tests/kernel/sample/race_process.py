"""Another process: tries, at instants agreed on, to publish each of the papers; prints the ids of those it won."""

import sys
import time
from datetime import UTC, datetime

import django

if __name__ == "__main__":
    django.setup()
    from essaim.kernel.workflow import Refused
    from tests.kernel.sample.lifecycle import PAPER
    from tests.kernel.sample.models import Paper

    start, ids = float(sys.argv[1]), [int(pk) for pk in sys.argv[2].split(",")]
    for rank, pk in enumerate(ids):
        paper = Paper.objects.get(pk=pk)
        time.sleep(max(0.0, start + rank * 0.05 - time.time()))
        try:
            PAPER.perform(paper, "publish", by=None, at=datetime.now(UTC))
        except Refused:
            continue
        sys.stdout.write(f"{pk}\n")
