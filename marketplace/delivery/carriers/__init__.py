"""Carriers that bring parcels to other provinces: ``base`` says what each can, one module for each way."""
