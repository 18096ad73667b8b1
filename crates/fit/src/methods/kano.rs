//! Must it be there, does more of it please more, or does nobody care?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::columns::line_of;
use crate::explaining::{on, tell_left_out};
use crate::fitted::range;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::Estimate;
use odla_stats::survey::kano::{Category, Kano, classify};
use serde_json::{Map, Value, json};

pub const METHOD: Method = Method {
    name: "kano",
    roles: &["present", "absent", "group", "weights"],
    flags: &["group", "weights"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let (present, absent) = (answers(input, "present")?, answers(input, "absent")?);
    let weights = input.weights()?;
    let both = present.iter().zip(&absent);
    let answered = both.filter(|(p, a)| !p.is_nan() && !a.is_nan()).count();
    let mut fitted = Fitted::new(input.method, answered as f64);
    tell_left_out(&mut fitted, answered, present.len());
    let Some(group) = input.named("group")? else {
        let kano = classify(&present, &absent, weights.as_deref(), LEVEL)?;
        fitted.cautions.extend(cautions_from(&kano.cautions));
        push(&mut fitted, "", &kano);
        for (key, value) in describe(&kano).as_object().into_iter().flatten() {
            fitted.put(key, value.clone());
        }
        return Ok(fitted);
    };
    let groups = Groups::read(input.columns, &group)?;
    let mut each = Map::new();
    for (at, name) in groups.names.iter().enumerate() {
        let rows = groups.rows(at);
        let own = weights.as_ref().map(|weights| on(weights, &rows));
        let (present, absent) = (on(&present, &rows), on(&absent, &rows));
        // A feature that nobody answered has no category.
        let Ok(kano) = classify(&present, &absent, own.as_deref(), LEVEL) else {
            continue;
        };
        for caution in cautions_from(&kano.cautions) {
            if !fitted.cautions.contains(&caution) {
                fitted.cautions.push(caution);
            }
        }
        push(&mut fitted, &format!("{name}: "), &kano);
        each.insert(name.clone(), describe(&kano));
    }
    fitted.put("features", Value::Object(each));
    Ok(fitted)
}

/// Answers from 1 (I like it) to 5 (I dislike it).
fn answers(input: &Input, role: &str) -> Result<Vec<f64>, FitError> {
    let name = input.need(role)?;
    let answers = input.columns.numbers(&name)?;
    let broken = |a: &f64| !a.is_nan() && (a.fract() != 0.0 || !(1.0..=5.0).contains(a));
    match answers.iter().position(broken) {
        Some(row) => Err(FitError::OutOfRange {
            column: name,
            line: line_of(row),
            rule: "one_to_five",
            value: answers[row],
        }),
        None => Ok(answers),
    }
}

fn push(fitted: &mut Fitted, prefix: &str, kano: &Kano) {
    for (word, estimate) in [
        ("satisfaction", kano.satisfaction),
        ("dissatisfaction", kano.dissatisfaction),
    ] {
        let name = format!("{prefix}{word}");
        fitted.params.push((name.clone(), estimate.value));
        fitted.standard_errors.push((name, estimate.standard_error));
    }
}

fn describe(kano: &Kano) -> Value {
    let told = |estimate: &Estimate| json!({"value": estimate.value, "interval": range(&estimate.interval)});
    let shares = Category::ALL
        .iter()
        .map(|category| {
            let share = &kano.shares[*category as usize];
            (category.letter().to_owned(), told(share))
        })
        .collect();
    json!({
        "n": kano.answers,
        "effective_answers": kano.effective_answers,
        "category": kano.category.letter(),
        "second": kano.second.letter(),
        "mixed": kano.mixed(),
        "strength": told(&kano.strength),
        "total_strength": told(&kano.total_strength),
        "satisfaction": told(&kano.satisfaction),
        "dissatisfaction": told(&kano.dissatisfaction),
        "shares": Value::Object(shares),
    })
}
