//! What does a piece of text mean as a date, a moment, an amount, a number or a yes?

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Time};

use crate::schema::AMOUNT_SCALE;

/// How the text of one column is understood.
#[derive(Clone, Debug)]
pub struct Manner {
    pub decimal: Option<char>,
    pub thousands: Option<char>,
    /// Whether the values were separated by commas: a lone comma before three digits is then a thousands separator.
    pub comma_separated: bool,
    pub dates: Vec<String>,
    pub zone: TimeZone,
    pub factor: (i128, i128),
}

impl Manner {
    /// Text as a program writes it: decimal point, ISO dates.
    pub fn plain(zone: TimeZone) -> Self {
        Self {
            decimal: None,
            thousands: None,
            comma_separated: true,
            dates: Vec::new(),
            zone,
            factor: (1, 1),
        }
    }
}

/// Why a text has no meaning; the key of the reason in the rejects.
pub type Reason = &'static str;

pub fn date(text: &str, manner: &Manner) -> Result<Date, Reason> {
    for format in &manner.dates {
        if let Ok(parsed) = strtime::parse(format, text)
            && let Ok(date) = parsed.to_date()
        {
            return Ok(date);
        }
    }
    // The day that a moment falls on is the day in its own clock, whatever the offset.
    let head = text.split(['T', ' ']).next().unwrap_or(text);
    numeric_date(head).unwrap_or(Err("date.not_understood"))
}

pub fn instant(text: &str, manner: &Manner) -> Result<i64, Reason> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp.as_microsecond());
    }
    for format in &manner.dates {
        let Ok(parsed) = strtime::parse(format, text) else {
            continue;
        };
        if let Ok(timestamp) = parsed.to_timestamp() {
            return Ok(timestamp.as_microsecond());
        }
        let civil = parsed
            .to_datetime()
            .or_else(|_| parsed.to_date().map(DateTime::from));
        if let Ok(civil) = civil {
            return in_zone(civil, manner);
        }
    }
    let (head, tail) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let date = numeric_date(head).unwrap_or(Err("instant.not_understood"))?;
    let time = match tail.trim() {
        "" => Time::midnight(),
        tail => time_of_day(tail)?,
    };
    in_zone(date.to_datetime(time), manner)
}

/// A month, as `YYYY-MM`.
pub fn month(text: &str) -> Result<String, Reason> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (year, rest) = digits.split_at_checked(4).ok_or("month.not_understood")?;
    let month = rest.get(..2).ok_or("month.not_understood")?;
    if digits.len() > 8 || !(1..=12).contains(&month.parse::<u8>().unwrap_or(0)) {
        return Err("month.not_understood");
    }
    Ok(format!("{year}-{month}"))
}

/// An amount with four decimals, as the whole number of its ten-thousandths.
pub fn amount(text: &str, manner: &Manner) -> Result<i128, Reason> {
    let plain = plain_number(text, manner).ok_or("amount.not_understood")?;
    let (mut digits, mut scale) = decimal(&plain).ok_or("amount.not_understood")?;
    let (up, down) = manner.factor;
    digits = digits.checked_mul(up).ok_or("amount.too_large")?;
    let mut down = down;
    while scale < AMOUNT_SCALE as i32 {
        digits = digits.checked_mul(10).ok_or("amount.too_large")?;
        scale += 1;
    }
    for _ in AMOUNT_SCALE as i32..scale {
        down = down.checked_mul(10).ok_or("amount.too_large")?;
    }
    let whole = round_half_away(digits, down);
    if whole.unsigned_abs() >= 10u128.pow(18) {
        return Err("amount.too_large");
    }
    Ok(whole)
}

pub fn number(text: &str, manner: &Manner) -> Result<f64, Reason> {
    let plain = plain_number(text, manner).ok_or("number.not_understood")?;
    let number: f64 = plain.parse().map_err(|_| "number.not_understood")?;
    if !number.is_finite() {
        return Err("number.not_understood");
    }
    let (up, down) = manner.factor;
    Ok(if manner.factor == (1, 1) {
        number
    } else {
        number * up as f64 / down as f64
    })
}

pub fn share(text: &str, manner: &Manner) -> Result<f64, Reason> {
    let share = match text.strip_suffix('%') {
        Some(percent) => number(percent.trim_end(), manner)? / 100.0,
        None => number(text, manner)?,
    };
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("share.outside")
    }
}

pub fn count(text: &str, manner: &Manner) -> Result<i64, Reason> {
    if let Ok(count) = text.parse() {
        return Ok(count);
    }
    let number = number(text, manner).map_err(|_| "count.not_understood")?;
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Ok(number as i64)
    } else {
        Err("count.not_whole")
    }
}

