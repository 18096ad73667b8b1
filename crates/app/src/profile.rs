//! What does a person see of one customer: measures with their doubt, the time line, profit step by step, stance, risks?

use crate::access::Caller;
use crate::customer::{self, Event};
use crate::directory::{Directory, NAME};
use crate::measures::unit_of;
use crate::office::Opened;
use crate::text::{Catalogue, Section};
use crate::view::FigureView;
use crate::{AppError, Office};
use jiff::civil::Date;
use odla_domain::{Params, Permission, RunRecord, Unit};
use odla_lake::directory::Values;
use odla_store::Decision;
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;

/// Everything about one customer, in the reader's language.
#[derive(Debug, Serialize)]
pub struct Profile {
    pub customer_id: String,
    pub customer: Map<String, Value>,
    pub scores: Vec<FigureView>,
    pub run: Option<String>,
    pub events: Vec<EventView>,
    pub profit: Vec<StepView>,
    pub value: Option<FigureView>,
    pub stance: Option<StanceView>,
    pub risks: Vec<RiskView>,
}

/// Something said, done or met.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    pub on: String,
    pub table: String,
    pub label: String,
    pub text: String,
    #[schema(value_type = Object)]
    pub row: Map<String, Value>,
}

/// A step of the profit's waterfall; `kind` is `total` or `change`.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct StepView {
    pub key: String,
    pub label: String,
    pub amount: f64,
    pub text: String,
    pub kind: String,
}

/// What is proposed, why, and what has been decided.
#[derive(Debug, Serialize)]
pub struct StanceView {
    pub proposed: Option<String>,
    pub label: Option<String>,
    pub probability: Option<f64>,
    pub reasons: Vec<String>,
    pub decided: Option<Decision>,
}

/// Something to look at; `severity` is `high` or `low`.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct RiskView {
    pub key: String,
    pub text: String,
    pub severity: String,
}

/// Events told on one page: the latest.
const MOST_EVENTS: usize = 3_000;
/// A contract that ends within so many days is told as a risk.
const SOON: i64 = 90;

impl Office {
    /// # Errors
    /// When there is no such customer in the person's sight.
    pub async fn profile(
        self: &Arc<Self>,
        caller: &Caller,
        id: &str,
        run: Option<&str>,
        catalogue: &Catalogue,
    ) -> Result<Profile, AppError> {
        caller.allow(Permission::SeeCustomerDetails)?;
        let (directory, row) = self.customer_row(caller, run, id).await?;
        let opened = self.opened().await?;
        let (own, mut events) = self.facts(&opened, id).await?;
        if events.len() > MOST_EVENTS {
            events.drain(..events.len() - MOST_EVENTS);
        }
        let record = match &directory.run {
            Some(run) => Some(self.kept(Some(run)).await?.record.clone()),
            None => None,
        };
        let page = Page {
            directory: &directory,
            row,
            record: record.as_ref(),
            catalogue,
        };
        let decided = self.decision_on(id).await?;
        Ok(Profile {
            customer_id: id.to_owned(),
            customer: own,
            scores: page.scores(),
            run: directory.run.clone(),
            profit: page.profit(),
            value: page.value(),
            stance: page.stance(decided),
            risks: page.risks(&events),
            events: events
                .into_iter()
                .map(|event| told(event, catalogue))
                .collect(),
        })
    }

    async fn facts(
        self: &Arc<Self>,
        opened: &Arc<Opened>,
        id: &str,
    ) -> Result<(Map<String, Value>, Vec<Event>), AppError> {
        if let Some(held) = self.by_customer(opened) {
            let customer = id.to_owned();
            let reading =
                tokio::task::spawn_blocking(move || customer::facts_by_customer(&held, &customer));
            match reading.await {
                Ok(Ok(found)) => return Ok(found),
                // A customer who is new, or rows that are being laid out anew: the ledger knows.
                Ok(Err(_)) => tracing::debug!("a customer is told from the ledger itself"),
                Err(error) => tracing::warn!(%error, "the rows by customer could not be read"),
            }
        }
        customer::facts(&opened.ctx, id).await
    }

