//! Which days are there, which of them are working days in Sweden, and which month and quarter are they in?

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

use crate::Config;

/// Every day from the start of the contract register to a good year after `as_of`, by index.
pub struct Calendar {
    dates: Vec<Date>,
    iso: Vec<[u8; 10]>,
    working: Vec<bool>,
    holiday: Vec<bool>,
    month: Vec<usize>,
    month_first: Vec<i32>,
    /// First day of the order history.
    pub start: i32,
    /// Last day of the data.
    pub as_of: i32,
    /// First month whose first day lies in the register.
    pub first_whole_month: usize,
    first_month_of_year: usize,
}

impl Calendar {
    pub fn new(config: &Config) -> Self {
        let as_of_date = config.as_of;
        let first = day_after(months_before(as_of_date, config.contract_months));
        let mut calendar = Calendar {
            dates: Vec::new(),
            iso: Vec::new(),
            working: Vec::new(),
            holiday: Vec::new(),
            month: Vec::new(),
            month_first: vec![0],
            start: 0,
            as_of: 0,
            first_whole_month: usize::from(first.day() != 1),
            first_month_of_year: (first.month() - 1) as usize,
        };
        let mut day = first;
        let last = as_of_date.saturating_add(430.days());
        while day <= last {
            calendar.push(day);
            day = day_after(day);
        }
        calendar.as_of = calendar.index(as_of_date);
        calendar.start = calendar.index(day_after(months_before(as_of_date, config.months)));
        calendar
    }

    /// Index of a date; dates outside are clamped to the ends.
    pub fn index(&self, day: Date) -> i32 {
        match self.dates.binary_search(&day) {
            Ok(i) => i as i32,
            Err(i) => i.min(self.dates.len() - 1) as i32,
        }
    }

    pub fn iso(&self, day: i32) -> &[u8; 10] {
        &self.iso[self.clamp(day)]
    }

    pub fn date(&self, day: i32) -> Date {
        self.dates[self.clamp(day)]
    }

    /// Months since the register began.
    pub fn month(&self, day: i32) -> usize {
        self.month[self.clamp(day)]
    }

    /// 0 = January.
    pub fn month_of_year(&self, month: usize) -> usize {
        (self.first_month_of_year + month) % 12
    }

    pub fn first_day(&self, month: usize) -> i32 {
        self.month_first[month.min(self.month_first.len() - 1)]
    }

    /// `2025-06`.
    pub fn month_name(&self, month: usize) -> String {
        let day = self.date(self.first_day(month));
        format!("{:04}-{:02}", day.year(), day.month())
    }

    /// The same day of an earlier month.
    pub fn months_back(&self, day: i32, months: usize) -> i32 {
        self.index(months_before(self.date(day), months))
    }

    pub fn is_working(&self, day: i32) -> bool {
        self.working[self.clamp(day)]
    }

    pub fn is_holiday(&self, day: i32) -> bool {
        self.holiday[self.clamp(day)]
    }

    /// The day `n` working days after; `n = 0` gives the same day when it is a working day, else the next one.
    pub fn working_days_after(&self, day: i32, n: i32) -> i32 {
        let mut at = day;
        let mut left = n;
        loop {
            if self.is_working(at) && left <= 0 {
                return at;
            }
            at += 1;
            if self.is_working(at) {
                left -= 1;
            }
            if at as usize >= self.dates.len() {
                return at;
            }
        }
    }

    /// First day of the calendar quarter that `day` lies in.
    pub fn quarter_start(&self, day: i32) -> i32 {
        let at = self.date(day);
        let month = (at.month() - 1) / 3 * 3 + 1;
        day - (at - date(at.year(), month, 1)).get_days()
    }

    /// First day of the next calendar quarter.
    pub fn next_quarter(&self, day: i32) -> i32 {
        self.quarter_start(self.quarter_start(day) + 95)
    }

    /// Whether the day is among the last ten working days of its quarter (or between them).
    pub fn is_quarter_end(&self, day: i32) -> bool {
        day >= self.quarter_end_from(self.next_quarter(day))
    }

    /// First of the last ten working days before a quarter's start.
    pub fn quarter_end_from(&self, next_quarter: i32) -> i32 {
        let mut at = next_quarter;
        let mut found = 0;
        while found < 10 && at > 0 {
            at -= 1;
            if self.is_working(at) {
                found += 1;
            }
        }
        at
    }

