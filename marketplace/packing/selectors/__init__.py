"""What a seller sees while it prepares orders.

- ``goods``: what of a part is to be packed
- ``work``: the parts to prepare, by day and by where they go; the pick list
- ``pauses``: who is closed, and until when
- ``chats``: what was said about a part
- ``complaints``: whose turn it is, and the story of each
- ``help_at``: whom a seller can ask
"""
