//! Which rows belong to one task of one person, and what does a person's fit say of all?

use crate::columns::Columns;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::survey::choice::People;
use serde_json::json;

/// Rows sorted by person and task, so that those of a task stand together.
pub struct Tasks {
    pub order: Vec<usize>,
    pub respondents: Vec<usize>,
    pub tasks: Vec<usize>,
}

impl Tasks {
    pub fn read(input: &Input) -> Result<Self, FitError> {
        let places = |role: &str| {
            let name = input.need(role)?;
            complete_groups(input.columns, &name)
        };
        let (respondents, tasks) = (places("respondent")?.1, places("task")?.1);
        let mut order: Vec<usize> = (0..respondents.len()).collect();
        order.sort_by_key(|&row| (respondents[row], tasks[row]));
        let take = |of: &[usize]| order.iter().map(|&row| of[row]).collect();
        Ok(Tasks {
            respondents: take(&respondents),
            tasks: take(&tasks),
            order,
        })
    }

    pub fn on<T: Copy>(&self, values: &[T]) -> Vec<T> {
        self.order.iter().map(|&row| values[row]).collect()
    }
}

/// The words of a column, sorted, and each row's place among them; every row must have one.
pub fn complete_groups(
    columns: &Columns,
    name: &str,
) -> Result<(Vec<String>, Vec<usize>), FitError> {
    columns.complete_texts(name)?;
    let groups = Groups::read(columns, name)?;
    let places = groups.of_row.iter().map(|place| place.unwrap_or_default());
    Ok((groups.names, places.collect()))
}

/// How well people's own choices are told, and how many chose as if at random.
pub fn tell_people(fitted: &mut Fitted, people: &People) {
    let count = people.people.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let pairs = || {
        people
            .root_likelihood
            .iter()
            .zip(&people.root_likelihood_at_random)
    };
    fitted.log_likelihood = Some(people.log_likelihood);
    fitted.put("respondents", json!(people.people.len()));
    fitted.put(
        "root_likelihood",
        json!({
            "mean": mean(&people.root_likelihood),
            "at_random": mean(&people.root_likelihood_at_random),
            "respondents_like_chance": pairs().filter(|(own, chance)| *own < &(1.1 * **chance)).count(),
        }),
    );
}
