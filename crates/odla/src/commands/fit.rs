//! `odla fit`: one statistical method on one plain file, as text or as one JSON document.

use crate::Ending;
use crate::arguments::FitArguments;
use crate::terminal::{Terminal, say};
use odla_app::AppError;
use odla_app::text::Section;
use odla_app::view::CautionView;
use odla_domain::Params;
use odla_domain::caution::ParamValue;
use odla_fit::{Caution, Columns, FitError, Fitted, Options, Param, Predictions};
use odla_lake::plain;
use serde_json::{Map, Value};
use std::path::Path;
use std::time::Instant;

/// Rows of predictions that a reader sees when they are not written to a file.
const ROWS_SHOWN: usize = 20;
/// Digits that carry meaning in a number of free size.
const DIGITS: i32 = 6;
/// Smaller numbers are written with an exponent.
const SMALLEST_WRITTEN_OUT: f64 = 1e-6;

pub fn run(arguments: &FitArguments, terminal: &Terminal) -> Result<Ending, AppError> {
    let options = options_from(arguments)?;
    let file = plain::read(&arguments.file)?;
    let columns = Columns::new(file.names, file.columns)
        .map_err(told)?
        .standing_on(file.lines);
    let start = Instant::now();
    let mut fitted = odla_fit::run(&arguments.method, &columns, &options).map_err(told)?;
    let seconds = start.elapsed().as_secs_f64();
    if let (Some(path), Some(rows)) = (&arguments.out, &fitted.predictions) {
        write(path, rows)?;
        let file = path.display().to_string();
        let params = [
            ("n".to_owned(), rows.rows().into()),
            ("file".to_owned(), file.as_str().into()),
        ];
        terminal.tell("fit.predictions_written", &params.into());
        fitted
            .extra
            .insert("predictions_file".to_owned(), file.into());
    }
    let shown = fitted
        .predictions
        .take()
        .filter(|_| arguments.out.is_none());
    if terminal.json {
        if let Some(rows) = &shown {
            fitted.extra.insert("predictions".to_owned(), objects(rows));
        }
        terminal.document(&fitted.document(seconds, &|caution| say(caution, terminal)))?;
    } else {
        print(&fitted, shown.as_ref(), terminal);
    }
    Ok(if fitted.cautions.is_empty() {
        Ending::Done
    } else {
        Ending::ToRead
    })
}

fn options_from(arguments: &FitArguments) -> Result<Options, AppError> {
    let read = |path: &std::path::PathBuf| {
        std::fs::read_to_string(path).map_err(|source| AppError::file(path, source))
    };
    Ok(Options {
        columns: arguments.columns.clone(),
        covariates: arguments.covariates.clone(),
        outcome: arguments.outcome.clone(),
        treatment: arguments.treatment.clone(),
        control: arguments.control.clone(),
        group: arguments.group.clone(),
        weights: arguments.weights.clone(),
        bootstrap: arguments.bootstrap,
        budget: arguments.budget,
        seed: arguments.seed,
        design: arguments.design.clone(),
        model: arguments.model.as_ref().map(read).transpose()?,
        predict: arguments.predict,
        unit: arguments.unit.clone(),
        calibration_end: arguments.calibration_end,
    })
}

fn told(error: FitError) -> AppError {
    AppError::Told {
        key: error.key(),
        params: params_from(error.params()),
    }
}

fn params_from(params: odla_fit::Params) -> Params {
    let value = |param: Param| match param {
        Param::Number(number) => ParamValue::Number(number),
        Param::Text(text) => ParamValue::Text(text),
    };
    params
        .into_iter()
        .map(|(name, param)| (name, value(param)))
        .collect()
}

fn say(caution: &Caution, terminal: &Terminal) -> String {
    let params = params_from(caution.params.clone());
    terminal
        .texts()
        .say(Section::Cautions, &caution.key, &params)
}

