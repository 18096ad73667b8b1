//! Which columns does the question of opening hours read?

use super::shape::FrameError;
use jiff::civil::Date;

/// The contacts of a year by date and hour.
#[derive(Clone, Debug, PartialEq)]
pub struct OpeningFrame {
    pub as_of: Date,
    /// The first and last day with a contact within the year.
    pub first_day: Date,
    pub last_day: Date,
    /// Every hour of every day that had a contact; sorted.
    pub hours: Vec<HourOfDay>,
    /// First contacts of each hour of the week by reason, over the year; sorted.
    pub reasons: Vec<HourReason>,
}

/// One hour of one day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HourOfDay {
    pub day: Date,
    /// 0-23.
    pub hour: u8,
    pub contacts: f64,
    pub firsts: f64,
    pub minutes: f64,
    /// Minutes waited, and contacts whose waiting is told.
    pub waited: f64,
    pub waits: f64,
}

/// The first contacts of one reason in one hour of the week.
#[derive(Clone, Debug, PartialEq)]
pub struct HourReason {
    /// 0 Monday to 6 Sunday.
    pub weekday: u8,
    pub hour: u8,
    pub reason: String,
    pub firsts: f64,
    pub solved: f64,
}

impl OpeningFrame {
    /// Proves that hours are hours and that days lie within the year.
    pub fn checked(self) -> Result<Self, FrameError> {
        let wrong = |row: usize| FrameError::Value {
            column: "hour".to_owned(),
            row,
            reason: "an hour lies between 0 and 23 and its day within the year read",
        };
        let off = self
            .hours
            .iter()
            .position(|own| own.hour > 23 || own.day < self.first_day || own.day > self.last_day);
        let week = self
            .reasons
            .iter()
            .position(|own| own.hour > 23 || own.weekday > 6);
        match off.or(week) {
            Some(row) => Err(wrong(row)),
            None => Ok(self),
        }
    }
}
