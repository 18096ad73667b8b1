//! How does an outcome move with several columns, whatever kind of outcome it is?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::error::of_rows;
use crate::explaining::{complete_rows, explaining, on, tell_left_out};
use crate::fitted::range;
use crate::groups::{Groups, events};
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::regression::ordinal::{self, OrdinalLink};
use odla_stats::regression::ridge::{self, Penalty};
use odla_stats::regression::wild::{self, WildConfig, WildWeights};
use odla_stats::regression::{
    Coefficient, Errors, FitConfig, Sample, Weights, linear, logistic, negative_binomial, poisson,
};
use serde_json::{Map, Value, json};

pub const LINEAR: Method = Method {
    name: "linear",
    roles: &["outcome", "covariate", "weights", "group"],
    flags: &["outcome", "covariates", "weights", "group", "bootstrap"],
    fit: fit_linear,
};

pub const RIDGE: Method = Method {
    name: "ridge",
    roles: &["outcome", "covariate"],
    flags: &["outcome", "covariates"],
    fit: fit_ridge,
};

pub const LOGISTIC: Method = Method {
    name: "logistic",
    roles: &["outcome", "covariate", "weights", "group"],
    flags: &["outcome", "covariates", "weights", "group"],
    fit: fit_logistic,
};

pub const POISSON: Method = Method {
    name: "poisson",
    roles: COUNT_ROLES,
    flags: &["outcome", "covariates", "weights", "group"],
    fit: fit_poisson,
};

pub const NEGATIVE_BINOMIAL: Method = Method {
    name: "negative-binomial",
    roles: COUNT_ROLES,
    flags: &["outcome", "covariates", "weights", "group"],
    fit: fit_negative_binomial,
};

pub const ORDINAL: Method = Method {
    name: "ordinal",
    roles: &["outcome", "covariate", "weights", "group"],
    flags: &["outcome", "covariates", "weights", "group", "method"],
    fit: fit_ordinal,
};

const COUNT_ROLES: &[&str] = &["outcome", "covariate", "weights", "group", "exposure"];
/// Clusters below which Webb's six values are drawn instead of signs.
const MANY_CLUSTERS: usize = 11;

/// The complete rows of a file, as a regression reads them.
struct Rows {
    used: Vec<usize>,
    of_file: usize,
    outcome: Vec<f64>,
    columns: Vec<Vec<f64>>,
    names: Vec<String>,
    weights: Option<Vec<f64>>,
    clusters: Option<Vec<usize>>,
    exposure: Option<Vec<f64>>,
    told: Value,
}

impl Rows {
    /// `binary` reads the outcome as yes or no.
    fn read(input: &Input, binary: bool) -> Result<Self, FitError> {
        let name = input.need("outcome")?;
        let (all, coding) = match binary {
            true => events(input.columns, &name).map(|(values, coding)| (values, Some(coding)))?,
            false => (input.columns.numbers(&name)?, None),
        };
        let listed = input.covariates()?;
        if listed.is_empty() {
            return Err(FitError::NothingExplains {
                method: input.method.to_owned(),
                known: input.columns.names().join(", "),
            });
        }
        let explaining = explaining(input, &listed)?;
        let weights = match input.named("weights")? {
            Some(_) => input.weights()?,
            None => None,
        };
        let exposure_name = input.named("exposure")?;
        let exposure = match &exposure_name {
            Some(name) => Some(input.columns.numbers(name)?),
            None => None,
        };
        let group_name = input.named("group")?;
        let groups = match &group_name {
            Some(name) => Some(Groups::read(input.columns, name)?),
            None => None,
        };
        let own = [Some(&all), exposure.as_ref()].into_iter().flatten();
        let needed = explaining.columns.iter().chain(own).map(Vec::as_slice);
        let in_group = |row: &usize| {
            groups
                .as_ref()
                .is_none_or(|groups| groups.of_row[*row].is_some())
        };
        let used: Vec<usize> = complete_rows(needed, all.len())
            .into_iter()
            .filter(in_group)
            .collect();
        let clusters = groups.as_ref().map(|groups| {
            let of_row = used.iter().filter_map(|&row| groups.of_row[row]);
            of_row.collect::<Vec<usize>>()
        });
        Ok(Rows {
            outcome: on(&all, &used),
            columns: explaining.on(&used),
            weights: weights.map(|w| on(&w, &used)),
            exposure: exposure.map(|e| on(&e, &used)),
            clusters,
            of_file: all.len(),
            told: json!({
                "outcome": name,
                "outcome_coding": coding,
                "exposure": exposure_name,
                "group": group_name,
                "references": explaining.references,
            }),
            names: explaining.names,
            used,
        })
    }

