//! `odla analyze`: computes everything the ledger allows, and says what is missing for the rest.

use crate::Ending;
use crate::arguments::AnalyzeArguments;
use crate::terminal::{Terminal, say};
use odla_app::text::Section;
use odla_app::view::Viewer;
use odla_app::{Analysis, AnalyzeRequest, AppError, Home, analyze};
use odla_domain::{Missing, Need, Params};
use serde_json::json;

pub async fn run(
    home: &Home,
    arguments: &AnalyzeArguments,
    terminal: &Terminal,
) -> Result<Ending, AppError> {
    let request = AnalyzeRequest {
        as_of: arguments.as_of,
        only: arguments.only.clone(),
        seed: arguments.seed,
        known_at: arguments.known_at.clone(),
    };
    let analysis = compute(home, &request, terminal).await?;
    if terminal.json {
        terminal.document(&document(&analysis, terminal))?;
    } else {
        print(&analysis, terminal);
    }
    Ok(ending(&analysis))
}

/// Analyzes and tells on stderr what is being computed.
pub async fn compute(
    home: &Home,
    request: &AnalyzeRequest,
    terminal: &Terminal,
) -> Result<Analysis, AppError> {
    analyze(home, request, &|word| {
        let name = terminal.texts().word(Section::Words, word);
        terminal.tell(
            "computing",
            &Params::from([("what".to_owned(), name.into())]),
        );
    })
    .await
}

pub fn ending(analysis: &Analysis) -> Ending {
    if analysis.record.missing.is_empty() {
        Ending::Done
    } else {
        Ending::ToRead
    }
}

fn document(analysis: &Analysis, terminal: &Terminal) -> serde_json::Value {
    let viewer = Viewer {
        catalogue: terminal.texts(),
        run: &analysis.record,
    };
    let pages: Vec<_> = analysis
        .outcomes
        .iter()
        .map(|outcome| viewer.page(&outcome.report))
        .collect();
    json!({
        "run": analysis.record.id,
        "as_of": analysis.record.as_of,
        "ledger_version": analysis.record.ledger_version,
        "computed": analysis.record.computed,
        "missing": analysis.record.missing,
        "pages": pages,
    })
}

fn print(analysis: &Analysis, terminal: &Terminal) {
    let texts = terminal.texts();
    let record = &analysis.record;
    let params = Params::from([
        ("run".to_owned(), record.id.as_str().into()),
        ("day".to_owned(), record.as_of.to_string().into()),
        ("version".to_owned(), (record.ledger_version as f64).into()),
    ]);
    say!("{}", texts.say(Section::Terminal, "analyzed", &params));
    for outcome in &analysis.outcomes {
        let report = &outcome.report;
        say!(
            "\n{}",
            texts.word(Section::Words, &format!("page.{}", report.capability))
        );
        for sentence in &report.sentences {
            say!(
                "  {}",
                texts.say(Section::Sentences, &sentence.key, &sentence.params)
            );
        }
    }
    print_missing(&record.missing, terminal);
}

/// What could not be computed, and which data would allow it.
pub fn print_missing(missing: &[Missing], terminal: &Terminal) {
    let texts = terminal.texts();
    for missing in missing {
        let capability = texts.word(Section::Words, &missing.capability);
        let params = Params::from([("what".to_owned(), capability.into())]);
        say!(
            "\n{}",
            texts.say(Section::Terminal, "not_computed", &params)
        );
        for alternatives in &missing.needs {
            let either = format!(" {} ", texts.word(Section::Terminal, "or"));
            let needs: Vec<String> = alternatives.iter().map(need).collect();
            let params = Params::from([("needs".to_owned(), needs.join(&either).into())]);
            say!("  {}", texts.say(Section::Terminal, "needs", &params));
        }
        for reason in &missing.reasons {
            say!(
                "  {}",
                texts.say(Section::Cautions, &reason.key, &reason.params)
            );
        }
    }
}

fn need(need: &Need) -> String {
    format!("{} ({})", need.table, need.columns.join(", "))
}
