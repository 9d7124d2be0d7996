"""A redirect gateway in the shape of VNPAY: a signed address, a page, a notice, questions and refunds."""
