//! What is said right after a support case, a store visit, a beginning or an end?

use super::form::{Ask, Form, SOUR, SWEET, write_asked};
use super::{ENGAGEMENT_EFFECT, MIDDLE};
use crate::company::Company;
use crate::contacts::interaction_id;
use crate::dice::{Dice, logistic};
use crate::history::History;
use crate::write::Sheets;

/// Short surveys after support cases and store visits, at most one of a kind per customer and quarter.
pub fn after_meetings(company: &Company, history: &History, sheets: &mut Sheets) {
    let customer = &history.customer;
    if customer.never_asked || customer.survey_excluded {
        return;
    }
    let mut dice = Dice::new(company.seed, customer.number as u64, 70);
    let mut asked = Vec::new();
    for (index, meeting) in history.meetings.iter().enumerate() {
        let quarter = company.quarter(meeting.day);
        let drawn = meeting.case.is_some() && dice.chance(0.3);
        if !drawn || asked.contains(&quarter) || meeting.day + 4 > company.calendar.as_of {
            continue;
        }
        asked.push(quarter);
        after_support(company, history, index, &mut dice, sheets);
    }
    asked.clear();
    for (index, order) in history.bought.orders.iter().enumerate() {
        let quarter = company.quarter(order.day);
        let drawn = order.channel == 1 && dice.chance(0.4);
        if !drawn || asked.contains(&quarter) || order.day + 4 > company.calendar.as_of {
            continue;
        }
        asked.push(quarter);
        after_visit(company, history, index, &mut dice, sheets);
    }
}

fn after_support(
    company: &Company,
    history: &History,
    index: usize,
    dice: &mut Dice,
    sheets: &mut Sheets,
) {
    let customer = &history.customer;
    let meeting = &history.meetings[index];
    let wave = quarter_name(company, meeting.day, "support");
    let ask = Ask {
        wave: &wave,
        day: meeting.day,
        minute: 18 * 60,
        probability: 0.3,
    };
    write_asked(company, customer, &ask, false, sheets.table("asked"));
    let attitude = customer.attitude_in(company.quarter(meeting.day));
    let solved = meeting.resolved == Some(true);
    let felt = 5.2 + if solved { 2.2 } else { 0.0 } + 0.4 * attitude + 1.3 * dice.normal();
    let again = if meeting.repeat_of.is_some() {
        1.0
    } else {
        0.0
    };
    let effort = 2.6 + 1.2 * again + if solved { 0.0 } else { 1.4 } + dice.normal();
    if !dice.chance(logistic(-0.6 + 0.12 * (felt - 7.0) + 0.2 * attitude)) {
        return;
    }
    let at = (
        meeting.day + dice.between(0, 3),
        dice.between(7 * 60, 21 * 60),
    );
    let mut form = Form::new(company, history, ("T", "touchpoint", &wave), at);
    form.touchpoint = Some("support");
    form.interaction = Some(interaction_id(customer, index));
    form.unit = "KS".to_string();
    let rows = sheets.table("answers");
    form.put(rows, "satisfaction", felt, (1, 10));
    form.put(rows, "effort", effort, (1, 7));
    form.put(rows, "problem_solved", f64::from(solved), (0, 1));
    if dice.chance(0.2) {
        form.say(
            rows,
            "comment",
            dice.word(if solved { SWEET } else { SOUR }),
        );
    }
}

fn after_visit(
    company: &Company,
    history: &History,
    index: usize,
    dice: &mut Dice,
    sheets: &mut Sheets,
) {
    let customer = &history.customer;
    let day = history.bought.orders[index].day;
    let wave = quarter_name(company, day, "store");
    let ask = Ask {
        wave: &wave,
        day,
        minute: 18 * 60,
        probability: 0.4,
    };
    write_asked(company, customer, &ask, false, sheets.table("asked"));
    let attitude = customer.attitude_in(company.quarter(day));
    let engaged = company.engagement_before(customer.store, day);
    let felt = MIDDLE + 0.5 * attitude + ENGAGEMENT_EFFECT * engaged + 1.2 * dice.normal();
    if !dice.chance(0.4) {
        return;
    }
    let at = (day + dice.between(0, 3), dice.between(7 * 60, 21 * 60));
    let mut form = Form::new(company, history, ("B", "touchpoint", &wave), at);
    form.touchpoint = Some("store_visit");
    form.order = Some(crate::buying::order_id(customer, index));
    let rows = sheets.table("answers");
    form.put(rows, "satisfaction", felt, (1, 10));
    form.put(
        rows,
        "staff_helped",
        0.3 + felt + 0.8 * dice.normal(),
        (1, 10),
    );
}

/// Why we were chosen, why we were left, and what we are known for.
pub fn at_turning_points(company: &Company, history: &History, sheets: &mut Sheets) {
    let Some(contract) = &history.contract else {
        return;
    };
    let mut dice = Dice::new(company.seed, history.customer.number as u64, 71);
    let calendar = &company.calendar;
    let attitude = history.customer.attitude;
    let rows = sheets.table("answers");
    let answers = [dice.chance(0.3), dice.chance(0.25), dice.chance(0.08)];
    if history.customer.never_asked || history.customer.survey_excluded {
        return;
    }
    let day = contract.start + 9;
    if answers[0] && day > calendar.start && day <= calendar.as_of {
        let wave = quarter_name(company, day, "win");
        let mut form = Form::new(company, history, ("W", "win", &wave), (day, 700));
        form.put(
            rows,
            "expectation",
            7.5 + 0.6 * attitude + dice.normal(),
            (1, 10),
        );
        form.say(rows, "chosen_because", dice.word(WON));
    }
    if let (true, Some(ended)) = (answers[1], contract.ended) {
        let day = ended + 12;
        if day > calendar.start && day <= calendar.as_of {
            let wave = quarter_name(company, day, "loss");
            let mut form = Form::new(company, history, ("L", "loss", &wave), (day, 760));
            form.put(
                rows,
                "satisfaction",
                5.8 + 0.8 * attitude + dice.normal(),
                (1, 10),
            );
            form.put(rows, "best_alternative_rank", 3.0 + dice.normal(), (1, 5));
            form.say(rows, "left_because", contract.reason.unwrap_or("other"));
        }
    }
    let day = company.turns.year_ago - 60;
    if answers[2] && contract.in_force(day) {
        let wave = quarter_name(company, day, "brand");
        let mut form = Form::new(company, history, ("M", "brand", &wave), (day, 800));
        form.put(rows, "image", 7.0 + 0.9 * attitude + dice.normal(), (1, 10));
    }
}

/// `2025-Q2-support`.
fn quarter_name(company: &Company, day: i32, kind: &str) -> String {
    let date = company.calendar.date(day);
    format!("{:04}-Q{}-{kind}", date.year(), (date.month() - 1) / 3 + 1)
}

const WON: &[&str] = &["price", "recommended", "close_by", "service"];
