//! Which of many things matter most, when people name the best and the worst of a few at a time?

use super::Method;
use super::purchases::LEVEL;
use crate::caution::cautions_from;
use crate::choosing::{Tasks, complete_groups, tell_people};
use crate::columns::line_of;
use crate::fitted::range;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::survey::maxdiff::{BestWorst, counts, utilities};
use serde_json::{Map, json};

pub const METHOD: Method = Method {
    name: "maxdiff",
    roles: &["respondent", "task", "item", "choice"],
    flags: &[],
    fit,
};

/// Words for the best and for the worst item of a task.
const BEST: [&str; 4] = ["1", "best", "most", "bäst"];
const WORST: [&str; 5] = ["-1", "worst", "least", "sämst", "minst"];
const NEITHER: [&str; 2] = ["", "0"];

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let tasks = Tasks::read(input)?;
    let (names, items) = complete_groups(input.columns, &input.need("item")?)?;
    let (items, choices) = (tasks.on(&items), tasks.on(&choices(input)?));
    let data = BestWorst {
        names: &names,
        respondents: &tasks.respondents,
        tasks: &tasks.tasks,
        items: &items,
        choices: &choices,
    };
    let at_line = crate::error::of_rows(&tasks.order);
    let counted = counts(&data, LEVEL).map_err(&at_line)?;
    let found = utilities(&data, LEVEL, input.options.seed).map_err(&at_line)?;
    let mut fitted = Fitted::new(input.method, found.tasks as f64);
    fitted.cautions = cautions_from(&found.cautions);
    let mut each = Map::new();
    for (item, count) in found.items.iter().zip(&counted) {
        fitted.params.push((item.name.clone(), item.utility.value));
        fitted
            .standard_errors
            .push((item.name.clone(), item.utility.standard_error));
        let entry = json!({
            "utility": item.utility.value,
            "interval": range(&item.utility.interval),
            "between_people_sd": item.between_people,
            "share": item.share.value,
            "share_interval": range(&item.share.interval),
            "shown": count.shown,
            "best": count.best,
            "worst": count.worst,
            "score": count.score.value,
            "score_interval": range(&count.score.interval),
        });
        each.insert(item.name.clone(), entry);
    }
    fitted.put("items", json!(each));
    tell_people(&mut fitted, &found.people);
    fitted.put("seed", json!(input.options.seed));
    Ok(fitted)
}

fn choices(input: &Input) -> Result<Vec<i8>, FitError> {
    let name = input.need("choice")?;
    let texts = input.columns.texts(&name)?;
    let one = |(row, text): (usize, &&str)| {
        let small = text.to_lowercase().replace('\u{2212}', "-");
        let plain = small.strip_suffix(".0").unwrap_or(&small);
        match plain {
            word if BEST.contains(&word) => Ok(1),
            word if WORST.contains(&word) => Ok(-1),
            word if NEITHER.contains(&word) => Ok(0),
            _ => Err(FitError::NotChoice {
                column: name.clone(),
                line: line_of(row),
                value: text.chars().take(40).collect(),
            }),
        }
    };
    texts.iter().enumerate().map(one).collect()
}
