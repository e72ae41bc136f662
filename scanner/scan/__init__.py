"""scan: evidence in, report out; no network, no credentials, no clock."""