/// Writes per-row results as comma-separated text with names on the first line.
fn write(path: &Path, rows: &Predictions) -> Result<(), AppError> {
    let failed = |error: csv::Error| AppError::file(path, std::io::Error::other(error));
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    writer.write_record(rows.names()).map_err(failed)?;
    let columns = rows.names().len();
    for row in 0..rows.rows() {
        let cells = (0..columns).map(|column| match rows.cell(row, column) {
            Value::String(text) => text,
            Value::Null => String::new(),
            number => number.to_string(),
        });
        writer.write_record(cells).map_err(failed)?;
    }
    writer
        .flush()
        .map_err(|source| AppError::file(path, source))
}

fn objects(rows: &Predictions) -> Value {
    let names = rows.names();
    let object = |row: usize| {
        let cells = names
            .iter()
            .enumerate()
            .map(|(at, name)| ((*name).to_owned(), rows.cell(row, at)));
        Value::Object(cells.collect())
    };
    (0..rows.rows()).map(object).collect()
}

fn print(fitted: &Fitted, predictions: Option<&Predictions>, terminal: &Terminal) {
    let texts = terminal.texts();
    let one = |name: &str, value: String| Params::from([(name.to_owned(), value.into())]);
    let mut title = one("method", fitted.method.to_owned());
    title.insert("n".to_owned(), number(fitted.n, terminal).into());
    say!("\n{}", texts.say(Section::Terminal, "fit.title", &title));
    say!("{}", params_table(fitted, terminal));
    if let Some(value) = fitted.log_likelihood {
        let value = texts.numbers().decimal(value, 3);
        say!(
            "{}",
            texts.say(
                Section::Terminal,
                "fit.log_likelihood",
                &one("value", value)
            )
        );
    }
    if !fitted.converged {
        say!("{}", texts.word(Section::Terminal, "fit.not_converged"));
    }
    for (name, value) in &fitted.extra {
        print_extra(name, value, terminal);
    }
    if let Some(rows) = predictions {
        print_rows(rows, terminal);
    }
    let cautions: Vec<CautionView> = fitted
        .cautions
        .iter()
        .map(|caution| CautionView {
            key: caution.key.clone(),
            text: say(caution, terminal),
        })
        .collect();
    terminal.cautions(&cautions);
}

fn params_table(fitted: &Fitted, terminal: &Terminal) -> String {
    let word = |key: &str| terminal.texts().word(Section::Terminal, key);
    let with_errors = !fitted.standard_errors.is_empty();
    let mut headings = vec![word("fit.param"), word("value")];
    if with_errors {
        headings.push(word("fit.standard_error"));
    }
    let rows: Vec<Vec<String>> = fitted
        .params
        .iter()
        .map(|(name, value)| {
            let mut row = vec![name.clone(), number(*value, terminal)];
            if with_errors {
                row.push(number(
                    fitted.standard_error(name).unwrap_or(f64::NAN),
                    terminal,
                ));
            }
            row
        })
        .collect();
    terminal.grid(&headings, &[false, true, true][..headings.len()], &rows)
}

/// One fact on a line; facts by name as a table, with one column per fact that the names share.
fn print_extra(name: &str, value: &Value, terminal: &Terminal) {
    match value {
        Value::Object(entries) if entries.is_empty() => {}
        Value::Object(entries) if entries.values().all(|own| own.is_object() || own.is_null()) => {
            say!("\n{name}\n{}", table_of(entries, terminal));
        }
        Value::Object(entries)
            if entries.len() > 1 && !is_interval(value) && entries.values().all(is_plain) =>
        {
            let rows: Vec<Vec<String>> = entries
                .iter()
                .map(|(name, own)| vec![name.clone(), fact(own, terminal)])
                .collect();
            say!(
                "\n{}",
                terminal.grid(&[name.to_owned(), String::new()], &[false, true], &rows)
            );
        }
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
            let numbered = items.iter().enumerate().take(ROWS_SHOWN);
            let entries: Map<String, Value> = numbered
                .map(|(at, item)| ((at + 1).to_string(), item.clone()))
                .collect();
            say!("\n{name}\n{}", table_of(&entries, terminal));
            tell_more(items.len(), terminal);
        }
        other => say!("{name}: {}", fact(other, terminal)),
    }
}

