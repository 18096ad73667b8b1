//! What stands in the columns of a plain file, as text, as numbers and as days?

use crate::FitError;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Texts that mean "no value" in files from common programs.
const MISSING: [&str; 7] = ["", "NA", "N/A", "NaN", "nan", "null", "NULL"];
/// The first row of values stands on line 2: line 1 holds the names.
const FIRST_LINE: usize = 2;

/// The columns of a plain file, every value as the text that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    names: Vec<String>,
    columns: Vec<Vec<String>>,
    lines: Option<Vec<usize>>,
}

impl Columns {
    /// Takes names and columns in the same order; refuses columns of unequal length and repeated names.
    pub fn new(names: Vec<String>, columns: Vec<Vec<String>>) -> Result<Self, FitError> {
        let rows = columns.first().map_or(0, Vec::len);
        if names.len() != columns.len() || columns.iter().any(|column| column.len() != rows) {
            return Err(FitError::ColumnsUneven);
        }
        let mut seen = BTreeSet::new();
        if let Some(column) = names.iter().find(|name| !seen.insert(*name)) {
            return Err(FitError::ColumnRepeated {
                column: column.clone(),
            });
        }
        if rows == 0 {
            return Err(FitError::NoRows);
        }
        Ok(Self {
            names,
            columns,
            lines: None,
        })
    }

    /// Tells on which line of the file each row stood, for files where that is not one line per row from line 2.
    #[must_use]
    pub fn standing_on(mut self, lines: Vec<usize>) -> Self {
        self.lines = (lines.len() == self.rows()).then_some(lines);
        self
    }

    /// The true line of what was counted as one line per row.
    pub(crate) fn true_line(&self, counted: usize) -> usize {
        let lines = self.lines.as_ref();
        let row = counted.checked_sub(FIRST_LINE);
        row.and_then(|row| lines?.get(row).copied())
            .unwrap_or(counted)
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn rows(&self) -> usize {
        self.columns[0].len()
    }

    /// The values of a column as text, missing ones as empty text.
    pub fn texts(&self, name: &str) -> Result<Vec<&str>, FitError> {
        let values = self.raw(name)?.iter().map(|text| text.trim());
        Ok(values
            .map(|text| if is_missing(text) { "" } else { text })
            .collect())
    }

    /// The values of a column as numbers, missing ones as NaN. Decimal comma and decimal point are both read.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, FitError> {
        let texts = self.texts(name)?;
        let marks = Marks::of(&texts);
        texts
            .iter()
            .enumerate()
            .map(|(row, text)| {
                marks.number(text).ok_or_else(|| FitError::NotNumber {
                    column: name.to_owned(),
                    line: line_of(row),
                    value: shortened(text),
                })
            })
            .collect()
    }

    /// The values of a column as numbers, none of them missing.
    pub fn complete_numbers(&self, name: &str) -> Result<Vec<f64>, FitError> {
        let numbers = self.numbers(name)?;
        match numbers.iter().position(|number| number.is_nan()) {
            Some(row) => Err(missing(name, row)),
            None => Ok(numbers),
        }
    }

    /// The values of a column as text, none of them missing.
    pub fn complete_texts(&self, name: &str) -> Result<Vec<&str>, FitError> {
        let texts = self.texts(name)?;
        match texts.iter().position(|text| text.is_empty()) {
            Some(row) => Err(missing(name, row)),
            None => Ok(texts),
        }
    }

    /// The values of a column as days, none of them missing; a time of day is passed over.
    pub fn days(&self, name: &str) -> Result<Vec<Date>, FitError> {
        let texts = self.complete_texts(name)?;
        let days = texts.iter().enumerate().map(|(row, text)| {
            day_of(text).ok_or_else(|| FitError::NotDay {
                column: name.to_owned(),
                line: line_of(row),
                value: shortened(text),
            })
        });
        days.collect()
    }

    /// Whether every value that is not missing is a number, and there is one.
    pub fn is_numeric(&self, name: &str) -> bool {
        self.numbers(name)
            .is_ok_and(|numbers| numbers.iter().any(|number| !number.is_nan()))
    }

    fn raw(&self, name: &str) -> Result<&[String], FitError> {
        let place = self.names.iter().position(|own| own == name);
        place
            .map(|at| self.columns[at].as_slice())
            .ok_or_else(|| FitError::ColumnUnknown {
                column: name.to_owned(),
                known: self.names.join(", "),
            })
    }
}

/// The line of the file on which a row of values stands, if every row has one line.
pub fn line_of(row: usize) -> usize {
    row + FIRST_LINE
}

fn missing(column: &str, row: usize) -> FitError {
    FitError::Missing {
        column: column.to_owned(),
        line: line_of(row),
    }
}

