//! Which readers of the importer are reached without its query engine?
//!
//! They are compiled from the importer's own files; what they take from the rest of their crate stands here.

#[path = "../../crates/lake/src/import/mapping.rs"]
#[allow(dead_code)]
pub mod mapping;
#[path = "../../crates/lake/src/import/parse.rs"]
#[allow(dead_code)]
pub mod parse;
