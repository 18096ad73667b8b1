//! `odla trial`: how large a trial must be, and its draw.

use crate::Ending;
use crate::arguments::TrialArguments;
use crate::terminal::{Terminal, say};
use odla_app::text::Section;
use odla_app::{AppError, Home, trials};
use odla_domain::trial::{TrialOutcome, TrialPlan};
use odla_domain::{Params, Unit};
use odla_insight::trials::Design;

pub async fn run(
    home: &Home,
    arguments: &TrialArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    if arguments.start {
        return start(home, arguments, terminal).await;
    }
    let plan = trials::read_plan(&arguments.plan)?;
    let design = trials::size(home, &plan).await?;
    if terminal.json {
        terminal.document(&design)?;
    } else {
        print(&plan, &design, terminal);
    }
    Ok(match design.enough {
        true => Ending::Done,
        false => Ending::ToRead,
    })
}

async fn start(
    home: &Home,
    arguments: &TrialArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let started = trials::start(home, trials::read_plan(&arguments.plan)?).await?;
    if terminal.json {
        terminal.document(&started)?;
    } else {
        let params = Params::from([
            ("trial".to_owned(), started.trial_id.as_str().into()),
            ("treated".to_owned(), (started.treated as f64).into()),
            ("control".to_owned(), (started.control as f64).into()),
            ("due".to_owned(), started.due_on.to_string().into()),
            ("arms".to_owned(), started.arms.as_str().into()),
        ]);
        let said = terminal
            .texts()
            .say(Section::Terminal, "trial.started", &params);
        say!("{said}");
    }
    Ok(Ending::Done)
}

fn print(plan: &TrialPlan, design: &Design, terminal: &Terminal) {
    let (texts, numbers) = (terminal.texts(), terminal.texts().numbers());
    let (mean, difference) = match plan.outcome {
        outcome if outcome.is_share() => (Unit::Share, Unit::SharePoints),
        TrialOutcome::Orders => (Unit::Ratio, Unit::Ratio),
        _ => (Unit::Money, Unit::Money),
    };
    let count = |n: usize| numbers.value(n as f64, Unit::Count);
    let mut lines = vec![
        ("trial.eligible", count(design.eligible)),
        ("trial.mean", numbers.value(design.mean, mean)),
        (
            "trial.removed",
            numbers.value(design.variance_removed, Unit::Share),
        ),
    ];
    if let Some(likeness) = design.likeness_within_units {
        lines.push(("trial.likeness", numbers.value(likeness, Unit::Share)));
    }
    lines.push((
        "trial.smallest",
        numbers.value(plan.smallest_effect, difference),
    ));
    lines.push(("trial.needed", count(design.needed)));
    if let Some(detectable) = design.detectable {
        lines.push(("trial.detectable", numbers.value(detectable, difference)));
    }
    lines.push(("trial.due", design.due_on.to_string()));
    let word = |key: &str| texts.word(Section::Terminal, key);
    let rows: Vec<Vec<String>> = (lines.into_iter())
        .map(|(key, value)| vec![word(key), value])
        .collect();
    let headings = [word("what"), word("value")];
    say!("{}", terminal.grid(&headings, &[false, true], &rows));
    let verdict = if design.enough {
        "trial.enough"
    } else {
        "trial.too_small"
    };
    say!("{}", word(verdict));
}
