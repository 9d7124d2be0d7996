"""The pages of packing.

- ``base``: who may look
- ``orders``: what there is to prepare, the pick list, papers, and each order
- ``acts``: what is said about an order
- ``closed``: closed days
- ``chat``: buyer and seller
- ``complaints``: what buyers complain of, for all who answer and decide
- ``home``: the seller's home, and help
"""
