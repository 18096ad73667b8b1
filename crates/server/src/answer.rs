//! Which shapes do answers share, and how is the same answer not sent twice?

use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListOf<T> {
    pub items: Vec<T>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
    pub total: Option<u64>,
}

impl<T> ListOf<T> {
    /// A list that fits on one page.
    pub fn all(items: Vec<T>) -> Self {
        Self {
            total: Some(items.len() as u64),
            items,
            next_cursor: None,
        }
    }
}

/// A piece of long work that has been asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobRef {
    pub job: String,
}

/// The query as it stands.
pub type Pairs = Query<Vec<(String, String)>>;

/// What stands behind the question mark, also several times under one name.
#[derive(Debug, Default)]
pub struct Asked(Vec<(String, String)>);

impl Asked {
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// How many are wanted on a page.
    pub fn limit(&self, usual: usize, most: usize) -> usize {
        let asked = self.get("limit").and_then(|limit| limit.parse().ok());
        asked.unwrap_or(usual).clamp(1, most)
    }

    /// A cursor that is a number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(|text| text.parse().ok())
    }
}

/// Gives a JSON answer a tag, and answers "not modified" to whoever holds it already.
pub async fn tag(request: Request, next: Next) -> Response {
    let reading = request.method() == Method::GET;
    let held = request.headers().get(IF_NONE_MATCH).cloned();
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    let json = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes() == b"application/json");
    if !reading || !json || answer.status() != StatusCode::OK {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    // The body is in memory already: routes answer with JSON as a whole.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let digest = Sha256::digest(&bytes);
    let tag: String = digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    // Weak: the same answer may be compressed in several ways.
    let tag = format!("W/\"{tag}\"");
    let same = |held: &HeaderValue| {
        held.to_str()
            .is_ok_and(|held| held.split(',').any(|one| one.trim() == tag))
    };
    let unchanged = held.as_ref().is_some_and(same);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, value);
    }
    if unchanged {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(CONTENT_TYPE);
        parts.headers.remove(axum::http::header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}
