//! The analytic disk: the ledger's tables, import, versions, frames.
