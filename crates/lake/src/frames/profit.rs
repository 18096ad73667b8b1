//! How is the profit frame built from the ledger?
