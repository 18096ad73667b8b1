//! What is each feature of an offer worth to those who choose among offers?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::choosing::{Tasks, complete_groups, tell_people};
use crate::fitted::range;
use crate::groups::events;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::survey::conjoint::{Attribute, Conjoint, OfferChoices, part_worths};
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "conjoint",
    roles: &["respondent", "task", "chosen", "covariate"],
    flags: &["covariates"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let tasks = Tasks::read(input)?;
    let chosen_name = input.need("chosen")?;
    let (chosen, coding) = events(input.columns, &chosen_name)?;
    let chosen: Vec<bool> = tasks.on(&chosen).iter().map(|c| *c == 1.0).collect();
    let attributes = attributes(input, &tasks)?;
    let data = OfferChoices {
        respondents: &tasks.respondents,
        tasks: &tasks.tasks,
        chosen: &chosen,
        attributes: &attributes,
    };
    let found = part_worths(&data, LEVEL, input.options.seed)
        .map_err(crate::error::of_rows(&tasks.order))?;
    let mut fitted = Fitted::new(input.method, found.tasks as f64);
    fitted.cautions = cautions_from(&found.cautions);
    let mut each = Map::new();
    for (at, attribute) in found.attributes.iter().enumerate() {
        for (level, worth) in &attribute.worths {
            let name = match matches!(attributes[at], Attribute::Slope { .. }) {
                true => attribute.name.clone(),
                false => format!("{}={level}", attribute.name),
            };
            fitted.params.push((name.clone(), worth.value));
            fitted.standard_errors.push((name, worth.standard_error));
        }
        each.insert(attribute.name.clone(), describe(&found, at, &attributes));
    }
    fitted.put("attributes", Value::Object(each));
    tell_people(&mut fitted, &found.people);
    fitted.put("chosen", json!(coding));
    fitted.put("seed", json!(input.options.seed));
    Ok(fitted)
}

/// Columns of words have a worth per level, columns of numbers a slope.
fn attributes(input: &Input, tasks: &Tasks) -> Result<Vec<Attribute>, FitError> {
    let names = input.covariates()?;
    if names.is_empty() {
        return Err(FitError::NothingExplains {
            method: input.method.to_owned(),
            known: input.columns.names().join(", "),
        });
    }
    let one = |name: String| {
        if input.columns.is_numeric(&name) {
            let values = input.columns.complete_numbers(&name)?;
            let of_row = tasks.on(&values);
            return Ok(Attribute::Slope { name, of_row });
        }
        let (levels, places) = complete_groups(input.columns, &name)?;
        Ok(Attribute::Levels {
            of_row: tasks.on(&places),
            name,
            levels,
        })
    };
    names.into_iter().map(one).collect()
}

fn describe(found: &Conjoint, at: usize, attributes: &[Attribute]) -> Value {
    let own = &found.attributes[at];
    let worths = own.worths.iter().zip(&own.between_people);
    let worths = worths.map(|((level, worth), between)| {
        let entry = json!({
            "worth": worth.value,
            "interval": range(&worth.interval),
            "between_people_sd": between,
        });
        (level.clone(), entry)
    });
    let mut entry = json!({
        "importance": own.importance.value,
        "importance_interval": range(&own.importance.interval),
        "worths": Value::Object(worths.collect()),
    });
    let numbers = attributes.iter().enumerate();
    for (number, attribute) in numbers.filter(|(_, a)| matches!(a, Attribute::Slope { .. })) {
        let Some(exchange) = found.exchange(at, number) else {
            continue;
        };
        let levels = own.worths.iter().zip(exchange).map(|((level, _), worth)| {
            let told = json!({"value": worth.value, "interval": range(&worth.interval)});
            (level.clone(), told)
        });
        entry[format!("in_{}", attribute.name())] = Value::Object(levels.collect());
    }
    entry
}