pub fn flag(text: &str) -> Result<bool, Reason> {
    match text.to_lowercase().as_str() {
        "true" | "1" | "ja" | "yes" | "j" | "y" | "t" | "sant" | "1.0" => Ok(true),
        "false" | "0" | "nej" | "no" | "n" | "f" | "falskt" | "0.0" => Ok(false),
        _ => Err("flag.not_understood"),
    }
}

/// The number in digits, point and sign alone; none when it is no number.
fn plain_number(text: &str, manner: &Manner) -> Option<String> {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' => {}
            '\u{2212}' | '\u{2013}' => kept.push('-'),
            c if Some(c) == manner.thousands => {}
            c => kept.push(c),
        }
    }
    for unit in ["kr", "SEK", "EUR", "€", "$", "£", ":-"] {
        if let Some(rest) = kept.strip_suffix(unit) {
            kept = rest.to_owned();
        }
    }
    // Some systems write the minus after the digits.
    if let Some(rest) = kept.strip_suffix('-') {
        kept = format!("-{rest}");
    }
    let decimal = manner.decimal.or_else(|| decimal_mark(&kept, manner));
    let plain: String = match decimal {
        Some(mark) => {
            let other = if mark == ',' { '.' } else { ',' };
            kept.chars()
                .filter(|c| *c != other)
                .map(|c| if c == mark { '.' } else { c })
                .collect()
        }
        None => kept.replace([',', '.'], ""),
    };
    let looks_right = plain.bytes().any(|b| b.is_ascii_digit())
        && plain
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    looks_right.then_some(plain)
}

/// Which mark stands before the decimals; none when every mark separates thousands.
fn decimal_mark(text: &str, manner: &Manner) -> Option<char> {
    let commas = text.matches(',').count();
    let points = text.matches('.').count();
    match (commas, points) {
        (0, 0) => Some('.'),
        (0, 1) => Some('.'),
        (0, _) => None,
        (1, 0) => {
            let after = text.rsplit(',').next().map_or(0, str::len);
            if manner.comma_separated && after == 3 {
                None
            } else {
                Some(',')
            }
        }
        (_, 0) => None,
        _ if text.rfind(',') > text.rfind('.') => Some(','),
        _ => Some('.'),
    }
}

