//! Where do the open data sets lie, and what is in them?

use std::path::PathBuf;

/// Rows of a comma-separated file of the data folder by column name, or `None` (told on stderr) when the folder is absent.
pub fn read_columns(test: &str, file: &str, columns: &[&str]) -> Option<Vec<Vec<f64>>> {
    let text = read_text(test, file)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next()?.split(',').map(unquoted).collect();
    let places: Vec<usize> = columns
        .iter()
        .map(|c| header.iter().position(|h| h == c).expect("column exists"))
        .collect();
    let mut data = vec![Vec::new(); columns.len()];
    for line in lines.filter(|l| !l.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').map(unquoted).collect();
        for (column, &place) in data.iter_mut().zip(&places) {
            column.push(cells[place].parse().unwrap_or(f64::NAN));
        }
    }
    Some(data)
}

/// The text of a file of the data folder, or `None` (told on stderr) when the folder is absent.
pub fn read_text(test: &str, file: &str) -> Option<String> {
    let folder = std::env::var_os("ODLA_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if !folder.is_dir() {
        eprintln!("left out: {test}: no data folder");
        return None;
    }
    Some(std::fs::read_to_string(folder.join(file)).expect("the data folder holds the file"))
}

fn unquoted(cell: &str) -> &str {
    cell.trim().trim_matches('"')
}
