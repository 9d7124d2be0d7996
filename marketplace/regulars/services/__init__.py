"""Everything that writes for those who buy again, by topic.

- ``following``: farmers somebody follows, and the one message a day about what they list
- ``boxes``: goods that are wanted again every few weeks
- ``pooling``: goods that go only if enough people order them together
- ``reviewing``: reviews by those who received something, and the seller's answers
- ``vouchers``: codes with which a seller gives something off the own goods
"""
