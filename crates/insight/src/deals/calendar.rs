//! Which days are working days in Sweden, and which of them close a quarter?

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// A run of days with what the calendar says of each.
pub struct Calendar {
    pub days: Vec<Day>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: Date,
    /// Year and number of the quarter, 0..=3.
    pub quarter: (i16, i8),
    /// From the n-th last working day of the quarter to its end.
    pub closing: bool,
    /// Working days from here to the quarter's end, this day counted when it is one.
    pub working_left: i32,
    /// Working days to the nearest turn of a quarter: -1 is the last one before it, 0 the first one after it. A day off
    /// goes with the working day before it.
    pub to_turn: i32,
    pub working: bool,
}

impl Calendar {
    /// All days from the first to the last, whole quarters looked up around them.
    pub fn between(first: Date, last: Date, window_days: u32) -> Self {
        let mut days = Vec::new();
        let mut day = first;
        while day <= last {
            let start = quarter_start(day);
            let end = start.saturating_add(3.months()).saturating_sub(1.day());
            let whole = working_from(start, end);
            let mut working_left = working_from(day, end);
            while day <= end && day <= last {
                let working = is_working(day);
                let left = working_left + i32::from(!working);
                let gone = (whole - left).max(0);
                let to_turn = if left <= whole / 2 {
                    -left.max(1)
                } else {
                    gone
                };
                days.push(Day {
                    date: day,
                    quarter: (day.year(), (day.month() - 1) / 3),
                    closing: false,
                    working_left,
                    to_turn,
                    working,
                });
                working_left -= i32::from(working);
                day = day.saturating_add(1.day());
            }
        }
        let window = i32::try_from(window_days).unwrap_or(i32::MAX);
        let mut calendar = Self { days };
        for day in &mut calendar.days {
            // A day off before the n-th last working day has as many left as that day, but does not close yet.
            day.closing = day.working_left < window || (day.working_left == window && day.working);
        }
        calendar
    }

    /// The quarters of which every day is there, in order.
    pub fn whole_quarters(&self) -> Vec<(i16, i8)> {
        let mut quarters: Vec<(i16, i8)> = self.days.iter().map(|day| day.quarter).collect();
        quarters.dedup();
        let whole = |&(year, number): &(i16, i8)| {
            let start = date(year, number * 3 + 1, 1);
            let end = start.saturating_add(3.months()).saturating_sub(1.day());
            let has = |day: Date| {
                self.days
                    .binary_search_by(|known| known.date.cmp(&day))
                    .is_ok()
            };
            has(start) && has(end)
        };
        quarters.into_iter().filter(whole).collect()
    }
}

fn working_from(day: Date, end: Date) -> i32 {
    let (mut at, mut count) = (day, 0);
    while at <= end {
        count += i32::from(is_working(at));
        at = at.saturating_add(1.day());
    }
    count
}

fn quarter_start(day: Date) -> Date {
    date(day.year(), (day.month() - 1) / 3 * 3 + 1, 1)
}

/// Monday to Friday, but for public holidays and the eves on which nothing is open.
pub fn is_working(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

fn is_holiday(day: Date) -> bool {
    const FIXED: [(i8, i8); 8] = [
        (1, 1),
        (1, 6),
        (5, 1),
        (6, 6),
        (12, 24),
        (12, 25),
        (12, 26),
        (12, 31),
    ];
    // Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday.
    const AFTER_EASTER: [i32; 5] = [-2, 0, 1, 39, 49];
    let midsummer_eve =
        day.month() == 6 && (19..=25).contains(&day.day()) && day.weekday() == Weekday::Friday;
    FIXED.contains(&(day.month(), day.day()))
        || AFTER_EASTER.contains(&(day - easter(day.year())).get_days())
        || midsummer_eve
}

/// Easter Sunday in the Gregorian calendar.
fn easter(year: i16) -> Date {
    let year_number = i32::from(year);
    let (golden, century, rest) = (year_number % 19, year_number / 100, year_number % 100);
    let leap = (8 * century + 13) / 25;
    let epact = (19 * golden + century - century / 4 - leap + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let shifted = epact + weekday - 7 * late + 114;
    // Both parts are small positive numbers by construction.
    date(year, (shifted / 31) as i8, (shifted % 31 + 1) as i8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for (year, month, day) in [
            (2019, 4, 21),
            (2020, 4, 12),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), date(year, month, day));
        }
    }

    #[test]
    fn the_last_ten_working_days_of_a_quarter_close_it() {
        let calendar = Calendar::between(date(2025, 4, 1), date(2025, 7, 10), 10);
        let closing: Vec<Date> = calendar
            .days
            .iter()
            .filter(|day| day.closing)
            .map(|day| day.date)
            .collect();
        // Midsummer Eve is Friday 20 June: ten working days back from Monday 30 June is Monday 16 June.
        assert_eq!(closing.first(), Some(&date(2025, 6, 16)));
        assert_eq!(closing.last(), Some(&date(2025, 6, 30)));
        assert_eq!(calendar.whole_quarters(), [(2025, 1)]);
        let turn = calendar
            .days
            .iter()
            .find(|day| day.date == date(2025, 7, 1))
            .expect("it is there");
        assert_eq!((turn.to_turn, turn.closing), (0, false));
        // Ten working days before the turn, and the Saturday that goes with the day before them.
        for (day, to_turn) in [
            (date(2025, 6, 30), -1),
            (date(2025, 6, 16), -10),
            (date(2025, 6, 14), -11),
            (date(2025, 7, 5), 3),
            (date(2025, 7, 7), 4),
        ] {
            let day = calendar.days.iter().find(|known| known.date == day);
            assert_eq!(day.expect("it is there").to_turn, to_turn);
        }
    }
}
