//! Where do the open data sets lie, and how does a test write a small file?

use odla_fit::{Columns, Fitted, Options};
use std::path::PathBuf;

/// A file of the data folder, or `None` (told on stderr) when the folder is absent.
pub fn file(test: &str, name: &str) -> Option<Columns> {
    let folder = std::env::var_os("ODLA_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if !folder.is_dir() {
        eprintln!("left out: {test}: no data folder");
        return None;
    }
    let text = std::fs::read_to_string(folder.join(name)).expect("the data folder holds the file");
    Some(columns(&text))
}

/// Columns of a comma-separated text.
pub fn columns(text: &str) -> Columns {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .expect("names")
        .iter()
        .map(str::to_owned)
        .collect();
    let mut columns = vec![Vec::new(); names.len()];
    for row in reader.records() {
        for (column, value) in columns.iter_mut().zip(row.expect("a row").iter()) {
            column.push(value.to_owned());
        }
    }
    Columns::new(names, columns).expect("columns")
}

/// No flag but `--col` pairs.
pub fn roles(pairs: &[&str]) -> Options {
    Options {
        columns: pairs.iter().map(|pair| (*pair).to_owned()).collect(),
        ..Options::standard()
    }
}

pub fn fit(method: &str, columns: &Columns, options: &Options) -> Fitted {
    odla_fit::run(method, columns, options).expect("fits")
}

#[track_caller]
pub fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

#[track_caller]
pub fn params(fitted: &Fitted, want: &[(&str, f64)], relative: f64) {
    for (name, want) in want {
        let got = fitted.param(name).expect("the param exists");
        close(got, *want, relative * want.abs());
    }
}

#[track_caller]
pub fn cautions(fitted: &Fitted) -> Vec<&str> {
    fitted
        .cautions
        .iter()
        .map(|caution| caution.key.as_str())
        .collect()
}
