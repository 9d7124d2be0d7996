"""What the scheduler starts, and when."""

from typing import Any

from celery.schedules import crontab


def every(seconds: int, task: str) -> dict[str, Any]:
    """Start ``task`` every so many seconds; one that still waits when the next is due is dropped."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


def at(when: crontab, task: str, *, expires: int | None = None) -> dict[str, Any]:
    """Start ``task`` by the clock; not any more if it waited for more than ``expires`` seconds."""
    return {"task": task, "schedule": when} | ({"options": {"expires": expires}} if expires else {})


# Sweeps find what was lost. An order is released within 10 s of its hold's end.
CELERY_BEAT_SCHEDULE = {
    "give a sign of life": every(10, "marketplace.operations.tasks.give_sign"),
    "deliver events": every(3, "payments.tasks.deliver_due_events"),
    "ask providers": every(3, "payments.tasks.ask_providers"),
    "ask about payouts": every(5, "payments.tasks.ask_about_payouts"),
    "release ended holds": every(3, "marketplace.fulfilment.tasks.release_ended_holds"),
    "end holds of seats": every(3, "tourism.tours.tasks.end_holds"),
    "decide departures": every(10, "marketplace.fulfilment.tasks.decide_departures"),
    "open harvests": every(300, "agriculture.harvests.tasks.open_due"),
    "refund missing harvests": every(10, "marketplace.fulfilment.tasks.refund_missing"),
    "close weights": every(60, "marketplace.fulfilment.tasks.close_weights"),
    "open departures": at(crontab(hour=2, minute=40), "tourism.tours.tasks.open_departures"),
    "forget idempotency keys": every(3600, "marketplace.api.tasks.forget_idempotency_keys"),
    "sweep changes": every(300, "marketplace.copies.tasks.sweep_changes"),
    "release parts": every(60, "marketplace.settlement.tasks.release_due"),
    "hand on disputes": every(60, "marketplace.settlement.tasks.escalate_disputes"),
    "pay sellers": at(crontab(hour=16, minute=0), "marketplace.settlement.tasks.pay_out"),
    "make months of the ledger": at(crontab(hour=2, minute=5), "payments.tasks.make_months"),
    "reconcile": at(crontab(hour=3, minute=15), "payments.tasks.reconcile_yesterday"),
    "end holds of nights": every(3, "tourism.tasks.end_holds"),
    "read calendars": every(60, "tourism.calendars.tasks.read_due"),
    "close unanswered requests": every(60, "tourism.calendars.tasks.close_unanswered"),
    "share out guests": every(30, "tourism.desk.tasks.share_out_guests"),
    "keep summaries": every(2, "marketplace.statistics.tasks.keep_summaries"),
    "remind to report guests": at(crontab(minute="*/15"), "tourism.desk.tasks.remind_to_report", expires=900),
    "forget guests": at(crontab(hour=2, minute=45), "tourism.desk.tasks.forget_guests"),
    "keep communes closed": every(60, "tourism.closures.tasks.keep_closed"),
    "refund closed communes": every(60, "marketplace.board.tasks.refund_undecided"),
    "look for alerts": at(crontab(hour=4, minute=50), "marketplace.board.tasks.look_for_alerts"),
    # Before people come home, and once a day: a message about what is new is not worth a second one.
    "tell followers": at(crontab(hour=17, minute=0), "marketplace.regulars.tasks.tell_followers"),
    "remind of boxes": at(
        crontab(hour="7-20", minute=5), "marketplace.regulars.tasks.remind_of_boxes", expires=900
    ),
    "settle pools": every(60, "marketplace.regulars.tasks.settle_pools"),
    "forget unused words": at(
        crontab(hour=2, minute=50), "marketplace.sellers.vocabulary.tasks.forget_unused_words"
    ),
    "tell sellers of new orders": every(10, "marketplace.keypad.tasks.tell_new_orders"),
    "ask about wallets": every(30, "marketplace.keypad.tasks.answer_wallets"),
    "forget what phones wrote": at(crontab(hour=2, minute=50), "marketplace.keypad.tasks.forget"),
    "open nights": at(crontab(hour=2, minute=30), "tourism.tasks.extend_nights"),
    "remind to collect": at(crontab(hour=8, minute=0), "marketplace.delivery.tasks.remind_to_collect"),
    "ask carriers": every(60, "marketplace.fulfilment.tasks.ask_carriers"),
    "return parcels": at(crontab(hour=18, minute=0), "marketplace.fulfilment.tasks.return_uncollected"),
    "send messages": every(5, "marketplace.messaging.tasks.deliver_due_messages"),
    "forget texts": at(crontab(hour=2, minute=50), "marketplace.messaging.tasks.forget_texts"),
    "forget notices": at(crontab(hour=2, minute=50), "marketplace.messaging.tasks.forget_notices"),
    "tell buyers of payments": every(10, "marketplace.fulfilment.tasks.tell_paid"),
    "develop photos": every(60, "marketplace.listing.tasks.develop_waiting"),
    "go on with files of goods": every(60, "marketplace.listing.tasks.take_up_imports"),
    "release last month": at(
        crontab(hour=3, minute=35), "marketplace.statistics.releases.tasks.release_last_month"
    ),
    "attack releases": at(
        crontab(hour=4, minute=5, day_of_week=0), "marketplace.statistics.releases.tasks.attack_releases"
    ),
    "forget unused photos": at(crontab(hour=2, minute=55), "marketplace.listing.tasks.forget_unused_photos"),
    "forget strangers": at(crontab(hour=2, minute=55), "marketplace.joining.tasks.forget_strangers"),
    "tell departments of releases": every(60, "marketplace.departments.tasks.announce_releases"),
    "send reports": at(crontab(minute="*/10"), "marketplace.departments.tasks.write_reports", expires=600),
    "forget calls of departments": at(
        crontab(hour=2, minute=55), "marketplace.departments.tasks.forget_calls"
    ),
}
