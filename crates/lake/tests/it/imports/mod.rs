//! Files in, ledger out: what becomes of every row.

mod bench;
mod broken;
mod by_customer;
mod erase;
mod examples;
mod hostile;
mod killed;
mod mapping;
mod s3;
mod versions;
