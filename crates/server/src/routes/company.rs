//! The company's units, settings and the log of what was done.

use crate::answer::{Asked, ListOf, Pairs};
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Query, State};
use odla_app::company::{SettingsChange, Versioned};
use odla_app::text::{Catalogue, Section};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
struct UnitView {
    id: String,
    name: String,
    kind: String,
    parent_id: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct AuditView {
    id: String,
    at: String,
    who: String,
    what: String,
    subject: String,
    /// `what` in the reader's words.
    deed: String,
    /// Whom or what it was done to, by name where there is one.
    about: String,
    text: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct SettingsView {
    company: String,
    currency: String,
    time_zone: String,
    version: i64,
    analysis: AnalysisView,
}

#[derive(Debug, Serialize, ToSchema)]
struct AnalysisView {
    discount_rate: f64,
    horizon_months: u32,
    level: f64,
    assumed_margin_share: Option<f64>,
}

#[derive(Deserialize, ToSchema)]
struct SettingsUpdate {
    #[serde(default)]
    company: Option<String>,
    #[serde(default)]
    time_zone: Option<String>,
    #[serde(default)]
    analysis: AnalysisUpdate,
    version: i64,
}

#[derive(Default, Deserialize, ToSchema)]
struct AnalysisUpdate {
    #[serde(default)]
    discount_rate: Option<f64>,
    #[serde(default)]
    horizon_months: Option<u32>,
    #[serde(default)]
    level: Option<f64>,
    /// `null` takes the assumption back; left out it stays.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<f64>)]
    assumed_margin_share: Option<Option<f64>>,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(units))
        .routes(routes!(audit))
        .routes(routes!(settings, change_settings))
}

#[utoipa::path(get, path = "/units", tag = "company", responses((status = 200, body = ListOf<UnitView>)))]
async fn units(State(app): State<App>, reader: Reader) -> Result<Json<ListOf<UnitView>>, Problem> {
    let items = app
        .office
        .units(&reader.caller)
        .await?
        .into_iter()
        .map(|unit| UnitView {
            id: unit.id,
            name: unit.name,
            kind: unit.kind,
            parent_id: unit.parent,
        });
    Ok(Json(ListOf::all(items.collect())))
}

#[utoipa::path(
    get, path = "/audit", tag = "company",
    params(("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = ListOf<AuditView>))
)]
async fn audit(
    State(app): State<App>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Json<ListOf<AuditView>>, Problem> {
    let asked = Asked::new(pairs);
    let limit = asked.limit(100, 500);
    let entries = app
        .office
        .audit(&reader.caller, asked.number("cursor"), limit as i64)
        .await?;
    let names = app.office.names().await?;
    let last = entries.last().map(|entry| entry.number.to_string());
    let full = entries.len() == limit;
    let items = entries.into_iter().map(|entry| AuditView {
        id: entry.number.to_string(),
        at: entry.at.to_string(),
        who: match entry.person_id {
            Some(id) => names.get(&id).cloned().unwrap_or_default(),
            None => entry.actor,
        },
        deed: word_or(&reader.texts, "audit", &entry.action),
        about: about(&entry.subject, &names),
        text: told_in_short(&entry.details, &reader.texts),
        what: entry.action,
        subject: entry.subject,
    });
    Ok(Json(ListOf {
        items: items.collect(),
        next_cursor: last.filter(|_| full),
        total: None,
    }))
}

#[utoipa::path(get, path = "/settings", tag = "company", responses((status = 200, body = SettingsView)))]
async fn settings(State(app): State<App>, reader: Reader) -> Result<Json<SettingsView>, Problem> {
    Ok(Json(view(app.office.settings(&reader.caller)?)))
}

#[utoipa::path(
    patch, path = "/settings", tag = "company", request_body = SettingsUpdate,
    responses((status = 200, body = SettingsView))
)]
async fn change_settings(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<SettingsUpdate>,
) -> Result<Json<SettingsView>, Problem> {
    let change = SettingsChange {
        company: asked.company,
        time_zone: asked.time_zone,
        discount_rate: asked.analysis.discount_rate,
        horizon_months: asked.analysis.horizon_months,
        level: asked.analysis.level,
        assumed_margin_share: asked.analysis.assumed_margin_share,
    };
    let office = &app.office;
    let changed = office
        .change_settings(&reader.caller, &change, asked.version, reader.request())
        .await?;
    Ok(Json(view(changed)))
}

fn view(versioned: Versioned) -> SettingsView {
    let settings = versioned.settings;
    SettingsView {
        company: settings.company,
        currency: settings.currency,
        time_zone: settings.time_zone,
        version: versioned.version,
        analysis: AnalysisView {
            discount_rate: settings.analysis.discount_rate,
            horizon_months: settings.analysis.horizon_months,
            level: settings.analysis.level,
            assumed_margin_share: settings.analysis.assumed_margin_share,
        },
    }
}

/// A word of ours, or the key made readable.
fn word_or(texts: &Catalogue, family: &str, key: &str) -> String {
    let word = format!("{family}.{key}");
    match texts.has(Section::Words, &word) {
        true => texts.word(Section::Words, &word),
        false => key.replace(['_', '.'], " "),
    }
}

/// A person by name; other ids of ours say nothing to a reader, and the names of customers, trials and imports stay.
fn about(subject: &str, names: &BTreeMap<Uuid, String>) -> String {
    match subject.parse::<Uuid>() {
        Ok(id) => names.get(&id).cloned().unwrap_or_default(),
        Err(_) => subject.to_owned(),
    }
}

/// Details in a few words, without ids.
fn told_in_short(details: &Value, texts: &Catalogue) -> String {
    let Some(details) = details.as_object() else {
        return String::new();
    };
    let parts = details.iter().filter_map(|(name, value)| {
        let told = said(value, texts)?;
        Some(format!("{}: {told}", word_or(texts, "audit.detail", name)))
    });
    parts.collect::<Vec<_>>().join("; ")
}

fn said(value: &Value, texts: &Catalogue) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(word_or(texts, "audit", if *flag { "yes" } else { "no" })),
        Value::Number(number) => number
            .as_f64()
            .map(|number| texts.numbers().value(number, odla_domain::Unit::Count)),
        Value::String(text) if text.is_empty() || text.parse::<Uuid>().is_ok() => None,
        Value::String(text) => Some(match text.parse() {
            Ok(day) => texts.numbers().date(day),
            Err(_) if texts.has(Section::Words, text) => texts.word(Section::Words, text),
            Err(_) => word_or(texts, "audit", text),
        }),
        Value::Array(list) => {
            let parts: Vec<String> = list.iter().filter_map(|one| said(one, texts)).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }
        Value::Object(_) => None,
    }
}

/// A value that is there, also when it is null.
fn told<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<f64>>, D::Error> {
    Option::<f64>::deserialize(from).map(Some)
}
