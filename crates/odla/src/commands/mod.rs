//! One room per command: turns flags into a use case, and its answer into text or JSON.

pub mod analyze;
pub mod customer;
pub mod demo;
pub mod docs;
pub mod export;
pub mod fit;
pub mod import;
pub mod map;
pub mod openapi;
pub mod privacy;
pub mod reallocate;
pub mod recover;
pub mod rows;
pub mod serve;
pub mod show;
pub mod trial;
pub mod whatif;
