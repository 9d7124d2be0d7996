"""What the rest of the house may listen to."""

from django.dispatch import Signal

# Sent with ``event``, an Event, and ``now``, inside the transaction that marks it as delivered. What a
# receiver writes is committed with that mark; if any raises, nothing is, and all of them hear it again later.
payment_event = Signal()
