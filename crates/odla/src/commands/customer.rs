//! `odla customer`: everything about one customer, on one time line.

use crate::Ending;
use crate::terminal::{Terminal, say};
use odla_app::customer::{self, CustomerView};
use odla_app::text::Section;
use odla_app::{AppError, Home};
use serde_json::{Map, Value};

pub async fn run(home: &Home, id: &str, terminal: &Terminal) -> Result<Ending, AppError> {
    let customer = customer::read(home, id).await?;
    if terminal.json {
        terminal.document(&customer)?;
    } else {
        print(&customer, terminal);
    }
    Ok(Ending::Done)
}

fn print(view: &CustomerView, terminal: &Terminal) {
    let texts = terminal.texts();
    let word = |key: &str| texts.word(Section::Terminal, key);
    say!("\n{}\n{}", view.customer_id, facts(&view.customer));
    if !view.scores.is_empty() {
        let rows: Vec<Vec<String>> = view
            .scores
            .iter()
            .map(|(name, value)| vec![texts.word(Section::Columns, name), score(value, terminal)])
            .collect();
        say!(
            "\n{}",
            terminal.grid(&[word("score"), word("value")], &[false, true], &rows)
        );
    }
    let rows: Vec<Vec<String>> = view
        .events
        .iter()
        .map(|event| {
            vec![
                event.on.chars().take(10).collect(),
                event.table.clone(),
                facts(&event.row),
            ]
        })
        .collect();
    say!(
        "\n{}",
        terminal.grid(
            &[word("on"), word("table"), word("what")],
            &[false, false, false],
            &rows
        )
    );
}

fn score(value: &Value, terminal: &Terminal) -> String {
    match value {
        Value::Number(number) => terminal
            .texts()
            .numbers()
            .decimal(number.as_f64().unwrap_or(f64::NAN), 2),
        Value::String(word) => terminal.texts().word(Section::Words, word),
        _ => "–".to_owned(),
    }
}

/// The filled columns of a row, without the ledger's own and without the customer's id.
fn facts(row: &Map<String, Value>) -> String {
    let facts: Vec<String> = row
        .iter()
        .filter(|(name, value)| {
            !name.starts_with('_') && *name != "customer_id" && !value.is_null()
        })
        .map(|(name, value)| match value {
            Value::String(text) => format!("{name} {text}"),
            other => format!("{name} {other}"),
        })
        .collect();
    facts.join(" · ")
}
