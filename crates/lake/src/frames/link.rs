//! How is the link frame built from the ledger?
