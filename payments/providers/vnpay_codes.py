"""VNPAY's messages: what of them is signed, and its result codes in this shop's words for why it failed.

After VNPAY's documents of its payment gateway 2.1.0 (sandbox.vnpayment.vn/apis/docs): vnp_ResponseCode of a
payment, and of the API for questions and refunds.
"""

# What is signed of each message of the API, in this order, with bars between.
QUERY_FIELDS = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef", "vnp_TransactionDate",
    "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
QUERY_ANSWER_FIELDS = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType",
    "vnp_TransactionStatus", "vnp_OrderInfo", "vnp_PromotionCode", "vnp_PromotionAmount",
)  # fmt: skip
REFUND_FIELDS = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType", "vnp_TxnRef",
    "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy", "vnp_CreateDate", "vnp_IpAddr",
    "vnp_OrderInfo",
)  # fmt: skip
REFUND_ANSWER_FIELDS = QUERY_ANSWER_FIELDS[:13]
# The sandbox's own: VNPAY gives its lists of a day as files.
STATEMENT_FIELDS = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_Day", "vnp_CreateDate", "vnp_IpAddr",
)  # fmt: skip
STATEMENT_ANSWER_FIELDS = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_Lines",
)  # fmt: skip

PAID = "00"

# Why a payment was not made.
PAYMENT = {
    "07": "suspected_fraud",
    "09": "not_registered_for_online_payment",
    "10": "authenticationFailed",
    "11": "expired",
    "12": "accountLocked",
    "13": "authenticationFailed",
    "24": "cancelled",
    "51": "insufficient_funds",
    "65": "dailyVolumeLimitExceeded",
    "75": "bank_under_maintenance",
    "79": "authenticationFailed",
}

# Why the API does not do what was asked. What is not listed may pass another time.
NOT_FOUND = "91"
DUPLICATE = "94"
REFUND_REFUSED = {
    "02": "refund_too_large",
    "03": "formatError",
    "04": "full_refund_after_part",
    "13": "only_part_refunds",
    "91": "payment_not_found",
    "93": "refund_too_large",
    "95": "payment_not_made",
}


def reason(code: str) -> str:
    """Return our word for the response code of a failed payment."""
    return PAYMENT.get(code, f"vnpay_{code or 'failed'}")