fn is_missing(text: &str) -> bool {
    MISSING.contains(&text)
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Which mark stands before the decimals of a column, and which between thousands.
#[derive(Debug, Clone, Copy)]
struct Marks {
    decimal: char,
    thousands: Option<char>,
}

impl Marks {
    /// Judged on the whole column. Commas alone are decimal commas unless one value has two of them.
    fn of(texts: &[&str]) -> Self {
        let with_both = texts
            .iter()
            .find(|text| text.contains(',') && text.contains('.'));
        let point = texts.iter().any(|text| text.contains('.'));
        let comma = texts.iter().any(|text| text.contains(','));
        let many_commas = texts.iter().any(|text| text.matches(',').count() > 1);
        let comma_decimal = match with_both {
            Some(text) => text.rfind(',') > text.rfind('.'),
            None => comma && !point && !many_commas,
        };
        if comma_decimal {
            return Self {
                decimal: ',',
                thousands: with_both.map(|_| '.'),
            };
        }
        Self {
            decimal: '.',
            thousands: comma.then_some(','),
        }
    }

    /// NaN for a missing value, `None` for what is not a finite number.
    fn number(self, text: &str) -> Option<f64> {
        if text.is_empty() {
            return Some(f64::NAN);
        }
        let plain: String = text
            .chars()
            .filter(|letter| !matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'))
            .map(|letter| if letter == '\u{2212}' { '-' } else { letter })
            .collect();
        if plain.is_empty()
            || plain
                .chars()
                .any(|letter| letter.is_alphabetic() && !matches!(letter, 'e' | 'E'))
        {
            return None;
        }
        let (whole, decimals) = match plain.split_once(self.decimal) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (plain.as_str(), None),
        };
        let whole = self.without_thousands(whole)?;
        let joined = decimals.map_or(whole.clone(), |decimals| format!("{whole}.{decimals}"));
        joined
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
    }

    /// The whole part without marks between thousands; `None` when they do not stand at every third digit.
    fn without_thousands(self, whole: &str) -> Option<String> {
        let Some(mark) = self.thousands.filter(|mark| whole.contains(*mark)) else {
            return Some(whole.to_owned());
        };
        let groups: Vec<&str> = whole.split(mark).collect();
        let (first, rest) = groups.split_first()?;
        let first_digits = first.trim_start_matches(['-', '+']).len();
        let well_formed =
            (1..=3).contains(&first_digits) && rest.iter().all(|group| group.len() == 3);
        well_formed.then(|| groups.concat())
    }
}

fn day_of(text: &str) -> Option<Date> {
    let all_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits {
        return format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])
            .parse()
            .ok();
    }
    let day = text.get(..10)?;
    let rest = &text[10..];
    (rest.is_empty() || rest.starts_with(['T', ' '])).then(|| day.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(values: &[&str]) -> Columns {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Columns::new(vec!["a".to_owned()], vec![values]).expect("one column")
    }

    #[test]
    fn decimal_commas_spaces_and_minus_signs_are_read() {
        let columns = one(&["1 234,5", "\u{2212}0,25", "7", "NA", ""]);
        let numbers = columns.numbers("a").expect("numbers");
        assert_eq!(numbers[..3], [1234.5, -0.25, 7.0]);
        assert!(numbers[3].is_nan() && numbers[4].is_nan());
    }

    #[test]
    fn the_later_mark_is_the_decimal_one() {
        assert_eq!(one(&["1.234,5", "2,5"]).numbers("a"), Ok(vec![1234.5, 2.5]));
        assert_eq!(
            one(&["1,234.5", "2,000"]).numbers("a"),
            Ok(vec![1234.5, 2000.0])
        );
        assert_eq!(
            one(&["1,234,567", "1,000"]).numbers("a"),
            Ok(vec![1_234_567.0, 1000.0])
        );
    }

    #[test]
    fn a_column_that_mixes_both_decimal_marks_is_refused_by_line() {
        let error = one(&["1.5", "2,5"]).numbers("a").expect_err("mixed");
        assert_eq!(
            error,
            FitError::NotNumber {
                column: "a".to_owned(),
                line: 3,
                value: "2,5".to_owned()
            }
        );
    }

    #[test]
    fn what_is_not_a_finite_number_is_refused() {
        for text in ["abc", "inf", "1e999", "1-2", "12%", "0x10"] {
            assert!(one(&["1", text]).numbers("a").is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_read_with_and_without_time() {
        let days = one(&[
            "1997-01-05",
            "1997-01-05 10:11:12",
            "19970105",
            "1997-01-05T00:00:00Z",
        ])
        .days("a");
        assert_eq!(days, Ok(vec![jiff::civil::date(1997, 1, 5); 4]));
        for text in ["05/01/1997", "1997-13-01", "1997", "ååååååååå"] {
            assert!(one(&[text]).days("a").is_err(), "{text}");
        }
    }

    #[test]
    fn uneven_columns_and_repeated_names_are_refused() {
        let names = vec!["a".to_owned(), "a".to_owned()];
        let two = vec![vec!["1".to_owned()], vec!["2".to_owned()]];
        assert!(matches!(
            Columns::new(names.clone(), two),
            Err(FitError::ColumnRepeated { .. })
        ));
        let uneven = vec![vec!["1".to_owned()], vec![]];
        assert!(matches!(
            Columns::new(names, uneven),
            Err(FitError::ColumnsUneven)
        ));
    }
}
