"""The pages of packing.

- ``base``: who may look
- ``orders``: what there is to prepare, the pick list, papers, and each order
- ``acts``: what is said about an order
- ``closed``: closed days
- ``chat``: buyer and seller
"""