/// Digits without the point, and how many of them stood after it.
fn decimal(plain: &str) -> Option<(i128, i32)> {
    let (mantissa, exponent) = match plain.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (plain, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = fraction.len() as i32 - exponent;
    if scale.abs() > 30 {
        return None;
    }
    match scale {
        0.. => Some((digits, scale)),
        _ => Some((digits.checked_mul(10i128.pow(scale.unsigned_abs()))?, 0)),
    }
}

fn round_half_away(value: i128, by: i128) -> i128 {
    let half = by.abs() / 2;
    if value >= 0 {
        (value + half) / by
    } else {
        (value - half) / by
    }
}

/// `2024-03-01`, `20240301`, `01.03.2024`, `2024/03/01`, `01/03/2024` is left to the mapping: day or month may come first.
fn numeric_date(text: &str) -> Option<Result<Date, Reason>> {
    let bytes = text.as_bytes();
    let separator = bytes.iter().find(|byte| !byte.is_ascii_digit()).copied();
    let (year, month, day) = match separator {
        None if bytes.len() == 8 => (&text[..4], &text[4..6], &text[6..]),
        Some(mark @ (b'-' | b'.' | b'/')) => {
            let mut parts = text.split(mark as char);
            let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
            if parts.next().is_some() {
                return None;
            }
            match (first.len(), third.len(), mark) {
                (4, 1..=2, _) => (first, second, third),
                (1..=2, 4, b'.' | b'-') => (third, second, first),
                _ => return None,
            }
        }
        _ => return None,
    };
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    Some(date.map_err(|_| "date.impossible"))
}

fn time_of_day(text: &str) -> Result<Time, Reason> {
    if let Ok(time) = text.parse::<Time>() {
        return Ok(time);
    }
    let text = text.replace('.', ":");
    let mut parts = text.splitn(3, ':').map(|part| part.parse::<i8>().ok());
    let time = (|| {
        let hour = parts.next()??;
        let minute = parts.next()??;
        let second = parts.next().unwrap_or(Some(0))?;
        Time::new(hour, minute, second, 0).ok()
    })();
    time.ok_or("instant.not_understood")
}

fn in_zone(civil: DateTime, manner: &Manner) -> Result<i64, Reason> {
    let zoned = civil
        .to_zoned(manner.zone.clone())
        .map_err(|_| "instant.impossible")?;
    Ok(zoned.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manner() -> Manner {
        Manner::plain(TimeZone::get("Europe/Stockholm").expect("bundled"))
    }

    fn semicolons() -> Manner {
        Manner {
            comma_separated: false,
            ..manner()
        }
    }

    #[test]
    fn a_date_is_the_same_day_however_it_is_written() {
        let day = jiff::civil::date(2024, 3, 1);
        for text in [
            "2024-03-01",
            "20240301",
            "01.03.2024",
            "1.3.2024",
            "2024/03/01",
            "01-03-2024",
            "2024-03-01T23:59:00Z",
            "2024-03-01 10:00",
        ] {
            assert_eq!(date(text, &manner()), Ok(day), "{text}");
        }
        let american = Manner {
            dates: vec!["%m/%d/%Y".into()],
            ..manner()
        };
        assert_eq!(date("3/1/2024", &american), Ok(day));
    }

    #[test]
    fn a_day_that_no_calendar_has_is_impossible_and_other_text_is_not_understood() {
        assert_eq!(date("2023-02-29", &manner()), Err("date.impossible"));
        assert_eq!(date("2024-13-01", &manner()), Err("date.impossible"));
        for text in ["soon", "3/1/2024", "2024", "24-03-01-2", "1e5", "å-1-2"] {
            assert_eq!(date(text, &manner()), Err("date.not_understood"), "{text}");
        }
    }

    #[test]
    fn a_moment_without_an_offset_is_in_the_companys_time_zone() {
        let utc = "2024-07-01T08:00:00Z"
            .parse::<Timestamp>()
            .expect("a moment")
            .as_microsecond();
        for text in [
            "2024-07-01T10:00:00",
            "2024-07-01 10:00",
            "2024-07-01T10:00:00+02:00",
            "01.07.2024 10.00",
            "2024-07-01T08:00:00Z",
        ] {
            assert_eq!(instant(text, &manner()), Ok(utc), "{text}");
        }
    }

    #[test]
    fn an_amount_is_exact_whatever_the_marks() {
        for (text, expected) in [
            ("1 234,56", 12_345_600),
            ("1\u{a0}234,56", 12_345_600),
            ("1.234,56", 12_345_600),
            ("1,234.56", 12_345_600),
            ("\u{2212}0,1", -1_000),
            ("12-", -120_000),
            ("100 kr", 1_000_000),
            ("1234,567", 12_345_670),
            ("0.00005", 1),
            ("-0.00005", -1),
            ("1e3", 10_000_000),
            ("1.234.567", 12_345_670_000),
        ] {
            assert_eq!(amount(text, &semicolons()), Ok(expected), "{text}");
        }
        assert_eq!(amount("1,234", &manner()), Ok(12_340_000));
        assert_eq!(amount("1,234", &semicolons()), Ok(12_340));
        let ore = Manner {
            factor: (1, 100),
            ..manner()
        };
        assert_eq!(amount("12345", &ore), Ok(1_234_500));
    }

    #[test]
    fn text_that_is_no_number_is_told_apart_from_one_that_is_too_large() {
        for text in ["", "abc", "1-2", "--", "12 st", "1e400", "NaN", "inf"] {
            assert!(amount(text, &manner()).is_err(), "{text}");
            assert!(number(text, &manner()).is_err(), "{text}");
        }
        assert_eq!(
            amount("1000000000000000000", &manner()),
            Err("amount.too_large")
        );
    }

    #[test]
    fn seconds_become_minutes_and_percent_becomes_a_share() {
        let seconds = Manner {
            factor: (1, 60),
            ..manner()
        };
        assert_eq!(number("90", &seconds), Ok(1.5));
        assert_eq!(share("25 %", &manner()), Ok(0.25));
        assert_eq!(share("25", &manner()), Err("share.outside"));
    }

    #[test]
    fn yes_and_no_are_understood_in_both_languages() {
        for text in ["ja", "JA", "true", "1", "yes"] {
            assert_eq!(flag(text), Ok(true), "{text}");
        }
        for text in ["nej", "False", "0", "no"] {
            assert_eq!(flag(text), Ok(false), "{text}");
        }
        assert!(flag("kanske").is_err());
    }

    #[test]
    fn a_month_is_kept_as_year_and_month() {
        for text in ["2024-03", "202403", "2024-03-01", "2024/03"] {
            assert_eq!(month(text).as_deref(), Ok("2024-03"), "{text}");
        }
        for text in ["2024-13", "mars", "24-3", ""] {
            assert!(month(text).is_err(), "{text}");
        }
    }
}