    fn sample(&self) -> Sample<'_> {
        Sample {
            outcome: &self.outcome,
            columns: &self.columns,
            names: &self.names,
            weights: self
                .weights
                .as_deref()
                .map_or(Weights::Equal, Weights::Sampling),
            clusters: self.clusters.as_deref(),
        }
    }

    /// Clustered errors with groups, robust ones with weights; bias-reduced where the method has them.
    fn config(&self, linear: bool) -> (FitConfig, &'static str) {
        let (errors, told) = match (self.clusters.is_some(), self.weights.is_some(), linear) {
            (true, _, true) => (Errors::Cr2, "cr2"),
            (true, _, false) => (Errors::Cr1, "cr1"),
            (false, true, _) => (Errors::Hc1, "hc1"),
            _ => (Errors::Classical, "classical"),
        };
        let level = LEVEL;
        (FitConfig { errors, level }, told)
    }

    fn fitted(&self, method: &'static str, errors: &str) -> Fitted {
        let mut fitted = Fitted::new(method, self.used.len() as f64);
        tell_left_out(&mut fitted, self.used.len(), self.of_file);
        fitted.put("errors", json!(errors));
        fitted.put("columns", self.told.clone());
        fitted
    }
}

/// Adds coefficients with intervals and p-values; `ratio` names what e^coefficient is.
fn put_coefficients(fitted: &mut Fitted, table: &[Coefficient], ratio: Option<&str>) {
    let mut effects = Map::new();
    for coefficient in table {
        let (name, estimate) = (coefficient.name.clone(), coefficient.estimate);
        fitted.params.push((name.clone(), estimate.value));
        fitted
            .standard_errors
            .push((name.clone(), estimate.standard_error));
        let mut effect =
            json!({"interval": range(&estimate.interval), "p_value": coefficient.p_value});
        if let Some(ratio) = ratio {
            effect[ratio] = json!(estimate.value.exp());
        }
        effects.insert(name, effect);
    }
    fitted.put("effects", Value::Object(effects));
}

fn fit_linear(input: &Input) -> Result<Fitted, FitError> {
    let rows = Rows::read(input, false)?;
    let (config, errors) = rows.config(true);
    let result = linear::fit(&rows.sample(), &config).map_err(of_rows(&rows.used))?;
    let mut fitted = rows.fitted(input.method, errors);
    put_coefficients(&mut fitted, &result.coefficients.table, None);
    fitted.cautions.extend(cautions_from(&result.cautions));
    fitted.put("r2", json!(result.r2));
    fitted.put("adjusted_r2", json!(result.adjusted_r2));
    fitted.put("residual_sd", json!(result.residual_sd));
    if input.options.bootstrap.is_some() && rows.clusters.is_some() {
        put_wild(&mut fitted, &rows, input)?;
    }
    Ok(fitted)
}

/// p-values and intervals by the wild cluster bootstrap, one column at a time.
fn put_wild(fitted: &mut Fitted, rows: &Rows, input: &Input) -> Result<(), FitError> {
    let groups: std::collections::BTreeSet<usize> =
        rows.clusters.iter().flatten().copied().collect();
    let config = WildConfig {
        weights: match groups.len() < MANY_CLUSTERS {
            true => WildWeights::Webb,
            false => WildWeights::Rademacher,
        },
        draws: input.rounds(999)?,
        seed: input.options.seed,
        level: LEVEL,
    };
    let mut all = Map::new();
    for name in &rows.names {
        let test = wild::test(&rows.sample(), (name, 0.0), &config).map_err(of_rows(&rows.used))?;
        let told = json!({
            "p_value": test.p_value,
            "interval": range(&test.interval),
            "draws": test.draws,
            "enumerated": test.enumerated,
        });
        all.insert(name.clone(), told);
    }
    fitted.put("wild_cluster", Value::Object(all));
    Ok(())
}

fn fit_ridge(input: &Input) -> Result<Fitted, FitError> {
    let rows = Rows::read(input, false)?;
    let result = ridge::fit(&rows.sample(), Penalty::CrossValidated, LEVEL);
    let result = result.map_err(of_rows(&rows.used))?;
    let mut fitted = rows.fitted(input.method, "posterior");
    put_coefficients(&mut fitted, &result.coefficients.table, None);
    fitted.cautions.extend(cautions_from(&result.cautions));
    fitted.put("strength", json!(result.strength));
    fitted.put(
        "effective_coefficients",
        json!(result.effective_coefficients),
    );
    fitted.put("r2", json!(result.r2));
    fitted.put("residual_sd", json!(result.residual_sd));
    Ok(fitted)
}