/// Says that rows beyond those shown exist.
fn tell_more(rows: usize, terminal: &Terminal) {
    if rows > ROWS_SHOWN {
        let params = Params::from([
            ("shown".to_owned(), ROWS_SHOWN.into()),
            ("n".to_owned(), rows.into()),
        ]);
        say!(
            "{}",
            terminal
                .texts()
                .say(Section::Terminal, "fit.more_rows", &params)
        );
    }
}

fn table_of(entries: &Map<String, Value>, terminal: &Terminal) -> String {
    let mut headings = vec![String::new()];
    for row in entries.values().filter_map(Value::as_object) {
        for key in row.keys().filter(|key| *key != "level") {
            if !headings.contains(key) {
                headings.push(key.clone());
            }
        }
    }
    let cells = |(name, row): (&String, &Value)| {
        let own = headings[1..].iter().map(|key| {
            row.get(key)
                .map_or(String::new(), |cell| fact(cell, terminal))
        });
        std::iter::once(name.clone()).chain(own).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = entries.iter().map(cells).collect();
    let numeric: Vec<bool> = (0..headings.len()).map(|at| at > 0).collect();
    terminal.grid(&headings, &numeric, &rows)
}

fn fact(value: &Value, terminal: &Terminal) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(own) => number(own.as_f64().unwrap_or(f64::NAN), terminal),
        Value::Array(items) => items
            .iter()
            .map(|item| fact(item, terminal))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(_) if is_interval(value) => {
            format!(
                "{} – {}",
                fact(&value["lower"], terminal),
                fact(&value["upper"], terminal)
            )
        }
        Value::Object(entries) => {
            let pairs = entries
                .iter()
                .map(|(name, item)| format!("{name} {}", fact(item, terminal)));
            pairs.collect::<Vec<_>>().join(", ")
        }
        Value::Bool(own) => own.to_string(),
    }
}

fn is_interval(value: &Value) -> bool {
    let entries = value.as_object();
    entries.is_some_and(|entries| {
        entries.len() == 3
            && ["lower", "upper", "level"]
                .iter()
                .all(|key| entries.contains_key(*key))
    })
}

fn is_plain(value: &Value) -> bool {
    value.is_number()
        || value.is_null()
        || value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_number))
}

fn print_rows(rows: &Predictions, terminal: &Terminal) {
    let names: Vec<String> = rows.names().iter().map(|name| (*name).to_owned()).collect();
    let shown = rows.rows().min(ROWS_SHOWN);
    let cells: Vec<Vec<String>> = (0..shown)
        .map(|row| {
            (0..names.len())
                .map(|column| fact(&rows.cell(row, column), terminal))
                .collect()
        })
        .collect();
    let numeric: Vec<bool> = (0..names.len()).map(|at| at > 0).collect();
    say!("\n{}", terminal.grid(&names, &numeric, &cells));
    tell_more(rows.rows(), terminal);
}

/// A number of free size with the digits that carry meaning; a whole one as it is.
fn number(value: f64, terminal: &Terminal) -> String {
    if value != 0.0 && value.abs() < SMALLEST_WRITTEN_OUT {
        return format!("{value:.1e}");
    }
    let size = if value == 0.0 {
        0
    } else {
        value.abs().log10().floor().clamp(-12.0, 15.0) as i32
    };
    let decimals = if value.fract() == 0.0 {
        0
    } else {
        (DIGITS - 1 - size).clamp(0, 10)
    };
    terminal.texts().numbers().decimal(value, decimals as usize)
}
