//! Coming in and going out: status, sign-in, the first administrator, invitations, the company's provider.

use crate::asker::{Guest, Reader, cookie, cookie_name};
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use odla_app::auth::{FirstPerson, SignedIn};
use odla_app::text::Language;
use odla_app::{AppError, Denied, Person};
use odla_domain::Permission;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const PROVIDER_COOKIE: &str = "odla_provider";

/// What anybody may know.
#[derive(Debug, Serialize, ToSchema)]
struct Status {
    version: String,
    company: String,
    currency: String,
    languages: Vec<String>,
    setup_needed: bool,
    oidc_enabled: bool,
    runs: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    id: String,
    name: String,
    email: String,
    roles: Vec<String>,
    unit_ids: Vec<String>,
    language: String,
}

/// Who is signed in, and what changes must carry.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    user: UserView,
    /// For `X-CSRF-Token`; empty for a token, which needs none.
    csrf: String,
    permissions: Vec<String>,
}

#[derive(Deserialize, ToSchema)]
struct SignIn {
    email: String,
    password: String,
}

#[derive(Deserialize, ToSchema)]
struct SetUp {
    /// The secret of the link, after the `#`.
    token: String,
    name: String,
    email: String,
    password: String,
}

#[derive(Deserialize, ToSchema)]
struct Invitation {
    token: String,
    password: String,
}

#[derive(Deserialize, ToSchema)]
struct UserUpdate {
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    name: Option<String>,
    /// A new password; needs the present one.
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    present_password: Option<String>,
}

/// A name of its own, so that the document takes the parameters from where they are described.
type Going = Query<ReturnTo>;
type Coming = Query<CameBack>;

#[derive(Deserialize)]
struct ReturnTo {
    #[serde(default)]
    return_to: String,
}

#[derive(Deserialize)]
struct CameBack {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(session, sign_in, sign_out))
        .routes(routes!(change_self))
        .routes(routes!(set_up))
        .routes(routes!(accept_invitation))
        .routes(routes!(to_provider))
        .routes(routes!(from_provider))
}

#[utoipa::path(get, path = "/status", tag = "session", responses((status = 200, body = Status)))]
async fn status(State(app): State<App>) -> Result<Json<Status>, Problem> {
    let home = app.office.home();
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        company: home.settings.company.clone(),
        currency: home.settings.currency.clone(),
        languages: vec!["sv".to_owned(), "en".to_owned()],
        setup_needed: app.office.store.setup_needed().await?,
        oidc_enabled: app.provider.is_some(),
        runs: app.office.runs().ids().len() as u64,
    }))
}

#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = SessionView)))]
async fn session(reader: Reader) -> Response {
    let caller = &reader.caller;
    let csrf = caller.csrf.clone().unwrap_or_default();
    fresh(Json(view(&caller.person, csrf, &caller.permissions)))
}

#[utoipa::path(
    post, path = "/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = SessionView))
)]
async fn sign_in(
    State(app): State<App>,
    guest: Guest,
    Json(asked): Json<SignIn>,
) -> Result<Response, Problem> {
    app.limits.knock(&guest.asker.address)?;
    let origin = guest.asker.origin();
    let opened = app
        .office
        .sign_in(&asked.email, asked.password, &origin)
        .await?;
    Ok(welcomed(&app, opened))
}

#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
async fn sign_out(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    if let Some(secret) = &reader.asker.session {
        app.office
            .sign_out(&reader.caller, secret, reader.request())
            .await?;
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    put_cookie(
        &mut answer,
        &baked(cookie_name(app.secure), "", app.secure, Some(0)),
    );
    Ok(answer)
}

#[utoipa::path(
    patch, path = "/session/user", tag = "session", request_body = UserUpdate,
    responses((status = 200, body = SessionView))
)]
async fn change_self(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<UserUpdate>,
) -> Result<Response, Problem> {
    let caller = &reader.caller;
    let csrf = caller.csrf.clone().ok_or(Denied::Forged)?;
    let mut person = caller.person.clone();
    if asked.name.is_some() || asked.language.is_some() {
        person = app
            .office
            .change_self(caller, asked.name, asked.language, reader.request())
            .await?;
    }
    if let Some(password) = asked.password {
        let present = asked.present_password.unwrap_or_default();
        let origin = reader.asker.origin();
        let opened = app
            .office
            .change_password(caller, present, password, &origin)
            .await?;
        return Ok(welcomed(&app, opened));
    }
    Ok(fresh(Json(view(&person, csrf, &caller.permissions))))
}

#[utoipa::path(
    post, path = "/setup", tag = "session", request_body = SetUp,
    responses((status = 200, body = SessionView))
)]
async fn set_up(
    State(app): State<App>,
    guest: Guest,
    Json(asked): Json<SetUp>,
) -> Result<Response, Problem> {
    app.limits.knock(&guest.asker.address)?;
    let first = FirstPerson {
        name: asked.name,
        email: asked.email,
        password: asked.password,
        language: word_of(guest.asker.language).to_owned(),
    };
    let origin = guest.asker.origin();
    let opened = app.office.set_up(&asked.token, first, &origin).await?;
    Ok(welcomed(&app, opened))
}