fn fit_logistic(input: &Input) -> Result<Fitted, FitError> {
    let rows = Rows::read(input, true)?;
    let (config, errors) = rows.config(false);
    let result = logistic::fit(&rows.sample(), &config).map_err(of_rows(&rows.used))?;
    let mut fitted = rows.fitted(input.method, errors);
    put_coefficients(&mut fitted, &result.coefficients.table, Some("odds_ratio"));
    fitted.cautions.extend(cautions_from(&result.cautions));
    fitted.log_likelihood = Some(result.log_likelihood);
    fitted.put("null_log_likelihood", json!(result.null_log_likelihood));
    let mut effects = Map::new();
    for name in &rows.names {
        let change = logistic::Change::Slope;
        let effect = logistic::average_effect(&result, &rows.sample(), (name, change), LEVEL)?;
        let told = json!({"value": effect.value, "interval": range(&effect.interval)});
        effects.insert(name.clone(), told);
    }
    fitted.put("average_effects", Value::Object(effects));
    Ok(fitted)
}

fn fit_poisson(input: &Input) -> Result<Fitted, FitError> {
    let rows = Rows::read(input, false)?;
    let (config, errors) = rows.config(false);
    let result = poisson::fit(&rows.sample(), rows.exposure.as_deref(), &config);
    let result = result.map_err(of_rows(&rows.used))?;
    let mut fitted = rows.fitted(input.method, errors);
    put_coefficients(&mut fitted, &result.coefficients.table, Some("rate_ratio"));
    fitted.cautions.extend(cautions_from(&result.cautions));
    fitted.log_likelihood = Some(result.log_likelihood);
    fitted.put("null_log_likelihood", json!(result.null_log_likelihood));
    fitted.put("dispersion", json!(result.dispersion));
    Ok(fitted)
}

fn fit_negative_binomial(input: &Input) -> Result<Fitted, FitError> {
    let rows = Rows::read(input, false)?;
    let (config, errors) = rows.config(false);
    let result = negative_binomial::fit(&rows.sample(), rows.exposure.as_deref(), &config);
    let result = result.map_err(of_rows(&rows.used))?;
    let mut fitted = rows.fitted(input.method, errors);
    put_coefficients(&mut fitted, &result.coefficients.table, Some("rate_ratio"));
    fitted.params.push(("alpha".to_owned(), result.alpha.value));
    fitted
        .standard_errors
        .push(("alpha".to_owned(), result.alpha.standard_error));
    fitted.cautions.extend(cautions_from(&result.cautions));
    fitted.log_likelihood = Some(result.log_likelihood);
    fitted.put("alpha_interval", range(&result.alpha.interval));
    fitted.put("null_log_likelihood", json!(result.null_log_likelihood));
    fitted.put(
        "poisson_log_likelihood",
        json!(result.poisson_log_likelihood),
    );
    fitted.put("overdispersion_p", json!(result.overdispersion_p));
    Ok(fitted)
}

fn fit_ordinal(input: &Input) -> Result<Fitted, FitError> {
    let (link, told) = match input.options.design.as_deref() {
        None | Some("logit") => (OrdinalLink::Logit, "logit"),
        Some("probit") => (OrdinalLink::Probit, "probit"),
        Some(other) => {
            return Err(FitError::FlagUnknown {
                flag: "method".to_owned(),
                value: other.to_owned(),
                known: "logit, probit".to_owned(),
            });
        }
    };
    let rows = Rows::read(input, false)?;
    let (config, errors) = rows.config(false);
    let result = ordinal::fit(&rows.sample(), link, &config).map_err(of_rows(&rows.used))?;
    let mut fitted = rows.fitted(input.method, errors);
    let ratio = (link == OrdinalLink::Logit).then_some("odds_ratio");
    put_coefficients(&mut fitted, &result.coefficients, ratio);
    fitted.cautions.extend(cautions_from(&result.cautions));
    fitted.log_likelihood = Some(result.log_likelihood);
    let cuts = result.cuts.iter().map(|cut| {
        let told = json!({"value": cut.estimate.value, "interval": range(&cut.estimate.interval)});
        (cut.name.clone(), told)
    });
    fitted.put("cuts", Value::Object(cuts.collect()));
    fitted.put("link", json!(told));
    fitted.put("levels", json!(result.levels));
    fitted.put("null_log_likelihood", json!(result.null_log_likelihood));
    Ok(fitted)
}
