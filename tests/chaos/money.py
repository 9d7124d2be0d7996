"""What the market does with the money meanwhile: parts are released, sellers are paid."""

from __future__ import annotations

import random
import threading
import uuid

import httpx

from marketplace.celery import app as celery_app
from tests.chaos.buyers import TIMEOUT_S, ask, form_of

RELEASE = "marketplace.settlement.tasks.release_due"
EVERY_S = (1.0, 5.0)


class Office:
    """Somebody of the staff who presses the button of the payouts now and then, until ``close``."""

    def __init__(self, shop: str, *, session: str, seed: int) -> None:
        self.runs: list[uuid.UUID] = []
        self.errors: list[str] = []
        self._session = session
        self._chance = random.Random(f"office {seed}")
        self._closing = threading.Event()
        self._http = httpx.Client(base_url=shop, timeout=TIMEOUT_S, trust_env=False)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._http.close()

    def _work(self) -> None:
        while not self._closing.wait(self._chance.uniform(*EVERY_S)):
            # The scheduler's own turn comes once a minute.
            celery_app.send_task(RELEASE)
            self.pay(uuid.uuid4())

    def pay(self, run_id: uuid.UUID) -> None:
        """Press the button until there is an answer: the id makes it one run."""
        while not self._closing.is_set():
            form = form_of({"run_id": str(run_id)}, session=self._session)
            pressed = ask(self._http, "POST", "/staff/payouts/start/", **form)
            if pressed is None:
                self._closing.wait(0.5)
                continue
            if pressed.status_code == 302 and "payouts" in pressed.headers.get("location", ""):
                self.runs.append(run_id)
            else:
                self.errors.append(f"The button of the payouts answers {pressed.status_code}.")
            return
