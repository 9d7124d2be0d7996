"""A simulated carrier: takes parcels over, and tells what becomes of them when the control panel says so."""
