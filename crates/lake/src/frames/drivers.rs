//! How is the drivers frame built from the ledger?
