//! Which column plays which role?

use crate::columns::Columns;
use crate::{FitError, Options};

/// Names that columns of a role often have; compared without regard to case after the exact role name.
const USUAL_NAMES: &[(&str, &[&str])] = &[
    ("x", &["frequency", "repeat_purchases"]),
    ("t_x", &["t.x", "recency"]),
    ("T", &["T.cal", "observed", "age"]),
    ("n", &["periods", "opportunities", "chances"]),
    (
        "mean",
        &[
            "zbar",
            "z_bar",
            "mean_value",
            "monetary_value",
            "monetary",
            "m_x",
        ],
    ),
    (
        "customer",
        &["customer_id", "customerid", "cust", "id", "user_id"],
    ),
    (
        "date",
        &["order_date", "purchase_date", "invoice_date", "day", "on"],
    ),
    ("amount", &["value", "sum", "spend", "price", "revenue"]),
    ("period", &["renewal", "year", "month", "t"]),
    ("survivors", &["alive", "active"]),
    ("lost", &["churned", "gone"]),
    ("time", &["duration", "tenure", "days", "months"]),
    (
        "event",
        &["status", "churn", "churned", "left", "dead", "died"],
    ),
    ("score", &["nps", "recommend", "answer", "value"]),
    ("value", &["score", "answer", "outcome"]),
    ("group", &["segment", "team", "unit", "cluster"]),
    ("respondent", &["respondent_id", "person", "id"]),
    ("task", &["set", "question", "screen"]),
    ("item", &["statement", "option"]),
    ("choice", &["answer", "best_worst"]),
    ("chosen", &["choice", "selected"]),
    ("present", &["functional", "positive"]),
    ("absent", &["dysfunctional", "negative"]),
    ("arrivals", &["contacts", "calls"]),
    ("handling", &["handling_time", "aht"]),
    ("forecast", &["predicted", "expected", "mean"]),
    ("deviation", &["sd", "standard_deviation"]),
    ("position", &["day", "offset"]),
    ("count", &["orders", "n", "amount"]),
    ("cost", &["price"]),
    ("option", &["name", "id"]),
];

/// A file, the flags, and the method that reads them.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    pub method: &'static str,
    pub columns: &'a Columns,
    pub options: &'a Options,
}

impl Input<'_> {
    /// The column of a role: the one that a flag names, else one of the role's name, else one of its usual names.
    pub fn find(&self, role: &str) -> Result<Option<String>, FitError> {
        if let Some(name) = self.named(role)? {
            return Ok(Some(name));
        }
        let names = self.columns.names();
        if names.iter().any(|name| name == role) {
            return Ok(Some(role.to_owned()));
        }
        let usual = USUAL_NAMES.iter().find(|(own, _)| *own == role);
        Ok(usual.and_then(|(_, usual)| {
            usual.iter().find_map(|word| {
                names
                    .iter()
                    .find(|name| name.eq_ignore_ascii_case(word))
                    .cloned()
            })
        }))
    }

    /// The column of a role that the method cannot do without.
    pub fn need(&self, role: &str) -> Result<String, FitError> {
        self.find(role)?.ok_or_else(|| FitError::RoleMissing {
            method: self.method.to_owned(),
            role: role.to_owned(),
            known: self.columns.names().join(", "),
        })
    }

    /// The column that a flag names for a role; it must exist.
    pub fn named(&self, role: &str) -> Result<Option<String>, FitError> {
        let flag = match role {
            "outcome" => self.options.outcome.as_deref(),
            "treatment" => self.options.treatment.as_deref(),
            "group" => self.options.group.as_deref(),
            "weights" => self.options.weights.as_deref(),
            _ => None,
        };
        let by_role = || {
            let pairs = self
                .options
                .columns
                .iter()
                .filter_map(|pair| pair.split_once('='));
            pairs
                .filter(|(own, _)| own.trim() == role)
                .map(|(_, name)| name.trim())
                .next_back()
        };
        match flag.or_else(by_role) {
            Some(name) => self.existing(name).map(Some),
            None => Ok(None),
        }
    }

    /// The weights, if a column is named so or called exactly `weights`.
    pub fn weights(&self) -> Result<Option<Vec<f64>>, FitError> {
        let Some(name) = self.find("weights")? else {
            return Ok(None);
        };
        let weights = self.columns.complete_numbers(&name)?;
        match weights.iter().position(|weight| *weight < 0.0) {
            Some(row) => Err(FitError::OutOfRange {
                column: name,
                line: crate::columns::line_of(row),
                rule: "not_negative",
                value: weights[row],
            }),
            None => Ok(Some(weights)),
        }
    }

    /// The columns that `--covariates` lists, and those of `--col covariate=NAME`.
    pub fn covariates(&self) -> Result<Vec<String>, FitError> {
        let mut names: Vec<String> = Vec::new();
        for name in self.options.covariates.iter().map(|name| name.trim()) {
            if name.is_empty() {
                continue;
            }
            let name = self.existing(name)?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        for name in self.listed("covariate")? {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// All columns of a role that may have several, in the order given.
    pub fn listed(&self, role: &str) -> Result<Vec<String>, FitError> {
        let pairs = self
            .options
            .columns
            .iter()
            .filter_map(|pair| pair.split_once('='));
        let own = pairs
            .filter(|(own, _)| own.trim() == role)
            .map(|(_, name)| name);
        let mut names: Vec<String> = Vec::new();
        for name in own.map(str::trim).filter(|name| !name.is_empty()) {
            let name = self.existing(name)?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// The horizon that `--predict` asks for.
    pub fn horizon(&self) -> Result<Option<f64>, FitError> {
        match self.options.predict {
            Some(horizon) if !(horizon.is_finite() && horizon > 0.0) => Err(FitError::FlagRange {
                flag: "predict".to_owned(),
                rule: "positive",
            }),
            horizon => Ok(horizon),
        }
    }

    /// Rounds of resampling, `usual` when the flag is not given.
    pub fn rounds(&self, usual: usize) -> Result<usize, FitError> {
        let rounds = self.options.bootstrap.unwrap_or(usual);
        if (FEWEST_ROUNDS..=MOST_ROUNDS).contains(&rounds) {
            return Ok(rounds);
        }
        Err(FitError::FlagRange {
            flag: "bootstrap".to_owned(),
            rule: "rounds",
        })
    }

    fn existing(&self, name: &str) -> Result<String, FitError> {
        if self.columns.names().iter().any(|own| own == name) {
            return Ok(name.to_owned());
        }
        Err(FitError::ColumnUnknown {
            column: name.to_owned(),
            known: self.columns.names().join(", "),
        })
    }
}

const FEWEST_ROUNDS: usize = 20;
const MOST_ROUNDS: usize = 100_000;

/// Refuses a `--col` without `=`, and a role that the method has not.
pub fn prove_roles(method: &str, roles: &[&str], options: &Options) -> Result<(), FitError> {
    for text in &options.columns {
        let Some((role, _)) = text.split_once('=') else {
            return Err(FitError::RoleUnreadable { text: text.clone() });
        };
        if !roles.contains(&role.trim()) {
            return Err(FitError::RoleUnknown {
                method: method.to_owned(),
                role: role.trim().to_owned(),
                known: roles.join(", "),
            });
        }
    }
    Ok(())
}
