//! How is the renewals frame built from the ledger?
