//! What do we answer to the five questions of the management team, and how good is the evidence?

use super::{Found, name_of};
use odla_domain::{Cell, Sentence, Table, Unit};

/// Which activities create loyalty, how fast, at what cost, which target - and are returning customers loyal?
pub fn answer(found: &Found) -> Table {
    let mut table = Table::new(
        "overview.questions",
        &[
            ("question", Unit::Text),
            ("answer", Unit::Text),
            ("grade", Unit::Text),
        ],
    );
    let answers = [
        ("question.which", which(found)),
        ("question.how_fast", how_fast(found)),
        ("question.what_cost", what_cost(found)),
        ("question.what_target", what_target(found)),
        ("question.returning", returning(found)),
    ];
    for (question, (answer, grade)) in answers {
        table.push(vec![
            Cell::Key(question.to_owned()),
            Cell::Said(answer),
            grade.map_or(Cell::None, |grade| Cell::Text(grade.to_owned())),
        ]);
    }
    table
}

type Answer = (Sentence, Option<&'static str>);

/// Experiences that go with loyalty are named, as associations; activities are not, before their effects are tested.
fn which(found: &Found) -> Answer {
    let top: Vec<&str> = found
        .report("drivers")
        .and_then(|report| report.table("drivers.map"))
        .map(|table| {
            table
                .rows
                .iter()
                .take(3)
                .filter_map(|row| name_of(row))
                .collect()
        })
        .unwrap_or_default();
    if top.is_empty() {
        return (Sentence::new("overview.which_untold"), None);
    }
    (
        Sentence::new("overview.which_associated").with("drivers", top.join(", ")),
        Some("D"),
    )
}

fn how_fast(found: &Found) -> Answer {
    match found.number("equity.contract") {
        Some(contract) if contract > 0.0 => (Sentence::new("overview.how_fast_contracts"), None),
        _ => (Sentence::new("overview.how_fast_untold"), None),
    }
}

fn what_cost(found: &Found) -> Answer {
    match (
        found.number("cost_to_serve.12m"),
        found.number("customers.active"),
    ) {
        (Some(cost), Some(customers)) if customers > 0.0 => (
            Sentence::new("overview.cost_to_serve_known").with("cost", cost / customers),
            None,
        ),
        _ => (Sentence::new("overview.what_cost_untold"), None),
    }
}

/// The worth of attitude is half of the answer; the other half is what it costs to move it.
fn what_target(found: &Found) -> Answer {
    let Some(figure) = found.figure("link.say_worth") else {
        return (Sentence::new("overview.what_target_untold"), None);
    };
    match (figure.value, figure.lower, figure.upper) {
        (Some(worth), Some(lower), Some(upper)) if lower > 0.0 || upper < 0.0 => (
            Sentence::new("overview.what_target_worth")
                .with("worth", worth)
                .with("lower", lower)
                .with("upper", upper)
                .from_figure("link.say_worth"),
            Some("C"),
        ),
        (Some(_), Some(lower), Some(upper)) => (
            Sentence::new("overview.what_target_unclear")
                .with("lower", lower)
                .with("upper", upper)
                .from_figure("link.say_worth"),
            Some("C"),
        ),
        _ => (Sentence::new("overview.what_target_untold"), None),
    }
}

/// Those who come back are divided by why, when attitude and lock-in could be told; else only counted.
fn returning(found: &Found) -> Answer {
    let told = found.figure("loyalty.losable_share").and_then(|figure| {
        let share = figure.value?;
        Some((share, figure.lower?, figure.upper?))
    });
    if let Some((share, lower, upper)) = told {
        let answer = Sentence::new("overview.returning_losable")
            .with("share", share)
            .with("lower", lower)
            .with("upper", upper)
            .from_figure("loyalty.losable_share");
        return (answer, Some("D"));
    }
    match found.number("retention.12m") {
        Some(retention) => (
            Sentence::new("overview.returning_share")
                .with("share", retention)
                .from_figure("retention.12m"),
            None,
        ),
        None => (Sentence::new("overview.returning_untold"), None),
    }
}
