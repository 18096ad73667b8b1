//! `odla recover`: do the intervals cover the known truth as often as they say?

use crate::Ending;
use crate::arguments::RecoverArguments;
use crate::terminal::{Terminal, say};
use odla_app::AppError;
use odla_app::recover::{PROMISED_FALSE_DISCOVERY, RecoverRequest, Recovery, recover};
use odla_app::text::Section;
use odla_domain::{Params, Unit};

pub async fn run(arguments: &RecoverArguments, terminal: &Terminal) -> Result<Ending, AppError> {
    let scratch = std::env::temp_dir().join(format!("odla-recover-{}", std::process::id()));
    let request = RecoverRequest {
        seeds: arguments.seeds,
        customers: arguments.customers,
        only: arguments.only.clone(),
    };
    let outcome = recover(&scratch, &request, &|seed| {
        let params = Params::from([
            ("seed".to_owned(), (seed as f64).into()),
            ("seeds".to_owned(), (arguments.seeds as f64).into()),
        ]);
        terminal.tell("recover_seed", &params);
    })
    .await;
    if scratch.exists() {
        std::fs::remove_dir_all(&scratch).map_err(|source| AppError::file(&scratch, source))?;
    }
    let recovery = outcome?;
    if terminal.json {
        terminal.document(&recovery)?;
    } else {
        print(&recovery, terminal);
    }
    Ok(Ending::Done)
}

fn print(recovery: &Recovery, terminal: &Terminal) {
    let texts = terminal.texts();
    let word = |key: &str| texts.word(Section::Terminal, key);
    let numbers = texts.numbers();
    let rows: Vec<Vec<String>> = recovery
        .quantities
        .iter()
        .map(|(key, recovered)| {
            vec![
                key.clone(),
                numbers.decimal(f64::from(recovered.trials), 0),
                numbers.value(recovered.coverage(), Unit::Share),
                numbers.decimal(recovered.mean_truth, 4),
                numbers.decimal(recovered.mean_estimate, 4),
                numbers.decimal(recovered.mean_width, 4),
            ]
        })
        .collect();
    let headings = [
        "recover_key",
        "recover_n",
        "recover_coverage",
        "recover_truth",
        "recover_estimate",
        "recover_width",
    ]
    .map(word);
    say!("{}", word("recover_title"));
    say!(
        "{}",
        terminal.grid(&headings, &[false, true, true, true, true, true], &rows)
    );
    print_claims(recovery, terminal);
    print_minutes(recovery, terminal);
    let share = f64::from(recovery.nulls_called) / f64::from(recovery.nulls_tried.max(1));
    let params = Params::from([
        ("found".to_owned(), f64::from(recovery.nulls_called).into()),
        ("tried".to_owned(), f64::from(recovery.nulls_tried).into()),
        ("share".to_owned(), share.into()),
        ("promised".to_owned(), PROMISED_FALSE_DISCOVERY.into()),
    ]);
    say!("{}", texts.say(Section::Terminal, "recover_nulls", &params));
    let params = Params::from([
        ("called".to_owned(), f64::from(recovery.idle_called).into()),
        ("idle".to_owned(), f64::from(recovery.idle_tried).into()),
        ("found".to_owned(), f64::from(recovery.harmful_found).into()),
        (
            "harmful".to_owned(),
            f64::from(recovery.harmful_tried).into(),
        ),
    ]);
    say!(
        "{}",
        texts.say(Section::Terminal, "recover_activities", &params)
    );
}

/// How often each belief's verdict agreed with what is planted.
fn print_claims(recovery: &Recovery, terminal: &Terminal) {
    let texts = terminal.texts();
    let count = |n: u32| texts.numbers().decimal(f64::from(n), 0);
    let rows: Vec<Vec<String>> = (recovery.claims.iter())
        .map(|(word, judged)| {
            vec![
                texts.word(Section::Words, &format!("claim.{word}")),
                count(judged.true_in),
                count(judged.agreed),
                count(judged.against),
                count(judged.left_open),
            ]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let headings = [
        "recover_claim",
        "recover_true_in",
        "recover_agreed",
        "recover_against",
        "recover_left_open",
    ]
    .map(|key| texts.word(Section::Terminal, key));
    say!("{}", texts.word(Section::Terminal, "recover_claims_title"));
    say!(
        "{}",
        terminal.grid(&headings, &[false, true, true, true, true], &rows)
    );
}

/// Best handling times against the planted ones, and what raw data would have said.
fn print_minutes(recovery: &Recovery, terminal: &Terminal) {
    if recovery.best_minutes.is_empty() {
        return;
    }
    let texts = terminal.texts();
    let word = |key: &str| texts.word(Section::Terminal, key);
    let numbers = texts.numbers();
    let share =
        |part: u32, of: u32| numbers.value(f64::from(part) / f64::from(of.max(1)), Unit::Share);
    let rows: Vec<Vec<String>> = (recovery.best_minutes.iter())
        .map(|(reason, near)| {
            vec![
                reason.clone(),
                numbers.decimal(f64::from(near.trials), 0),
                share(near.near, near.trials),
                share(near.naive_near, near.trials),
                share(near.covered, near.trials),
                numbers.decimal(near.mean_truth, 1),
                numbers.decimal(near.mean_estimate, 1),
                numbers.decimal(near.mean_naive, 1),
            ]
        })
        .collect();
    let headings = [
        "recover_reason",
        "recover_n",
        "recover_near",
        "recover_naive_near",
        "recover_coverage",
        "recover_truth",
        "recover_estimate",
        "recover_naive",
    ]
    .map(word);
    let right = [false, true, true, true, true, true, true, true];
    say!("{}", word("recover_minutes_title"));
    say!("{}", terminal.grid(&headings, &right, &rows));
}
