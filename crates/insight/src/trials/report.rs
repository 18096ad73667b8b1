//! How is the diary of trials laid out, the failures with the rest?

use super::reading::{Reading, Verdict};
use jiff::civil::Date;
use odla_domain::trial::{RegisteredTrial, TrialOutcome};
use odla_domain::{Cell, Figure, Grade, Report, Sentence, Table, Unit};

type Entry<'e> = (&'e RegisteredTrial, &'e Reading);

pub fn lay_out(registered: &[RegisteredTrial], readings: &[Reading], as_of: Date) -> Report {
    let mut entries: Vec<Entry> = registered.iter().zip(readings).collect();
    // The newest first.
    entries.sort_by(|(a, _), (b, _)| {
        (b.plan.drawn_on.cmp(&a.plan.drawn_on)).then_with(|| a.plan.trial_id.cmp(&b.plan.trial_id))
    });
    let mut report = Report::new("trials");
    report.sentences.push(opening(&entries));
    report
        .sentences
        .extend((entries.iter()).map(|(trial, reading)| said(trial, reading, as_of)));
    report.figures = entries.iter().flat_map(|entry| figures(*entry)).collect();
    if !entries.is_empty() {
        report.tables.push(diary(&entries));
    }
    report
}

fn opening(entries: &[Entry]) -> Sentence {
    if entries.is_empty() {
        return Sentence::new("trials.none");
    }
    let of = |verdicts: &[Verdict]| {
        entries
            .iter()
            .filter(|(_, reading)| verdicts.contains(&reading.verdict))
            .count()
    };
    let answered = of(&[Verdict::Works, Verdict::Harms, Verdict::NoEffect]);
    let key = match entries.len() {
        1 => "trials.one",
        _ => "trials.many",
    };
    Sentence::new(key)
        .with("trials", entries.len())
        .with("answered", answered)
        .with("works", of(&[Verdict::Works]))
        .with("running", of(&[Verdict::Running]))
}

/// The trial in one sentence, by what may be said.
pub fn said(trial: &RegisteredTrial, reading: &Reading, as_of: Date) -> Sentence {
    let plan = &trial.plan;
    let base = |key: String| {
        Sentence::new(key)
            .with("question", plan.question.as_str())
            .with("trial", plan.trial_id.as_str())
            .with("due", plan.due_on().to_string())
    };
    match (reading.verdict, &reading.effect) {
        (Verdict::Broken, _) => base("trials.broken".to_owned()),
        (verdict, Some(effect)) => {
            let day = if as_of < plan.due_on() {
                "early"
            } else {
                "done"
            };
            let key = format!("trials.{}.{day}.{}", verdict.word(), kind(plan.outcome));
            base(key)
                .with("effect", effect.value)
                .with("lower", effect.interval.lower)
                .with("upper", effect.interval.upper)
                .with("control", reading.control_mean)
                .with("smallest", plan.smallest_effect)
                .from_figure(&figure_key(trial))
        }
        (Verdict::Running, None) => base("trials.running".to_owned()),
        (_, None) => base("trials.untold".to_owned()),
    }
}

/// The texts of an outcome differ by what it is counted in.
const fn kind(outcome: TrialOutcome) -> &'static str {
    match outcome {
        TrialOutcome::Bought | TrialOutcome::Stayed => "share",
        TrialOutcome::Orders => "orders",
        TrialOutcome::Net | TrialOutcome::Contribution => "money",
    }
}

fn figure_key(trial: &RegisteredTrial) -> String {
    let plan = &trial.plan;
    format!("trials.{}.{}", plan.trial_id, kind(plan.outcome))
}

/// Unit of a difference of the outcome.
pub const fn unit(outcome: TrialOutcome) -> Unit {
    match outcome {
        TrialOutcome::Bought | TrialOutcome::Stayed => Unit::SharePoints,
        TrialOutcome::Orders => Unit::Ratio,
        TrialOutcome::Net | TrialOutcome::Contribution => Unit::Money,
    }
}

fn figures((trial, reading): Entry) -> Vec<Figure> {
    let plan = &trial.plan;
    let Some(effect) = &reading.effect else {
        return Vec::new();
    };
    let figure = |key: String, shift: f64, unit: Unit| {
        let interval = effect.interval;
        let limits = (interval.lower - shift, interval.upper - shift);
        Figure::estimated(key, effect.value - shift, limits, interval.level, unit)
            .of((reading.treated + reading.control) as u64)
            .by(method(trial))
            .graded(Grade::A)
            .cautioned(reading.cautions.iter().cloned())
    };
    let mut figures = vec![figure(figure_key(trial), 0.0, unit(plan.outcome))];
    if plan.outcome == TrialOutcome::Contribution {
        let key = format!("trials.{}.after_cost", plan.trial_id);
        figures.push(figure(key, plan.cost_per_customer, Unit::Money));
    }
    figures
}

fn method(trial: &RegisteredTrial) -> &'static str {
    use odla_domain::trial::Looks;
    match (trial.plan.looks, trial.plan.by_unit) {
        (Looks::Once, false) => "difference_cuped",
        (Looks::Once, true) => "difference_clustered",
        (Looks::AnyTime, false) => "difference_cuped_any_time",
        (Looks::AnyTime, true) => "difference_clustered_any_time",
    }
}

fn diary(entries: &[Entry]) -> Table {
    let mut table = Table::new(
        "trials.diary",
        &[
            ("trials.trial", Unit::Text),
            ("trials.outcome", Unit::Text),
            ("trials.drawn_on", Unit::Text),
            ("trials.due_on", Unit::Text),
            ("trials.treated", Unit::Count),
            ("trials.control", Unit::Count),
            ("trials.verdict", Unit::Text),
            ("trials.effect", Unit::Text),
            ("trials.variance_removed", Unit::Share),
        ],
    );
    for (trial, reading) in entries {
        let plan = &trial.plan;
        let effect = match &reading.effect {
            Some(effect) => Cell::Said(
                Sentence::new(format!("trials.effect.{}", kind(plan.outcome)))
                    .with("effect", effect.value)
                    .with("lower", effect.interval.lower)
                    .with("upper", effect.interval.upper),
            ),
            None => Cell::None,
        };
        table.push(vec![
            Cell::Text(plan.trial_id.clone()),
            Cell::Key(format!("trials.outcome.{}", plan.outcome.word())),
            Cell::Text(plan.drawn_on.to_string()),
            Cell::Text(plan.due_on().to_string()),
            Cell::Number(reading.treated as f64),
            Cell::Number(reading.control as f64),
            Cell::Key(format!("trials.verdict.{}", reading.verdict.word())),
            effect,
            Cell::Number(reading.variance_removed),
        ]);
    }
    table
}
