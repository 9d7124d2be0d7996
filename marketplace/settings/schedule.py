"""What the scheduler starts, and when."""

from celery.schedules import crontab

# Sweeps find what was lost. None may pile up: an order is released within 10 s of its hold's end.
CELERY_BEAT_SCHEDULE = {
    "deliver events": {
        "task": "payments.tasks.deliver_due_events",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "ask providers": {"task": "payments.tasks.ask_providers", "schedule": 3.0, "options": {"expires": 3}},
    "ask about payouts": {
        "task": "payments.tasks.ask_about_payouts",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "release ended holds": {
        "task": "marketplace.fulfilment.tasks.release_ended_holds",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "end holds of seats": {
        "task": "tourism.tours.tasks.end_holds",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "decide departures": {
        "task": "marketplace.fulfilment.tasks.decide_departures",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "open harvests": {
        "task": "agriculture.harvests.tasks.open_due",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "refund missing harvests": {
        "task": "marketplace.fulfilment.tasks.refund_missing",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "close weights": {
        "task": "marketplace.fulfilment.tasks.close_weights",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "open departures": {
        "task": "tourism.tours.tasks.open_departures",
        "schedule": crontab(hour=2, minute=40),
    },
    "forget idempotency keys": {
        "task": "marketplace.api.tasks.forget_idempotency_keys",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "release parts": {
        "task": "marketplace.settlement.tasks.release_due",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "hand on disputes": {
        "task": "marketplace.settlement.tasks.escalate_disputes",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "pay sellers": {"task": "marketplace.settlement.tasks.pay_out", "schedule": crontab(hour=16, minute=0)},
    "reconcile": {"task": "payments.tasks.reconcile_yesterday", "schedule": crontab(hour=3, minute=15)},
    "end holds of nights": {
        "task": "tourism.tasks.end_holds",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "read calendars": {
        "task": "tourism.calendars.tasks.read_due",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "close unanswered requests": {
        "task": "tourism.calendars.tasks.close_unanswered",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "share out guests": {
        "task": "tourism.desk.tasks.share_out_guests",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "keep summaries": {
        "task": "marketplace.statistics.tasks.keep_summaries",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "remind to report guests": {
        "task": "tourism.desk.tasks.remind_to_report",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 900},
    },
    "forget guests": {"task": "tourism.desk.tasks.forget_guests", "schedule": crontab(hour=2, minute=45)},
    "keep communes closed": {
        "task": "tourism.closures.tasks.keep_closed",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "refund closed communes": {
        "task": "marketplace.board.tasks.refund_undecided",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # Before people come home, and once a day: a message about what is new is not worth a second one.
    "tell followers": {
        "task": "marketplace.regulars.tasks.tell_followers",
        "schedule": crontab(hour=17, minute=0),
    },
    "remind of boxes": {
        "task": "marketplace.regulars.tasks.remind_of_boxes",
        "schedule": crontab(hour="7-20", minute=5),
        "options": {"expires": 900},
    },
    "settle pools": {
        "task": "marketplace.regulars.tasks.settle_pools",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget unused words": {
        "task": "marketplace.sellers.vocabulary.tasks.forget_unused_words",
        "schedule": crontab(hour=2, minute=50),
    },
    "tell sellers of new orders": {
        "task": "marketplace.keypad.tasks.tell_new_orders",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "ask about wallets": {
        "task": "marketplace.keypad.tasks.answer_wallets",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "forget what phones wrote": {
        "task": "marketplace.keypad.tasks.forget",
        "schedule": crontab(hour=2, minute=50),
    },
    "open nights": {"task": "tourism.tasks.extend_nights", "schedule": crontab(hour=2, minute=30)},
    "remind to collect": {
        "task": "marketplace.delivery.tasks.remind_to_collect",
        "schedule": crontab(hour=8, minute=0),
    },
    "ask carriers": {
        "task": "marketplace.fulfilment.tasks.ask_carriers",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "return parcels": {
        "task": "marketplace.fulfilment.tasks.return_uncollected",
        "schedule": crontab(hour=18, minute=0),
    },
    "send messages": {
        "task": "marketplace.messaging.tasks.deliver_due_messages",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "forget texts": {
        "task": "marketplace.messaging.tasks.forget_texts",
        "schedule": crontab(hour=2, minute=50),
    },
    "develop photos": {
        "task": "marketplace.listing.tasks.develop_waiting",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "go on with files of goods": {
        "task": "marketplace.listing.tasks.take_up_imports",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "release last month": {
        "task": "marketplace.statistics.releases.tasks.release_last_month",
        "schedule": crontab(hour=3, minute=35),
    },
    "attack releases": {
        "task": "marketplace.statistics.releases.tasks.attack_releases",
        "schedule": crontab(hour=4, minute=5, day_of_week=0),
    },
    "forget unused photos": {
        "task": "marketplace.listing.tasks.forget_unused_photos",
        "schedule": crontab(hour=2, minute=55),
    },
    "forget strangers": {
        "task": "marketplace.joining.tasks.forget_strangers",
        "schedule": crontab(hour=2, minute=55),
    },
    "tell departments of releases": {
        "task": "marketplace.departments.tasks.announce_releases",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "send reports": {
        "task": "marketplace.departments.tasks.write_reports",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "forget calls of departments": {
        "task": "marketplace.departments.tasks.forget_calls",
        "schedule": crontab(hour=2, minute=55),
    },
}
