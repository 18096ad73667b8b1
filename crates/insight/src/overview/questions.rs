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

/// The activity that surely keeps customers and is best shown, with what it costs and when it was seen.
struct Working<'a> {
    name: &'a str,
    stay: f64,
    range: (f64, f64),
    grade: Option<&'static str>,
    cost: Option<f64>,
    months: Option<f64>,
}

impl<'a> Working<'a> {
    /// The table of effects has the best evidence first, so the first row that is surely above zero is the one.
    fn of(found: &'a Found) -> Option<Self> {
        let effects = found.report("effects")?.table("effects.activities")?;
        effects.rows.iter().find_map(|row| {
            let (name, stay) = (name_of(row)?, number(effects, row, "effects.stay")?);
            let range = range(effects, row, "effects.stay_range").filter(|range| range.0 > 0.0)?;
            Some(Self {
                name,
                stay,
                range,
                grade: grade(effects, row),
                cost: found.about("effects", "effects.money", name, "effects.cost_each"),
                months: found.about("timing", "timing.dates", name, "timing.months_to_effect"),
            })
        })
    }
}

/// What an activity does is told when somebody's was judged; before that, only which experiences go with satisfaction.
fn which(found: &Found) -> Answer {
    let judged = judged(found);
    let harmful: Vec<&str> = judged
        .iter()
        .filter(|(_, verdict)| *verdict == "verdict.does_harm")
        .map(|(name, _)| *name)
        .collect();
    let tried = judged.len() as f64;
    let harms = harmful.join(", ");
    let (answer, grade) = match Working::of(found) {
        Some(best) => {
            let key = match harmful.len() {
                0 => "overview.which_works",
                _ => "overview.which_works_and_harms",
            };
            let said = Sentence::new(key)
                .with("name", best.name)
                .with("stay", best.stay)
                .with("lower", best.range.0)
                .with("upper", best.range.1);
            (said, best.grade)
        }
        None if !harmful.is_empty() => (Sentence::new("overview.which_harms"), None),
        None if !judged.is_empty() => (Sentence::new("overview.which_none"), None),
        None => return associated(found),
    };
    let answer = answer.with("tried", tried);
    match harmful.is_empty() {
        true => (answer, grade),
        false => (answer.with("harmful", harms), grade),
    }
}

/// The activities whose effect could be judged, with what was found.
fn judged<'a>(found: &'a Found) -> Vec<(&'a str, &'a str)> {
    let Some(table) = found
        .report("effects")
        .and_then(|report| report.table("effects.activities"))
    else {
        return Vec::new();
    };
    let verdict = |row: &'a [Cell]| match cell(table, row, "effects.verdict") {
        Some(Cell::Key(verdict)) if verdict != "verdict.unjudged" => Some(verdict.as_str()),
        _ => None,
    };
    (table.rows.iter())
        .filter_map(|row| Some((name_of(row)?, verdict(row)?)))
        .collect()
}

fn associated(found: &Found) -> Answer {
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
    if let Some(best) = Working::of(found)
        && let Some(months) = best.months
    {
        let answer = Sentence::new("overview.how_fast_seen")
            .with("name", best.name)
            .with("months", months);
        return (answer, best.grade);
    }
    match found.number("equity.contract") {
        Some(contract) if contract > 0.0 => (Sentence::new("overview.how_fast_contracts"), None),
        _ => (Sentence::new("overview.how_fast_untold"), None),
    }
}

/// The cost of one more customer who stays is the cost of each who got it, divided by how many more stay.
fn what_cost(found: &Found) -> Answer {
    if let Some(best) = Working::of(found)
        && let Some(cost) = best.cost
    {
        let answer = Sentence::new("overview.cost_per_kept")
            .with("name", best.name)
            .with("cost", cost)
            .with("kept", cost / best.stay)
            .with("lower", cost / best.range.1)
            .with("upper", cost / best.range.0);
        return (answer, best.grade);
    }
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

/// The level where the next krona no longer pays, when it could be reckoned. Without it, the worth of attitude is half of
/// the answer; the other half is what it costs to move it.
fn what_target(found: &Found) -> Answer {
    if found.number("targets.retention.target").is_some()
        && let Some(target) = (found.report("targets")).and_then(|report| report.sentences.first())
    {
        return (target.clone(), Some("C"));
    }
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

fn cell<'a>(table: &Table, row: &'a [Cell], column: &str) -> Option<&'a Cell> {
    row.get(table.columns.iter().position(|one| one.key == column)?)
}