    async fn decision_on(&self, id: &str) -> Result<Option<Decision>, AppError> {
        let subject = odla_domain::Subject::Portfolio;
        let standing = self.store.standing_of(subject, &[id.to_owned()]).await?;
        match standing.first() {
            Some(standing) => Ok(Some(self.store.decision(standing.decision_id).await?)),
            None => Ok(None),
        }
    }
}

/// One customer as the directory holds it.
struct Page<'a> {
    directory: &'a Directory,
    row: usize,
    record: Option<&'a RunRecord>,
    catalogue: &'a Catalogue,
}

impl Page<'_> {
    fn number(&self, key: &str) -> Option<f64> {
        self.directory.number(key, self.row)
    }

    /// All scores of the run but those that are limits of another.
    fn scores(&self) -> Vec<FigureView> {
        let held = self.directory.columns.iter().filter(|held| held.scored);
        held.filter(|held| !held.key.ends_with("_lower") && !held.key.ends_with("_upper"))
            .filter_map(|held| match &held.values {
                Values::Numbers(_) => Some(self.score(&held.key)),
                _ => None,
            })
            .collect()
    }

    fn score(&self, key: &str) -> FigureView {
        let (unit, numbers) = (unit_of(key), self.catalogue.numbers());
        let value = self.number(key);
        let (lower, upper) = (
            self.number(&format!("{key}_lower")),
            self.number(&format!("{key}_upper")),
        );
        let interval = lower.zip(upper);
        let level = self
            .record
            .and_then(|record| record.configuration.pointer("/value/level"))
            .and_then(Value::as_f64);
        FigureView {
            key: key.to_owned(),
            label: label_of(key, self.catalogue),
            value,
            lower,
            upper,
            level: interval.and(level),
            unit: numbers.unit(unit),
            n: 1,
            grade: None,
            method: String::new(),
            cautions: Vec::new(),
            as_of: self
                .record
                .map_or_else(String::new, |record| record.as_of.to_string()),
            run: self.directory.run.clone().unwrap_or_default(),
            definition: String::new(),
            text: value.map_or_else(
                || self.catalogue.word(Section::Words, "untold"),
                |value| numbers.value(value, unit),
            ),
            interval_text: interval.map(|(lower, upper)| numbers.range(lower, upper, unit)),
        }
    }

    fn value(&self) -> Option<FigureView> {
        self.number("value")?;
        Some(self.score("value"))
    }

    /// From revenue to profit: what is told of it.
    fn profit(&self) -> Vec<StepView> {
        let (revenue, margin) = (self.number("revenue_12m"), self.number("margin_12m"));
        let (serve, direct) = (self.number("cost_to_serve_12m"), self.number("direct_12m"));
        let goods = revenue
            .zip(margin)
            .map(|(revenue, margin)| margin - revenue);
        let less = |cost: Option<f64>| cost.map(|cost| if cost == 0.0 { 0.0 } else { -cost });
        let steps = [
            ("revenue_12m", revenue, "total"),
            ("goods_12m", goods, "change"),
            ("margin_12m", margin, "total"),
            ("cost_to_serve_12m", less(serve), "change"),
            ("direct_12m", less(direct), "change"),
            ("profit_12m", self.number("profit_12m"), "total"),
        ];
        steps
            .into_iter()
            .filter_map(|(key, amount, kind)| {
                let amount = amount?;
                Some(StepView {
                    key: key.to_owned(),
                    label: label_of(key, self.catalogue),
                    amount,
                    text: self.catalogue.numbers().value(amount, Unit::Money),
                    kind: kind.to_owned(),
                })
            })
            .collect()
    }

    fn stance(&self, decided: Option<Decision>) -> Option<StanceView> {
        let word = |key: &str| self.directory.word(key, self.row);
        let proposed = word("stance");
        if proposed.is_none() && decided.is_none() {
            return None;
        }
        let text = |key: &str| self.catalogue.word(Section::Words, key);
        let reasons = ["reason", "lever"].iter().filter_map(|key| word(key));
        let told = reasons.filter(|key| self.catalogue.has(Section::Words, key));
        Some(StanceView {
            label: proposed.map(text),
            probability: self.number("stance_probability"),
            reasons: told.map(text).collect(),
            proposed: proposed.map(str::to_owned),
            decided,
        })
    }

    fn risks(&self, events: &[Event]) -> Vec<RiskView> {
        let mut risks = Vec::new();
        if let Some(alive) = self.number("p_alive").filter(|alive| *alive < 0.5) {
            risks.push(self.risk(
                "risk.quiet",
                "high",
                Params::from([("share".to_owned(), alive.into())]),
            ));
        }
        if let Some(profit) = self.number("profit_12m").filter(|profit| *profit < 0.0) {
            risks.push(self.risk(
                "risk.loss",
                "low",
                Params::from([("amount".to_owned(), profit.into())]),
            ));
        }
        let open = events
            .iter()
            .filter(|event| is_open_incident(event))
            .count();
        if open > 0 {
            risks.push(self.risk(
                "risk.incidents",
                "high",
                Params::from([("count".to_owned(), open.into())]),
            ));
        }
        let as_of = self.record.map(|record| record.as_of);
        let ending = events
            .iter()
            .filter_map(|event| ends_soon(event, as_of?))
            .min();
        if let Some(day) = ending {
            let params = Params::from([("day".to_owned(), day.to_string().into())]);
            risks.push(self.risk("risk.contract", "high", params));
        }
        risks
    }

    fn risk(&self, key: &str, severity: &str, params: Params) -> RiskView {
        RiskView {
            key: key.to_owned(),
            text: self.catalogue.say(Section::Sentences, key, &params),
            severity: severity.to_owned(),
        }
    }
}

