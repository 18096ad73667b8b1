//! How does the browser get the pages? From the program itself, as they were built.

use crate::headers::POLICY;
use crate::shared::App;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};
use uuid::Uuid;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Odla</title>\
     <h1>The web assets are not built</h1><p>Run <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> and \
     build the program again. The API answers at <code>/api/v1</code>.</p>\n";

/// A word in the page that is replaced by a number used once, for styles that a library writes itself.
const NONCE: &str = "__CSP_NONCE__";

/// A built file by its address; any other address is a page of the application.
pub async fn serve(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") {
        return nowhere(&app, request).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let name = path.trim_start_matches('/');
    // Only names that were built are looked up, so that no path leads anywhere else.
    if !name.is_empty() && name != "index.html" && !name.contains("..") {
        if let Some(file) = file(name, request.headers()) {
            return file;
        }
        // A missing asset must not be answered with a page.
        if name.starts_with("assets/") {
            return StatusCode::NOT_FOUND.into_response();
        }
    }
    page()
}

/// An address below the API that there is not: a problem like any other.
async fn nowhere(app: &App, request: Request) -> Response {
    let problem = crate::problem::Problem::from(odla_app::Denied::Unknown { what: "address" });
    let asker = crate::asker::Asker {
        caller: None,
        session: None,
        language: odla_app::text::Language::from_locale(
            request
                .headers()
                .get("accept-language")
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default(),
        ),
        address: String::new(),
        request: Uuid::now_v7().to_string(),
    };
    crate::problem::told(app, &asker, problem.into_response()).await
}

fn file(name: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = Built::get(name)?;
    let tag = tag_of(&plain);
    let hashed = name.starts_with("assets/");
    let cache = if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let same = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|held| held.as_bytes() == tag.as_bytes());
    let mut answer = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(name, plain, headers)
    };
    let own = answer.headers_mut();
    own.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    own.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        own.insert(ETAG, tag);
    }
    Some(answer)
}

/// The file as it was packed when it was built, if the browser takes that, otherwise plain.
fn body(name: &str, plain: EmbeddedFile, headers: &HeaderMap) -> Response {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let accepts = |encoding: &str| {
        accepted.is_some_and(|accepted| {
            accepted
                .split(',')
                .any(|one| one.trim().starts_with(encoding))
        })
    };
    let packed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .find_map(|(encoding, ending)| {
            let found = accepts(encoding).then(|| Built::get(&format!("{name}{ending}")))??;
            Some((encoding, found))
        });
    let (encoding, data) = match packed {
        Some((encoding, found)) => (Some(encoding), found.data),
        None => (None, plain.data),
    };
    let mut answer = Response::new(Body::from(data.into_owned()));
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let text = kind.type_() == mime_guess::mime::TEXT;
    let kind = if text {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_string()
    };
    let own = answer.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        own.insert(CONTENT_TYPE, kind);
    }
    if let Some(encoding) = encoding {
        own.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    answer
}

/// The application itself: the same for every address, read anew each time so that a new version is met at once.
fn page() -> Response {
    let Some(built) = Built::get("index.html") else {
        let kind = (CONTENT_TYPE, "text/html; charset=utf-8");
        return (StatusCode::SERVICE_UNAVAILABLE, [kind], NOT_BUILT).into_response();
    };
    let mut text = String::from_utf8_lossy(&built.data).into_owned();
    let mut policy = POLICY.to_owned();
    if text.contains(NONCE) {
        let nonce = nonce();
        text = text.replace(NONCE, &nonce);
        policy = policy.replace(
            "style-src 'self'",
            &format!("style-src 'self' 'nonce-{nonce}'"),
        );
    }
    let mut answer = Response::new(Body::from(text));
    let own = answer.headers_mut();
    own.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    own.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        own.insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// A number that nobody can guess, from the chance in two new ids.
fn nonce() -> String {
    let digest = Sha256::digest(format!("{}{}", Uuid::now_v7(), Uuid::now_v7()));
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn tag_of(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let text: String = hash
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("W/\"{text}\"")
}
