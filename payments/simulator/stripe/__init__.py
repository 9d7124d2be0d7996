"""A Stripe-shaped sandbox: the part of Stripe's API v1 a card payment needs, in đồng, with its hosted page.

Shapes, errors and rules follow docs.stripe.com/api (version 2026-10-28) as stripe-python understands them.
It stands in for Stripe's own test mode where that cannot be reached; nobody's real card gets in.
It keeps idempotency keys and refund limits; localstripe (GPL, so no requirement of ours) was measured not to.
"""