/// The name of a score or of a column of the ledger.
pub fn label_of(key: &str, catalogue: &Catalogue) -> String {
    for key in [key.to_owned(), format!("customer.{key}")] {
        if catalogue.has(Section::Columns, &key) {
            return catalogue.word(Section::Columns, &key);
        }
    }
    match key {
        NAME => catalogue.word(Section::Columns, "customer.name"),
        other => other.replace('_', " "),
    }
}

fn is_open_incident(event: &Event) -> bool {
    let empty = |name: &str| event.row.get(name).is_none_or(Value::is_null);
    event.table == "incidents" && event.row.contains_key("resolved_on") && empty("resolved_on")
}

/// The day on which a running contract ends, when that is soon.
fn ends_soon(event: &Event, as_of: Date) -> Option<Date> {
    if event.table != "contracts" {
        return None;
    }
    let day = |name: &str| {
        event
            .row
            .get(name)?
            .as_str()?
            .get(..10)?
            .parse::<Date>()
            .ok()
    };
    if day("ended_on").is_some() {
        return None;
    }
    let ends = day("next_renewal_on")?;
    let days = i64::from(ends.since(as_of).ok()?.get_days());
    (0..=SOON).contains(&days).then_some(ends)
}

fn told(event: Event, catalogue: &Catalogue) -> EventView {
    let key = format!("event.{}", event.table);
    let parts: Vec<String> = event
        .row
        .iter()
        .filter(|(name, value)| !name.starts_with('_') && !is_id(name) && !value.is_null())
        .map(|(name, value)| format!("{} {}", label_of(name, catalogue), plain(value, catalogue)))
        .collect();
    EventView {
        on: event.on.chars().take(10).collect(),
        label: catalogue.word(Section::Words, &key),
        text: parts.join(" · "),
        table: event.table,
        row: in_own_words(event.row, catalogue),
    }
}

/// The company's keys under the company's labels; ids stay as they are.
fn in_own_words(row: Map<String, Value>, catalogue: &Catalogue) -> Map<String, Value> {
    let labeled = |(name, value): (String, Value)| match value {
        // A question of the common ones has a word of ours.
        Value::String(text) if name == "question" => (name, catalogue.part_name(&text).into()),
        Value::String(text) if !is_id(&name) && !name.starts_with('_') => {
            (name, Value::String(catalogue.own(&text).to_owned()))
        }
        value => (name, value),
    };
    row.into_iter().map(labeled).collect()
}

fn is_id(name: &str) -> bool {
    name.ends_with("_id") || name == "line_no"
}

fn plain(value: &Value, catalogue: &Catalogue) -> String {
    match value {
        Value::String(text) if catalogue.has(Section::Words, text) => {
            catalogue.word(Section::Words, text)
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
