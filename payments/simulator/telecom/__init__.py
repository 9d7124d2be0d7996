"""A mobile network beside the wallets: SMS to and from a phone, calls that speak a text, USSD screens."""
