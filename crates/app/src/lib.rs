//! Use cases: fetch, compute, keep, tell.
