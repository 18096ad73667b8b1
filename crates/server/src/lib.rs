//! The HTTP contract: routes, sessions, problem documents, OpenAPI, the built web assets.
//!
//! Knows status codes, cookies and JSON, and nothing of the trade: each route asks one use case of `odla-app`.

mod answer;
mod asker;
mod assets;
mod headers;
mod limits;
mod metric;
mod oidc;
mod openapi;
mod problem;
mod routes;
mod rules;
mod serve;
mod shared;

pub use openapi::document;
pub use serve::{Options, serve};
pub use shared::router;
