//! What does a decision about minutes, money or an activity say, and which figures does it rest on?

use crate::pages::Kept;
use crate::{AppError, Denied, allocation, whatif};
use odla_domain::{
    Cell, Course, Matter, MinutesChange, MoneyMove, Report, Rested, Sentence, Spot, Table,
};
use odla_insight::allocation::Place;

/// What is asked to be decided.
#[derive(Clone, Debug)]
pub enum Asked {
    Minutes(whatif::Asked),
    /// The moves of a plan; all of them when none is named.
    Money(allocation::Wanted, Vec<MoveAsked>),
    Activity {
        activity_id: String,
        course: Course,
    },
}

/// A move by the names of its places; none is new or saved money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveAsked {
    pub from: Option<String>,
    pub to: Option<String>,
}

/// Reads from the run what is decided, and the figures that speak of it.
///
/// # Errors
/// When the run does not hold it.
pub fn found(kept: &Kept, asked: &Asked) -> Result<(Matter, Vec<Rested>), AppError> {
    match asked {
        Asked::Minutes(asked) => minutes(kept, asked),
        Asked::Money(wanted, moves) => money(kept, wanted, moves),
        Asked::Activity {
            activity_id,
            course,
        } => activity(kept, activity_id, *course),
    }
}

fn minutes(kept: &Kept, asked: &whatif::Asked) -> Result<(Matter, Vec<Rested>), AppError> {
    let report = whatif::answer(kept, asked)?;
    let table = report.table("whatif.reasons");
    let mut minutes = Vec::new();
    for row in table.map_or(&[][..], |table| &table.rows) {
        if let [
            Cell::Text(reason),
            Cell::Number(today),
            Cell::Number(then),
            ..,
        ] = &row[..]
            && today != then
        {
            minutes.push(MinutesChange {
                reason: reason.clone(),
                today: *today,
                then: *then,
            });
        }
    }
    Ok((Matter::ServiceLevel { minutes }, all_figures(&report)))
}

fn money(
    kept: &Kept,
    wanted: &allocation::Wanted,
    asked: &[MoveAsked],
) -> Result<(Matter, Vec<Rested>), AppError> {
    let report = allocation::answer(kept, wanted)?;
    let places = allocation::places(kept, &allocation::config_of(kept)?);
    let table = report.table("allocation.moves");
    let all = table.map_or_else(Vec::new, |table| moves_of(table, &places));
    if asked.is_empty() {
        return Ok((Matter::Reallocation { moves: all }, all_figures(&report)));
    }
    let mut moves = Vec::with_capacity(asked.len());
    for one in asked {
        let found = all.iter().find(|own| {
            is_called(own.from.as_ref(), one.from.as_deref())
                && is_called(own.to.as_ref(), one.to.as_deref())
        });
        let found = found.ok_or(Denied::Unknown { what: "move" })?;
        if !moves.contains(found) {
            moves.push(found.clone());
        }
    }
    // The figures of the whole plan stand behind each of its moves.
    Ok((Matter::Reallocation { moves }, all_figures(&report)))
}

fn is_called(spot: Option<&Spot>, said: Option<&str>) -> bool {
    match (spot, said) {
        (Some(spot), Some(said)) => spot.id == said || spot.name == said,
        (None, None) => true,
        _ => false,
    }
}

fn moves_of(table: &Table, places: &[Place]) -> Vec<MoneyMove> {
    let spot = |cell: &Cell| {
        let (name, minutes) = match cell {
            Cell::Said(said) => (reason_of(said)?, true),
            Cell::Text(name) => (name.clone(), false),
            _ => return None,
        };
        let place = (places.iter())
            .find(|place| place.name == name && place.id.starts_with("minutes.") == minutes)?;
        Some(Spot {
            id: place.id.clone(),
            name,
        })
    };
    let number = |cell: &Cell| match cell {
        Cell::Number(number) => *number,
        _ => f64::NAN,
    };
    let column = |key: &str| table.columns.iter().position(|column| column.key == key);
    let columns = [
        "from",
        "to",
        "released",
        "spent",
        "value_change",
        "survives",
    ]
    .map(|key| column(&format!("allocation.{key}")));
    let [
        Some(from),
        Some(to),
        Some(released),
        Some(spent),
        Some(value),
        Some(survives),
    ] = columns
    else {
        return Vec::new();
    };
    let rows = table.rows.iter();
    rows.map(|row| MoneyMove {
        from: spot(&row[from]),
        to: spot(&row[to]),
        released: number(&row[released]),
        spent: number(&row[spent]),
        value_change: number(&row[value]),
        survives: number(&row[survives]),
    })
    .collect()
}

fn reason_of(said: &Sentence) -> Option<String> {
    match said.params.get("reason")? {
        odla_domain::caution::ParamValue::Text(reason) => Some(reason.clone()),
        odla_domain::caution::ParamValue::Number(_) => None,
    }
}

fn activity(
    kept: &Kept,
    activity_id: &str,
    course: Course,
) -> Result<(Matter, Vec<Rested>), AppError> {
    let unknown = Denied::Unknown { what: "activity" };
    let list = kept.report("activities")?.table("activities.list");
    let list = list.ok_or(unknown.clone())?;
    let column = |key: &str| list.columns.iter().position(|column| column.key == key);
    let (Some(id), Some(name)) = (column("activities.activity"), column("activities.name")) else {
        return Err(unknown.into());
    };
    let text = |cell: &Cell| match cell {
        Cell::Text(text) | Cell::Key(text) => text.clone(),
        _ => String::new(),
    };
    let row = list.rows.iter().find(|row| text(&row[id]) == activity_id);
    let row = row.ok_or(unknown)?;
    let beginning = format!("activity.{activity_id}.");
    let figures = kept.reports.iter().flat_map(|report| &report.figures);
    let rested = figures.filter(|figure| figure.key.starts_with(&beginning));
    let matter = Matter::Activity {
        activity_id: activity_id.to_owned(),
        name: text(&row[name]),
        course,
    };
    Ok((matter, rested.map(Rested::from).collect()))
}

fn all_figures(report: &Report) -> Vec<Rested> {
    report.figures.iter().map(Rested::from).collect()
}
