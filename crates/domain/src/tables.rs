//! Which tables does the ledger have, and which columns?