#[utoipa::path(
    post, path = "/invitation", tag = "session", request_body = Invitation,
    responses((status = 200, body = SessionView))
)]
async fn accept_invitation(
    State(app): State<App>,
    guest: Guest,
    Json(asked): Json<Invitation>,
) -> Result<Response, Problem> {
    app.limits.knock(&guest.asker.address)?;
    let origin = guest.asker.origin();
    let opened = app
        .office
        .accept_invitation(&asked.token, asked.password, &origin)
        .await?;
    Ok(welcomed(&app, opened))
}

#[utoipa::path(
    get, path = "/session/oidc", tag = "session",
    params(("return_to" = Option<String>, Query, description = "A page of ours to come back to")),
    responses((status = 303, description = "To the company's provider"))
)]
async fn to_provider(
    State(app): State<App>,
    guest: Guest,
    Query(asked): Going,
) -> Result<Response, Problem> {
    app.limits.knock(&guest.asker.address)?;
    let provider = app
        .provider
        .as_ref()
        .ok_or(Denied::Unknown { what: "provider" })?;
    let begun = provider.begin(&asked.return_to).await?;
    app.office
        .keep_provider_request(&begun.state, &begun.request)
        .await?;
    let mut answer = to(&begun.address)?;
    // Who comes back must be who was sent.
    put_cookie(
        &mut answer,
        &baked(PROVIDER_COOKIE, &begun.state, app.secure, Some(600)),
    );
    Ok(answer)
}

#[utoipa::path(
    get, path = "/session/oidc/callback", tag = "session",
    params(
        ("state" = Option<String>, Query), ("code" = Option<String>, Query), ("error" = Option<String>, Query)
    ),
    responses((status = 303, description = "Signed in, back to the page"))
)]
async fn from_provider(
    State(app): State<App>,
    guest: Guest,
    headers: HeaderMap,
    Query(came): Coming,
) -> Result<Response, Problem> {
    app.limits.knock(&guest.asker.address)?;
    let provider = app
        .provider
        .as_ref()
        .ok_or(Denied::Unknown { what: "provider" })?;
    let sent = cookie(&headers, PROVIDER_COOKIE).filter(|sent| !sent.is_empty());
    if sent != Some(came.state.as_str()) {
        return Err(refused("the sign-in was begun elsewhere").into());
    }
    let request = app.office.take_provider_request(&came.state).await?;
    if !came.error.is_empty() {
        let shown: String = came
            .error
            .chars()
            .filter(|c| !c.is_control())
            .take(80)
            .collect();
        return Err(refused(&shown).into());
    }
    let vouched = provider.end(&came.code, &request).await?;
    let opened = app
        .office
        .sign_in_by_provider(
            vouched.name,
            vouched.email.as_deref(),
            &guest.asker.origin(),
        )
        .await?;
    let mut answer = to(&request.return_to)?;
    put_cookie(&mut answer, &session_cookie(&app, &opened));
    put_cookie(
        &mut answer,
        &baked(PROVIDER_COOKIE, "", app.secure, Some(0)),
    );
    Ok(answer)
}

fn refused(detail: &str) -> AppError {
    Denied::Provider {
        detail: detail.to_owned(),
    }
    .into()
}

fn to(address: &str) -> Result<Response, Problem> {
    let mut answer = StatusCode::SEE_OTHER.into_response();
    let value = HeaderValue::from_str(address).map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })?;
    answer.headers_mut().insert(LOCATION, value);
    answer
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// The answer of somebody who has just come in, with the session's cookie.
fn welcomed(app: &App, opened: SignedIn) -> Response {
    let cookie = session_cookie(app, &opened);
    let session = opened.session;
    let permissions = session.person.permissions();
    let mut answer = fresh(Json(view(&session.person, session.csrf, &permissions)));
    put_cookie(&mut answer, &cookie);
    answer
}

/// What is about one session is never kept by a browser.
fn fresh(answer: impl IntoResponse) -> Response {
    let mut answer = answer.into_response();
    answer
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn session_cookie(app: &App, opened: &SignedIn) -> String {
    baked(cookie_name(app.secure), &opened.secret, app.secure, None)
}

/// Strict would not send the cookie when a person comes back from the provider or by a link in a mail.
fn baked(name: &str, value: &str, secure: bool, seconds: Option<u32>) -> String {
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")
}

fn put_cookie(answer: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(SET_COOKIE, value);
    }
}

fn view(person: &Person, csrf: String, permissions: &BTreeSet<Permission>) -> SessionView {
    SessionView {
        user: UserView {
            id: person.id.to_string(),
            name: person.name.clone(),
            email: person.email.clone(),
            roles: person
                .roles
                .iter()
                .map(|role| role.word().to_owned())
                .collect(),
            unit_ids: person.unit_ids.clone(),
            language: person.language.clone(),
        },
        csrf,
        permissions: permissions
            .iter()
            .map(|one| one.word().to_owned())
            .collect(),
    }
}

fn word_of(language: Language) -> &'static str {
    match language {
        Language::Sv => "sv",
        Language::En => "en",
    }
}