    fn push(&mut self, day: Date) {
        if self
            .dates
            .last()
            .is_some_and(|before| before.month() != day.month())
        {
            self.month_first.push(self.dates.len() as i32);
        }
        self.month.push(self.month_first.len() - 1);
        let text = day.to_string();
        let mut iso = [b'0'; 10];
        iso.copy_from_slice(&text.as_bytes()[..10]);
        self.iso.push(iso);
        let holiday = is_holiday(day);
        self.working.push(!is_weekend(day) && !holiday);
        self.holiday.push(holiday);
        self.dates.push(day);
    }

    fn clamp(&self, day: i32) -> usize {
        (day.max(0) as usize).min(self.dates.len() - 1)
    }
}

/// Swedish public holidays and the eves on which nothing is delivered.
pub fn is_holiday(day: Date) -> bool {
    let (month, number) = (day.month(), day.day());
    let fixed = [
        (1, 1),
        (1, 6),
        (5, 1),
        (6, 6),
        (12, 24),
        (12, 25),
        (12, 26),
        (12, 31),
    ];
    if fixed.contains(&(month, number)) {
        return true;
    }
    let after_easter = (day - easter(day.year())).get_days();
    if [-2, 0, 1, 39, 49].contains(&after_easter) {
        return true;
    }
    let weekday = day.weekday();
    let midsummer_eve = month == 6 && (19..=25).contains(&number) && weekday == Weekday::Friday;
    let midsummer = month == 6 && (20..=26).contains(&number) && weekday == Weekday::Saturday;
    let all_saints = weekday == Weekday::Saturday
        && ((month == 10 && number == 31) || (month == 11 && number <= 6));
    midsummer_eve || midsummer || all_saints
}

/// Easter Sunday by the Gregorian computus.
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let golden = y % 19;
    let century = y / 100;
    let moon_shift = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
    let full_moon =
        moon_shift - (moon_shift / 28) * (1 - (29 / (moon_shift + 1)) * ((21 - golden) / 11));
    let weekday = (y + y / 4 + full_moon + 2 - century + century / 4) % 7;
    let from_march = full_moon - weekday;
    let month = 3 + (from_march + 40) / 44;
    let day = from_march + 28 - 31 * (month / 4);
    date(year, month as i8, day as i8)
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn day_after(day: Date) -> Date {
    day.saturating_add(1.days())
}

fn months_before(day: Date, months: usize) -> Date {
    day.saturating_sub((months as i64).months())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_almanac_says() {
        let known = [
            (2020, 4, 12),
            (2023, 4, 9),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2019, 4, 21),
        ];
        for (year, month, day) in known {
            assert_eq!(easter(year), date(year, month, day));
        }
    }

    #[test]
    fn midsummer_eve_is_no_working_day_and_the_thursday_before_is() {
        let calendar = Calendar::new(&Config::standard(1, 1));
        assert!(!calendar.is_working(calendar.index(date(2025, 6, 20))));
        assert!(calendar.is_working(calendar.index(date(2025, 6, 19))));
        assert!(!calendar.is_working(calendar.index(date(2025, 5, 29))));
    }

    #[test]
    fn months_and_quarters_follow_the_calendar() {
        let calendar = Calendar::new(&Config::standard(1, 1));
        let day = calendar.index(date(2025, 6, 30));
        assert_eq!(calendar.months_back(calendar.as_of, 12), day);
        assert_eq!(calendar.month_name(calendar.month(day)), "2025-06");
        assert_eq!(calendar.date(calendar.quarter_start(day)), date(2025, 4, 1));
        assert_eq!(calendar.date(calendar.next_quarter(day)), date(2025, 7, 1));
        assert_eq!(calendar.date(calendar.start), date(2023, 7, 1));
        assert!(calendar.is_quarter_end(day));
        assert!(!calendar.is_quarter_end(calendar.index(date(2025, 6, 10))));
    }

    #[test]
    fn working_days_skip_weekends_and_holidays() {
        let calendar = Calendar::new(&Config::standard(1, 1));
        let from = calendar.index(date(2025, 4, 17));
        assert_eq!(
            calendar.date(calendar.working_days_after(from, 1)),
            date(2025, 4, 22)
        );
    }
}
