//! Which group does each row belong to, and which words mean yes?

use crate::FitError;
use crate::columns::Columns;
use std::collections::{BTreeMap, BTreeSet};

/// Groups by their name, sorted, and the place of each row's group; rows without a group have none.
pub struct Groups {
    pub names: Vec<String>,
    pub of_row: Vec<Option<usize>>,
}

impl Groups {
    pub fn read(columns: &Columns, name: &str) -> Result<Self, FitError> {
        let texts = columns.texts(name)?;
        let words: BTreeSet<&str> = texts
            .iter()
            .copied()
            .filter(|text| !text.is_empty())
            .collect();
        let places: BTreeMap<&str, usize> = words
            .iter()
            .enumerate()
            .map(|(at, word)| (*word, at))
            .collect();
        Ok(Self {
            of_row: texts.iter().map(|text| places.get(text).copied()).collect(),
            names: words.into_iter().map(str::to_owned).collect(),
        })
    }

    /// The rows of one group.
    pub fn rows(&self, group: usize) -> Vec<usize> {
        let of_row = self.of_row.iter().enumerate();
        of_row
            .filter(|(_, own)| **own == Some(group))
            .map(|(row, _)| row)
            .collect()
    }
}

/// A column of two values as 1 (it happened) and 0, NaN where missing; and how it was read.
///
/// 0 and 1 and the usual words are known. 1 and 2, as statistics programs write it, means that 2 is the event.
pub fn events(columns: &Columns, name: &str) -> Result<(Vec<f64>, String), FitError> {
    let texts = columns.texts(name)?;
    let found: BTreeSet<String> = texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| plain(text))
        .collect();
    let pair = PAIRS
        .iter()
        .find(|(no, yes)| found.iter().all(|word| word == no || word == yes));
    let Some((no, yes)) = pair.filter(|_| !found.is_empty()) else {
        return Err(FitError::NotEvent {
            column: name.to_owned(),
            found: found.into_iter().take(8).collect::<Vec<_>>().join(", "),
        });
    };
    let value = |text: &&str| match plain(text) {
        word if word.is_empty() => f64::NAN,
        word => f64::from(u8::from(word == *yes)),
    };
    Ok((
        texts.iter().map(value).collect(),
        format!("{no} = 0, {yes} = 1"),
    ))
}

/// Words for no and yes; the order decides what a column with one word only means.
const PAIRS: [(&str, &str); 7] = [
    ("0", "1"),
    ("1", "2"),
    ("false", "true"),
    ("no", "yes"),
    ("nej", "ja"),
    ("f", "t"),
    ("n", "y"),
];

/// Small letters, and whole numbers without decimals: `1.0` is 1.
fn plain(text: &str) -> String {
    let small = text.to_lowercase();
    match small.replace(',', ".").parse::<f64>() {
        Ok(number) if number.fract() == 0.0 && number.abs() < 1e9 => format!("{}", number as i64),
        _ => small,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Result<Vec<f64>, FitError> {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let columns = Columns::new(vec!["e".to_owned()], vec![values])?;
        events(&columns, "e").map(|(values, _)| values)
    }

    #[test]
    fn events_are_read_in_the_usual_ways() {
        assert_eq!(read(&["0", "1.0", "1"]), Ok(vec![0.0, 1.0, 1.0]));
        assert_eq!(read(&["1", "2"]), Ok(vec![0.0, 1.0]));
        assert_eq!(read(&["Ja", "nej"]), Ok(vec![1.0, 0.0]));
        assert_eq!(read(&["1", "1"]), Ok(vec![1.0, 1.0]));
        assert!(read(&["0", "2"]).is_err() && read(&["", "NA"]).is_err());
    }
}