fn number(table: &Table, row: &[Cell], column: &str) -> Option<f64> {
    match cell(table, row, column)? {
        Cell::Number(number) => Some(*number),
        _ => None,
    }
}

fn range(table: &Table, row: &[Cell], column: &str) -> Option<(f64, f64)> {
    match cell(table, row, column)? {
        Cell::Range(lower, upper) => Some((*lower, *upper)),
        _ => None,
    }
}

fn grade(table: &Table, row: &[Cell]) -> Option<&'static str> {
    let Some(Cell::Text(grade)) = cell(table, row, "effects.grade") else {
        return None;
    };
    (["A", "B", "C", "D"].into_iter()).find(|known| known == grade)
}

impl Found<'_> {
    /// A number of the row about an activity in a table of a capability.
    fn about(&self, capability: &str, table: &str, name: &str, column: &str) -> Option<f64> {
        let table = self.report(capability)?.table(table)?;
        let row = table.rows.iter().find(|row| name_of(row) == Some(name))?;
        number(table, row, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use odla_domain::{Outcome, Report};

    const EFFECTS: [(&str, Unit); 5] = [
        ("effects.activity", Unit::Text),
        ("effects.grade", Unit::Text),
        ("effects.verdict", Unit::Text),
        ("effects.stay", Unit::SharePoints),
        ("effects.stay_range", Unit::SharePoints),
    ];

    fn effects(rows: &[(&str, &str, (f64, f64))]) -> Outcome {
        let mut table = Table::new("effects.activities", &EFFECTS);
        let mut money = Table::new(
            "effects.money",
            &[
                ("effects.activity", Unit::Text),
                ("effects.cost_each", Unit::Money),
            ],
        );
        for &(name, verdict, (lower, upper)) in rows {
            table.push(vec![
                Cell::Text(name.to_owned()),
                Cell::Text("A".to_owned()),
                Cell::Key(verdict.to_owned()),
                Cell::Number(f64::midpoint(lower, upper)),
                Cell::Range(lower, upper),
            ]);
            money.push(vec![Cell::Text(name.to_owned()), Cell::Number(100.0)]);
        }
        let mut report = Report::new("effects");
        report.tables = vec![table, money];
        report.into()
    }

    fn keys(earlier: &[Outcome]) -> Vec<String> {
        let table = answer(&Found { earlier });
        let said = |row: &Vec<Cell>| match &row[1] {
            Cell::Said(sentence) => sentence.key.clone(),
            other => format!("{other:?}"),
        };
        table.rows.iter().map(said).collect()
    }

    #[test]
    fn an_activity_that_surely_keeps_customers_answers_which_and_at_what_cost() {
        let earlier = [effects(&[
            ("Calls", "verdict.works", (0.03, 0.05)),
            ("Discount", "verdict.does_harm", (-0.02, 0.01)),
        ])];
        let said = keys(&earlier);
        assert_eq!(said[0], "overview.which_works_and_harms");
        assert_eq!(said[1], "overview.how_fast_untold");
        assert_eq!(said[2], "overview.cost_per_kept");
        let (cost, grade) = what_cost(&Found { earlier: &earlier });
        assert_eq!(grade, Some("A"));
        assert_eq!(cost.params["kept"], 2500.0.into());
        assert_eq!(cost.params["lower"], 2000.0.into());
    }

    #[test]
    fn an_interval_over_zero_is_not_told_to_work() {
        let said = keys(&[effects(&[("Calls", "verdict.cannot_tell", (-0.01, 0.05))])]);
        assert_eq!(said[0], "overview.which_none");
        assert_eq!(said[2], "overview.what_cost_untold");
    }

    #[test]
    fn nothing_judged_falls_back_to_what_goes_with_satisfaction() {
        let said = keys(&[effects(&[("Club", "verdict.unjudged", (0.1, 0.2))])]);
        assert_ne!(said[0], "overview.which_none");
    }
}
