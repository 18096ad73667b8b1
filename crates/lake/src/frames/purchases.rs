//! How is the purchases frame built from the ledger?
