//! How does an error become a status and a problem document (RFC 9457)? The only place that knows.

use crate::asker::Asker;
use crate::shared::App;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use odla_app::text::Section;
use odla_app::{AppError, Denied, Meaning};
use odla_domain::Params;
use odla_domain::caution::ParamValue;
use serde::Serialize;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// A failure on its way out; its words are added where the reader's language is known.
#[derive(Clone, Debug)]
pub struct Problem(Arc<AppError>);

/// What whoever asked is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// `problem.<key>`.
    pub r#type: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// The translation key of `detail`.
    pub key: String,
    /// The id of the request, to tell an administrator.
    pub request: String,
    /// What is to be corrected, by field of the request.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

impl<E: Into<AppError>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut answer = status_of(self.0.meaning()).into_response();
        if let AppError::Denied(Denied::Tries { seconds }) = *self.0 {
            answer.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        answer.extensions_mut().insert(self);
        answer
    }
}

/// A known address, asked in a way that it does not know.
pub async fn not_allowed() -> Response {
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}

/// A panic is our own fault; whoever asked gets an answer all the same.
pub fn of_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let detail = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    let error = AppError::Internal {
        detail: detail.unwrap_or("panic").to_owned(),
    };
    Problem::from(error).into_response()
}

/// Puts a failure into the reader's words; other answers pass.
pub async fn told(app: &App, asker: &Asker, answer: Response) -> Response {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return answer;
    }
    let (parts, body) = answer.into_parts();
    let document = match parts.extensions.get::<Problem>() {
        Some(Problem(error)) => of_error(app, asker, error),
        None => of_status(app, asker, status, body).await,
    };
    let text = serde_json::to_string(&document).unwrap_or_default();
    let mut told = Response::new(Body::from(text));
    *told.status_mut() = status;
    let headers = told.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    for name in [RETRY_AFTER, axum::http::header::ALLOW] {
        if let Some(value) = parts.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    told
}

fn of_error(app: &App, asker: &Asker, error: &AppError) -> ProblemDocument {
    let meaning = error.meaning();
    let (key, params) = match meaning {
        // What broke on our side is for the log, not for the reader.
        Meaning::Broken => {
            tracing::error!(%error, request = asker.request, "a request broke");
            ("http.500".to_owned(), Params::new())
        }
        _ => error.message(),
    };
    let texts = app.office.catalogue(asker.language);
    let detail = texts.say(Section::Errors, &key, &params);
    let fields = match error {
        AppError::Denied(denied) => denied.fields(),
        AppError::Told { key, params } => field_of_plan(key, params),
        _ => Vec::new(),
    };
    ProblemDocument {
        r#type: format!("problem.{key}"),
        title: texts.word(Section::Words, &format!("problem.{}", word_of(meaning))),
        status: status_of(meaning).as_u16(),
        fields: fields
            .into_iter()
            .map(|field| (field, detail.clone()))
            .collect(),
        detail,
        key,
        request: asker.request.clone(),
    }
}

/// The field of a trial's plan that is to be corrected.
fn field_of_plan(key: &str, params: &Params) -> Vec<String> {
    let field = match (key, params.get("what")) {
        ("trial.name" | "trial.exists", _) => "trial_id",
        ("trial.no_activity", _) => "activity_id",
        ("trial.late", _) => "drawn_on",
        ("trial.empty" | "trial.range", Some(ParamValue::Text(field))) => field,
        _ => return Vec::new(),
    };
    vec![field.to_owned()]
}

/// A failure that no use case told: what the web framework refused.
async fn of_status(app: &App, asker: &Asker, status: StatusCode, body: Body) -> ProblemDocument {
    let texts = app.office.catalogue(asker.language);
    let number = status.as_u16();
    let known = format!("http.{number}");
    let key = match texts.has(Section::Errors, &known) {
        true => known,
        false if status.is_server_error() => "http.500".to_owned(),
        false => "http.400".to_owned(),
    };
    let mut detail = texts.word(Section::Errors, &key);
    let technical = to_bytes(body, 2_000).await.unwrap_or_default();
    if matches!(number, 400 | 422)
        && let Ok(technical) = std::str::from_utf8(&technical)
        && !technical.is_empty()
    {
        detail = format!("{detail} ({technical})");
    }
    let meaning = match number {
        401 => Meaning::SignIn,
        403 => Meaning::Forbidden,
        404 | 405 => Meaning::NotFound,
        413 => Meaning::TooLarge,
        429 => Meaning::TooMany,
        408 | 503 => Meaning::Unavailable,
        500.. => Meaning::Broken,
        _ => Meaning::Wrong,
    };
    ProblemDocument {
        r#type: format!("problem.{key}"),
        title: texts.word(Section::Words, &format!("problem.{}", word_of(meaning))),
        status: number,
        detail,
        key,
        request: asker.request.clone(),
        fields: BTreeMap::new(),
    }
}

fn status_of(meaning: Meaning) -> StatusCode {
    match meaning {
        Meaning::SignIn => StatusCode::UNAUTHORIZED,
        Meaning::Forbidden => StatusCode::FORBIDDEN,
        Meaning::NotFound => StatusCode::NOT_FOUND,
        Meaning::Conflict => StatusCode::CONFLICT,
        Meaning::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Meaning::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Meaning::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
        Meaning::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Meaning::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn word_of(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::SignIn => "sign_in",
        Meaning::Forbidden => "forbidden",
        Meaning::NotFound => "not_found",
        Meaning::Conflict => "conflict",
        Meaning::TooLarge => "too_large",
        Meaning::TooMany => "too_many",
        Meaning::Wrong => "wrong",
        Meaning::Unavailable => "unavailable",
        Meaning::Broken => "broken",
    }
}
