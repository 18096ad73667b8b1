//! How is a number written in Swedish and in English?

use super::Language;
use jiff::civil::Date;
use odla_domain::Unit;

const THIN: char = '\u{a0}';

/// Writes numbers, money and dates in one language and one currency.
#[derive(Clone, Debug)]
pub struct Numbers {
    language: Language,
    currency: String,
}

impl Numbers {
    pub fn new(language: Language, currency: &str) -> Self {
        Self {
            language,
            currency: currency.to_owned(),
        }
    }

    /// A value in its unit, as a person would write it.
    pub fn value(&self, value: f64, unit: Unit) -> String {
        match unit {
            Unit::Money => self.money(value),
            Unit::MoneyPerCustomerYear => self.money(value),
            Unit::Share => format!(
                "{}{THIN}%",
                self.decimal(value * 100.0, share_decimals(value))
            ),
            Unit::SharePoints => {
                let mark = if self.language == Language::Sv {
                    "pe"
                } else {
                    "pp"
                };
                format!("{}{THIN}{mark}", self.signed(value * 100.0, 1))
            }
            Unit::Count => self.decimal(value, 0),
            Unit::Points => self.decimal(value, 2),
            Unit::Minutes => format!("{}{THIN}min", self.decimal(value, 1)),
            Unit::Years => {
                let mark = if self.language == Language::Sv {
                    "år"
                } else {
                    "years"
                };
                format!("{}{THIN}{mark}", self.decimal(value, 1))
            }
            Unit::Ratio => self.decimal(value, 2),
            Unit::Text => self.decimal(value, 2),
        }
    }

    /// An interval in its unit.
    pub fn range(&self, lower: f64, upper: f64, unit: Unit) -> String {
        format!("{} – {}", self.value(lower, unit), self.value(upper, unit))
    }

    /// The unit's name as it stands in JSON and spreadsheets.
    pub fn unit(&self, unit: Unit) -> String {
        match unit {
            Unit::Money => self.currency.clone(),
            Unit::MoneyPerCustomerYear => format!("{}/customer/year", self.currency),
            Unit::Share => "share".to_owned(),
            Unit::SharePoints => "share_points".to_owned(),
            Unit::Count => "count".to_owned(),
            Unit::Points => "points".to_owned(),
            Unit::Minutes => "minutes".to_owned(),
            Unit::Years => "years".to_owned(),
            Unit::Ratio => "ratio".to_owned(),
            Unit::Text => "text".to_owned(),
        }
    }

    /// Millions and up are shortened; the exact value stands in tables and exports.
    pub fn money(&self, amount: f64) -> String {
        let size = amount.abs();
        let millions = size >= 999_500.0;
        let number = match (millions, size) {
            (true, _) => self.decimal(amount / 1e6, if size < 1e8 { 2 } else { 1 }),
            (false, size) if size < 10.0 && size > 0.0 => self.decimal(amount, 2),
            (false, _) => self.decimal(amount, 0),
        };
        match (self.language, self.currency.as_str(), millions) {
            (Language::Sv, "SEK", true) => format!("{number}{THIN}mkr"),
            (Language::Sv, "SEK", false) => format!("{number}{THIN}kr"),
            (Language::Sv, currency, true) => format!("{number}{THIN}milj.{THIN}{currency}"),
            (Language::Sv, currency, false) => format!("{number}{THIN}{currency}"),
            (Language::En, currency, true) => format!("{currency}{THIN}{number}{THIN}m"),
            (Language::En, currency, false) => format!("{currency}{THIN}{number}"),
        }
    }

    /// `30 juni 2026` or `30 June 2026`.
    pub fn date(&self, date: Date) -> String {
        const SV: [&str; 12] = [
            "januari",
            "februari",
            "mars",
            "april",
            "maj",
            "juni",
            "juli",
            "augusti",
            "september",
            "oktober",
            "november",
            "december",
        ];
        const EN: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let months = if self.language == Language::Sv {
            SV
        } else {
            EN
        };
        let month = months[date.month() as usize - 1];
        format!("{} {month} {}", date.day(), date.year())
    }

    pub fn decimal(&self, value: f64, decimals: usize) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        let plain = format!("{:.*}", decimals, value.abs());
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
        let zero = plain.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let sign = if value < 0.0 && !zero { "−" } else { "" };
        let (group, mark) = match self.language {
            Language::Sv => (THIN, ','),
            Language::En => (',', '.'),
        };
        let mut number = format!("{sign}{}", grouped(whole, group));
        if !part.is_empty() {
            number.push(mark);
            number.push_str(part);
        }
        number
    }

    fn signed(&self, value: f64, decimals: usize) -> String {
        let number = self.decimal(value, decimals);
        if value > 0.0 {
            format!("+{number}")
        } else {
            number
        }
    }
}

/// Small shares keep two decimals, so that 0.25 % does not read as 0.
fn share_decimals(share: f64) -> usize {
    if share != 0.0 && share.abs() < 0.01 {
        2
    } else {
        1
    }
}

fn grouped(digits: &str, mark: char) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: String) -> String {
        text.replace(THIN, " ")
    }

    #[test]
    fn money_and_shares_follow_the_language() {
        let sv = Numbers::new(Language::Sv, "SEK");
        let en = Numbers::new(Language::En, "SEK");
        assert_eq!(plain(sv.value(184_200_000.0, Unit::Money)), "184,2 mkr");
        assert_eq!(plain(en.value(184_200_000.0, Unit::Money)), "SEK 184.2 m");
        assert_eq!(plain(sv.value(-1412.4, Unit::Money)), "−1 412 kr");
        assert_eq!(plain(sv.value(0.816, Unit::Share)), "81,6 %");
        assert_eq!(plain(en.value(0.042, Unit::SharePoints)), "+4.2 pp");
        assert_eq!(plain(en.value(-0.000_01, Unit::SharePoints)), "0.0 pp");
        assert_eq!(plain(en.value(1_234_567.0, Unit::Count)), "1,234,567");
    }

    #[test]
    fn dates_are_written_out() {
        let date = jiff::civil::date(2026, 6, 30);
        assert_eq!(Numbers::new(Language::Sv, "SEK").date(date), "30 juni 2026");
        assert_eq!(Numbers::new(Language::En, "SEK").date(date), "30 June 2026");
    }
}
