//! Who asks, in which language, from where, and did a page of ours make the request?

use crate::problem::{self, Problem};
use crate::rules;
use crate::shared::App;
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use odla_app::auth::Origin;
use odla_app::text::{Catalogue, Language};
use odla_app::{AppError, Caller, Denied};
use std::net::SocketAddr;
use std::sync::Arc;
use tracing::Instrument;
use uuid::Uuid;

/// Everything that is known about whoever asks.
#[derive(Debug)]
pub struct Asker {
    pub caller: Option<Caller>,
    /// The secret of the session's cookie.
    pub session: Option<String>,
    pub language: Language,
    pub address: String,
    /// The id of the request, in the log, the audit and every answer.
    pub request: String,
}

impl Asker {
    pub fn origin(&self) -> Origin {
        Origin {
            address: self.address.clone(),
            request: self.request.clone(),
        }
    }
}

/// Anybody who asks.
pub struct Guest {
    pub asker: Arc<Asker>,
}

/// Somebody who is signed in, or has a token.
pub struct Reader {
    pub asker: Arc<Asker>,
    pub caller: Caller,
    pub texts: Arc<Catalogue>,
}

impl Reader {
    pub fn request(&self) -> &str {
        &self.asker.request
    }
}

impl FromRequestParts<App> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let asker = parts.extensions.get::<Arc<Asker>>().cloned();
        Ok(Self {
            asker: asker.ok_or(Denied::SignIn)?,
        })
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Guest { asker } = Guest::from_request_parts(parts, app).await?;
        let caller = asker.caller.clone().ok_or(Denied::SignIn)?;
        Ok(Self {
            texts: app.office.catalogue(asker.language),
            caller,
            asker,
        })
    }
}

/// Finds out who asks, keeps the rules, and gives every failure its words.
pub async fn identify(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().to_string();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("-", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let (mut parts, body) = request.into_parts();
    let run = run_of(&parts);
    let span = tracing::info_span!("request", id, %method, route, run);
    let (asker, allowed) = asker_of(&app, &parts, (&id, &route)).await;
    let asker = Arc::new(asker);
    parts.extensions.insert(asker.clone());
    let request = Request::from_parts(parts, body);
    let answered = async {
        let began = std::time::Instant::now();
        let answer = match allowed {
            Ok(()) => next.run(request).await,
            Err(error) => Problem::from(error).into_response(),
        };
        let answer = problem::told(&app, &asker, answer).await;
        let (status, took) = (answer.status().as_u16(), began.elapsed().as_millis() as u64);
        tracing::info!(status, milliseconds = took, "answered");
        answer
    };
    let mut answer = answered.instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert("x-request-id", value);
    }
    answer
}

async fn asker_of(
    app: &App,
    request: &Parts,
    (id, route): (&str, &str),
) -> (Asker, Result<(), AppError>) {
    let headers = &request.headers;
    let session = cookie(headers, cookie_name(app.secure)).map(str::to_owned);
    let bearer = bearer(headers);
    let found = match (bearer, &session) {
        (Some(token), _) => app.office.caller_of_token(token).await,
        (None, Some(secret)) => app.office.caller_of_session(secret).await,
        (None, None) => Ok(None),
    };
    let (caller, failed) = match found {
        Ok(caller) => (caller, None),
        Err(error) => (None, Some(error)),
    };
    let asker = Asker {
        language: language_of(request, caller.as_ref()),
        caller,
        session,
        address: address_of(app, request),
        request: id.to_owned(),
    };
    let allowed = match failed {
        Some(error) => Err(error),
        None => allowed(request, route, &asker).map_err(AppError::from),
    };
    (asker, allowed)
}

fn allowed(request: &Parts, route: &str, asker: &Asker) -> Result<(), Denied> {
    let (method, headers) = (&request.method, &request.headers);
    let reading = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !reading {
        let site = headers
            .get("sec-fetch-site")
            .and_then(|site| site.to_str().ok());
        if matches!(site, Some("cross-site" | "same-site")) {
            return Err(Denied::Forged);
        }
        let csrf = asker
            .caller
            .as_ref()
            .and_then(|caller| caller.csrf.as_deref());
        let sent = headers
            .get("x-csrf-token")
            .and_then(|token| token.to_str().ok());
        // Signing in while signed in opens a new session and needs nothing of the old one.
        let opening = rules::rule_of(method, route) == Some(rules::Rule::Anyone);
        if !opening && csrf.is_some_and(|csrf| !sent.is_some_and(|sent| same(sent, csrf))) {
            return Err(Denied::Forged);
        }
    }
    rules::keep(method, route, asker.caller.as_ref())
}

/// In the same time wherever the first difference stands.
fn same(one: &str, other: &str) -> bool {
    let differences = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && differences == 0
}

/// A name that begins with `__Host-` binds the cookie to this host and to TLS.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-odla" } else { "odla" }
}

pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// `?lang=` before the person's own language before the browser's wish.
fn language_of(request: &Parts, caller: Option<&Caller>) -> Language {
    let query = request.uri.query().unwrap_or_default();
    let asked = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
    let own = caller.map(|caller| caller.person.language.as_str());
    if let Some(language) = asked.or(own).and_then(|word| word.parse().ok()) {
        return language;
    }
    let wish = request
        .headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    Language::from_locale(wish.unwrap_or_default())
}

/// The run that is asked about, when it is named; nothing else of the address is for the log.
fn run_of(request: &Parts) -> String {
    let query = request.uri.query().unwrap_or_default();
    let run = query.split('&').find_map(|pair| pair.strip_prefix("run="));
    let plain =
        |run: &&str| run.len() <= 64 && run.bytes().all(|byte| byte.is_ascii_alphanumeric());
    run.filter(plain).unwrap_or_default().to_owned()
}

/// The address of whoever asks; behind a proxy of ours, what it says.
fn address_of(app: &App, request: &Parts) -> String {
    if app.behind_proxy {
        let forwarded = request.headers.get("x-forwarded-for");
        let last = forwarded
            .and_then(|value| value.to_str().ok())
            // What stands before the last comma anybody can have written.
            .and_then(|value| value.rsplit(',').next());
        if let Some(address) = last {
            return address.trim().to_owned();
        }
    }
    peer_of(&request.extensions).map_or_else(|| "-".to_owned(), |peer| peer.ip().to_string())
}

pub fn peer_of(extensions: &Extensions) -> Option<SocketAddr> {
    let info = extensions.get::<ConnectInfo<SocketAddr>>();
    info.map(|ConnectInfo(peer)| *peer)
}
