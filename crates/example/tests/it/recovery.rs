//! Can what was planted be found again with plain means and least squares?

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::company::{Made, small};

/// One company is enough for all of these: they only read.
fn company() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| small(8_000, 31))
}

/// Asserts that an estimate lies within three and a half standard errors of the truth.
fn near(what: &str, estimate: f64, error: f64, truth: f64) {
    let off = (estimate - truth).abs() / error;
    assert!(
        off < 3.5,
        "{what}: {estimate} against {truth}, {off:.1} standard errors"
    );
}

fn share_error(share: f64, n: usize) -> f64 {
    (share * (1.0 - share) / n as f64).sqrt().max(1e-9)
}

/// Least squares with an intercept: slopes with their standard errors.
fn least_squares(rows: &[Vec<f64>], outcome: &[f64]) -> Vec<(f64, f64)> {
    let k = rows[0].len() + 1;
    let mut system = vec![vec![0.0; 2 * k + 1]; k];
    let full =
        |row: &Vec<f64>| -> Vec<f64> { std::iter::once(1.0).chain(row.iter().copied()).collect() };
    for (row, y) in rows.iter().zip(outcome) {
        let x = full(row);
        for i in 0..k {
            for j in 0..k {
                system[i][j] += x[i] * x[j];
            }
            system[i][2 * k] += x[i] * y;
        }
    }
    for (i, row) in system.iter_mut().enumerate() {
        row[k + i] = 1.0;
    }
    for pivot in 0..k {
        let size = system[pivot][pivot];
        assert!(size.abs() > 1e-9, "column {pivot} does not vary");
        system[pivot].iter_mut().for_each(|x| *x /= size);
        let lead = system[pivot].clone();
        for (i, row) in system.iter_mut().enumerate() {
            if i != pivot {
                let factor = row[pivot];
                row.iter_mut()
                    .zip(&lead)
                    .for_each(|(x, above)| *x -= factor * above);
            }
        }
    }
    let slopes: Vec<f64> = system.iter().map(|row| row[2 * k]).collect();
    let squares: f64 = rows
        .iter()
        .zip(outcome)
        .map(|(row, y)| {
            y - full(row)
                .iter()
                .zip(&slopes)
                .map(|(x, b)| x * b)
                .sum::<f64>()
        })
        .map(|rest| rest * rest)
        .sum();
    let variance = squares / (rows.len() - k) as f64;
    (1..k)
        .map(|i| (slopes[i], (variance * system[i][k + i]).sqrt()))
        .collect()
}

/// Relation answers as one map of scores per response.
fn responses(made: &Made, wave: &str) -> Vec<(String, BTreeMap<String, f64>)> {
    let answers = made.sheet("answers");
    let mut all: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for row in answers.rows.iter().filter(|row| !row[0].contains("-FEL-")) {
        let mine = answers.text(row, "survey") == "relation"
            && answers.text(row, "wave").starts_with(wave);
        if mine && !answers.text(row, "value").is_empty() {
            let scores = all
                .entry(answers.text(row, "response_id").to_string())
                .or_default();
            scores.insert(
                answers.text(row, "question").to_string(),
                answers.number(row, "value"),
            );
        }
    }
    all.into_iter()
        .map(|(id, scores)| (format!("K{}", &id[1..8]), scores))
        .collect()
}

#[test]
fn late_deliveries_are_as_frequent_as_planted_for_each_carrier() {
    let made = company();
    let orders = made.valid_orders();
    for (carrier, planted) in [("P01", 0.05), ("P02", 0.04), ("P03", 0.24), ("P04", 0.06)] {
        let shipped: Vec<_> = orders
            .rows
            .iter()
            .filter(|row| {
                orders.text(row, "line_no") == "1" && orders.text(row, "partner_id") == carrier
            })
            .filter(|row| !orders.text(row, "delivered_on").is_empty())
            .collect();
        let late = shipped
            .iter()
            .filter(|row| orders.text(row, "delivered_on") > orders.text(row, "promised_on"))
            .count();
        let share = late as f64 / shipped.len() as f64;
        near(carrier, share, share_error(planted, shipped.len()), planted);
        assert!((share - made.value(&format!("partners.{carrier}.late_share"))).abs() < 1e-9);
    }
}

#[test]
fn drivers_come_back_from_complete_answers_and_null_attributes_move_nothing() {
    let made = company();
    let keys: Vec<String> = made
        .truth
        .truths
        .iter()
        .filter_map(|known| {
            known
                .key
                .strip_prefix("drivers.")?
                .strip_suffix(".effect")
                .map(str::to_string)
        })
        .collect();
    assert_eq!(keys.len(), 9);
    let complete: Vec<_> = responses(made, "20")
        .into_iter()
        .filter(|(_, scores)| keys.iter().all(|key| scores.contains_key(key)))
        .collect();
    let rows: Vec<Vec<f64>> = complete
        .iter()
        .map(|(_, scores)| keys.iter().map(|key| scores[key]).collect())
        .collect();
    let outcome: Vec<f64> = complete
        .iter()
        .map(|(_, scores)| scores["satisfaction"])
        .collect();
    assert!(rows.len() > 1_000, "{}", rows.len());
    for (key, (slope, error)) in keys.iter().zip(least_squares(&rows, &outcome)) {
        near(
            key,
            slope,
            error,
            made.value(&format!("drivers.{key}.effect")),
        );
    }
    for null in ["store_atmosphere", "newsletter"] {
        let at = keys.iter().position(|key| key == null).unwrap();
        let alone: Vec<Vec<f64>> = rows.iter().map(|row| vec![row[at]]).collect();
        let (slope, error) = least_squares(&alone, &outcome)[0];
        near(null, slope, error, 0.0);
    }
    assert_eq!(made.truth.null_attributes.len(), 3);
}

#[test]
fn importance_shares_sum_to_one_and_the_strongest_driver_leads() {
    let made = company();
    let shares: Vec<(&str, f64)> = made
        .truth
        .truths
        .iter()
        .filter(|known| known.key.ends_with(".importance"))
        .map(|known| (known.key.as_str(), known.value))
        .collect();
    assert!((shares.iter().map(|(_, share)| share).sum::<f64>() - 1.0).abs() < 1e-9);
    let top = shares.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert_eq!(top.0, "drivers.delivery_on_time.importance");
}

#[test]
fn leaving_at_renewals_happens_as_often_as_its_probability_says() {
    let made = company();
    let contracts = made.sheet("contracts");
    let mut seen = [(0usize, 0usize); 2];
    for row in &contracts.rows {
        let start: jiff::civil::Date = contracts.text(row, "started_on").parse().unwrap();
        let ended = contracts
            .text(row, "ended_on")
            .parse::<jiff::civil::Date>()
            .ok();
        for year in 1..=6i16 {
            let due = jiff::civil::date(start.year() + year, start.month(), 1);
            if due > jiff::civil::date(2026, 6, 30) || ended.is_some_and(|ended| ended < due) {
                break;
            }
            let class = &mut seen[usize::from(year > 1)];
            class.0 += usize::from(ended == Some(due));
            class.1 += 1;
        }
    }
    for ((left, due), key) in seen
        .into_iter()
        .zip(["hazard.first_renewal", "hazard.later_renewal"])
    {
        let share = left as f64 / due as f64;
        near(key, share, share_error(share, due), made.value(key));
        assert!((share - made.value(&format!("{key}.realised"))).abs() < 1e-9);
    }
}

#[test]
fn what_happened_to_retention_agrees_with_what_was_expected() {
    let made = company();
    let (happened, expected) = (
        made.value("retention.12m"),
        made.value("retention.12m.expected"),
    );
    let n = made.value("retention.12m.base") as usize;
    near("retention", happened, share_error(expected, n), expected);
}

/// Contract status a year after a day, for customers in an activity.
fn stayed(made: &Made, activity: &str, until: &str) -> BTreeMap<String, (Vec<bool>, usize)> {
    let contracts = made.sheet("contracts");
    let ended: BTreeMap<&str, &str> = contracts
        .rows
        .iter()
        .map(|row| {
            (
                contracts.text(row, "customer_id"),
                contracts.text(row, "ended_on"),
            )
        })
        .collect();
    let exposures = made.sheet("exposures");
    let mut arms: BTreeMap<String, (Vec<bool>, usize)> = BTreeMap::new();
    for row in exposures
        .rows
        .iter()
        .filter(|row| exposures.text(row, "activity_id") == activity)
    {
        let Some(end) = ended.get(exposures.text(row, "customer_id")) else {
            continue;
        };
        let arm = arms
            .entry(exposures.text(row, "arm").to_string())
            .or_default();
        arm.0.push(end.is_empty() || *end > until);
        arm.1 += 1;
    }
    arms
}

#[test]
fn the_randomised_activity_shows_its_effect_between_the_arms() {
    let made = company();
    let arms = stayed(made, "AKT01", "2026-03-30");
    let share = |arm: &str| {
        let (kept, n) = &arms[arm];
        (
            kept.iter().filter(|kept| **kept).count() as f64 / *n as f64,
            *n,
        )
    };
    let ((treated, n1), (control, n0)) = (share("treated"), share("control"));
    let error = (share_error(treated, n1).powi(2) + share_error(control, n0).powi(2)).sqrt();
    let truth = made.value("activity.AKT01.effect_retention");
    assert!(truth > 0.02);
    near("AKT01", treated - control, error, truth);
}

/// Customers active a year before the end: id, log orders, margin, tenure, company, contract, retained.
fn year(made: &Made) -> BTreeMap<String, ([f64; 5], f64)> {
    let customers = made.sheet("customers");
    let contracts = made.sheet("contracts");
    let orders = made.valid_orders();
    let mut before: BTreeMap<String, (BTreeSet<String>, i64)> = BTreeMap::new();
    let mut after: BTreeSet<String> = BTreeSet::new();
    for row in &orders.rows {
        let (day, id) = (
            orders.text(row, "ordered_on"),
            orders.text(row, "customer_id").to_string(),
        );
        if day > "2024-06-30" && day <= "2025-06-30" {
            let entry = before.entry(id).or_default();
            entry.0.insert(row[0].to_string());
            entry.1 += orders.ore(row, "net_amount") - orders.ore(row, "goods_cost");
            entry.1 -= orders.ore(row, "freight_cost") + orders.ore(row, "returned_amount");
        } else if day > "2025-06-30" {
            after.insert(id);
        }
    }
    let mut result = BTreeMap::new();
    let mut signed: BTreeMap<&str, (bool, bool, f64)> = BTreeMap::new();
    for row in &contracts.rows {
        let (start, end) = (
            contracts.text(row, "started_on"),
            contracts.text(row, "ended_on"),
        );
        let in_force = |day: &str| start <= day && (end.is_empty() || end > day);
        let months = (0..12)
            .map(|m| {
                format!(
                    "{}-{:02}-01",
                    if m < 6 { 2024 } else { 2025 },
                    (m + 6) % 12 + 1
                )
            })
            .filter(|day| in_force(day))
            .count();
        let margin = (contracts.number(row, "monthly_amount")
            - contracts.number(row, "monthly_cost"))
            * months as f64;
        let status = (in_force("2025-06-30"), in_force("2026-06-30"), margin);
        signed.insert(contracts.text(row, "customer_id"), status);
    }
    let then: jiff::civil::Date = "2025-06-30".parse().unwrap();
    for row in customers.rows.iter().filter(|row| !row[0].ends_with('B')) {
        let id = &row[0];
        let bought = before.get(id);
        let (held, holds, margin) = signed.get(id).copied().unwrap_or_default();
        if bought.is_none() && !held {
            continue;
        }
        let (count, ore) = bought.map_or((0, 0), |(orders, ore)| (orders.len(), *ore));
        let acquired: jiff::civil::Date = customers.text(row, "acquired_on").parse().unwrap();
        let tenure = f64::from((then - acquired).get_days()) / 365.25;
        let company = f64::from(customers.text(row, "kind") == "company");
        let covariates = [
            (count as f64).ln_1p(),
            ore as f64 / 100.0 + margin,
            tenure,
            company,
            f64::from(held),
        ];
        result.insert(
            id.to_string(),
            (covariates, f64::from(holds || after.contains(id))),
        );
    }
    result
}

#[test]
fn the_oracle_counts_the_same_active_customers_as_anyone_can_from_the_files() {
    let made = company();
    let active = year(made);
    assert_eq!(active.len() as f64, made.value("retention.12m.base"));
    let kept: f64 = active.values().map(|(_, kept)| kept).sum();
    assert!((kept / active.len() as f64 - made.value("retention.12m")).abs() < 1e-12);
}

#[test]
fn the_link_from_saying_to_doing_comes_back_from_those_who_answered() {
    let made = company();
    let active = year(made);
    let answered: Vec<_> = responses(made, "2025-06")
        .into_iter()
        .filter_map(|(id, scores)| Some((scores.get("satisfaction").copied()?, active.get(&id)?)))
        .collect();
    let spread = made.value("link.satisfaction_deviation");
    let rows: Vec<Vec<f64>> = answered
        .iter()
        .map(|(satisfaction, (covariates, _))| {
            let [orders, margin, tenure, company, contract] = covariates;
            vec![
                satisfaction / spread,
                *orders,
                margin / 1_000.0,
                *tenure,
                *company,
                *contract,
            ]
        })
        .collect();
    let outcome: Vec<f64> = answered.iter().map(|(_, (_, kept))| *kept).collect();
    let (slope, error) = least_squares(&rows, &outcome)[0];
    near("link.say_do", slope, error, made.value("link.say_do"));
    assert!(made.value("link.say_do") > 0.015);
}

#[test]
fn those_who_answer_are_more_content_than_all() {
    let made = company();
    assert!(
        made.value("survey.satisfaction_answered") > made.value("survey.satisfaction_all") + 0.05
    );
}

#[test]
fn the_gift_to_the_best_looks_good_and_does_nothing() {
    let made = company();
    let exposures = made.sheet("exposures");
    let gifted: BTreeSet<&str> = exposures
        .rows
        .iter()
        .filter(|row| exposures.text(row, "activity_id") == "AKT03")
        .map(|row| exposures.text(row, "customer_id"))
        .collect();
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for (id, (_, kept)) in year(made) {
        if gifted.contains(id.as_str()) {
            with.push(kept)
        } else {
            without.push(kept)
        }
    }
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    assert!(
        mean(&with) - mean(&without) > 0.04,
        "{} {}",
        mean(&with),
        mean(&without)
    );
    assert_eq!(made.value("activity.AKT03.effect_retention"), 0.0);
}

#[test]
fn two_lists_tell_how_many_faults_are_hidden() {
    let made = company();
    let incidents = made.sheet("incidents");
    let told = |row: &&csv::StringRecord| !incidents.text(row, "reported_on").is_empty();
    let caught = |row: &&csv::StringRecord| incidents.text(row, "known_from") == "operations";
    let n1 = incidents.rows.iter().filter(told).count() as f64;
    let n2 = incidents.rows.iter().filter(caught).count() as f64;
    let both = incidents
        .rows
        .iter()
        .filter(|row| told(row) && caught(row))
        .count() as f64;
    let total = (n1 + 1.0) * (n2 + 1.0) / (both + 1.0) - 1.0;
    let variance =
        (n1 + 1.0) * (n2 + 1.0) * (n1 - both) * (n2 - both) / ((both + 1.0).powi(2) * (both + 2.0));
    near(
        "faults",
        total,
        variance.sqrt(),
        made.value("incidents.total"),
    );
}

#[test]
fn the_hunting_store_sells_more_at_the_end_of_quarters() {
    let made = company();
    assert!(
        made.value("deals.unit.B07.quarter_end_share")
            > made.value("deals.quarter_end_share") + 0.04
    );
    assert!(made.value("deals.unit.B07.pulled_share") > made.value("deals.unit.B07.created_share"));
}

#[test]
fn critical_cases_deserve_more_minutes_and_simple_ones_fewer() {
    let made = company();
    let best = |reason: &str| made.value(&format!("service_level.{reason}.best_minutes"));
    assert!(best("fault_report") > 9.0 && best("terms_or_leave") > 9.0);
    assert!(best("login") < 3.0 && best("delivery_status") < 3.0);
    assert!(made.value("service_level.login.failed_loss") == 0.0);
}

#[test]
fn longer_contacts_solve_more_than_raw_numbers_show() {
    let made = company();
    let interactions = made.sheet("interactions");
    let cases: Vec<_> = interactions
        .rows
        .iter()
        .filter(|row| interactions.text(row, "reason") == "fault_report")
        .map(|row| {
            let minutes = interactions.number(row, "minutes").ln();
            let complexity = interactions.number(row, "x_complexity");
            (
                minutes,
                complexity,
                f64::from(interactions.text(row, "resolved") == "true"),
            )
        })
        .collect();
    let outcome: Vec<f64> = cases.iter().map(|case| case.2).collect();
    let raw: Vec<Vec<f64>> = cases.iter().map(|case| vec![case.0]).collect();
    let adjusted: Vec<Vec<f64>> = cases.iter().map(|case| vec![case.0, case.1]).collect();
    let (raw, adjusted) = (
        least_squares(&raw, &outcome)[0],
        least_squares(&adjusted, &outcome)[0],
    );
    assert!(
        adjusted.0 > raw.0 + 0.02 && adjusted.0 > 3.0 * adjusted.1,
        "{raw:?} {adjusted:?}"
    );
}

#[test]
fn planted_flaws_are_in_the_files() {
    let made = company();
    for flaw in &made.truth.planted_flaws {
        if flaw.example.is_empty() {
            continue;
        }
        let sheet = made.sheet(&flaw.table);
        assert!(
            sheet.rows.iter().any(|row| row[0] == flaw.example),
            "{flaw:?}"
        );
    }
    let kinds: BTreeSet<&str> = made
        .truth
        .planted_flaws
        .iter()
        .map(|flaw| flaw.kind.as_str())
        .collect();
    assert_eq!(
        kinds,
        BTreeSet::from([
            "duplicate_customer",
            "exact_duplicate",
            "missing",
            "reject",
            "typo"
        ])
    );
}

/// Raw contacts say little of what a minute does: hard cases take long and fail. Who answers is drawn by lot, and the
/// groups' habits tell.
#[test]
fn what_a_minute_does_shows_between_groups_and_hides_in_raw_contacts() {
    let made = company();
    let contacts = made.sheet("interactions");
    let seen: Vec<(&str, f64, f64)> = contacts
        .rows
        .iter()
        .filter(|row| contacts.text(row, "reason") == "fault_report")
        .filter(|row| contacts.text(row, "repeat_of").is_empty())
        .map(|row| {
            let solved = f64::from(contacts.text(row, "resolved") == "true");
            let group = contacts.text(row, "employee_group");
            (group, contacts.number(row, "minutes").ln(), solved)
        })
        .collect();
    let n = seen.len() as f64;
    let mut groups: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (group, minutes, _) in &seen {
        let sum = groups.entry(group).or_default();
        *sum = (sum.0 + minutes, sum.1 + 1.0);
    }
    let mean = |of: &dyn Fn(&(&str, f64, f64)) -> f64| seen.iter().map(of).sum::<f64>() / n;
    let (minutes, solved) = (mean(&|row| row.1), mean(&|row| row.2));
    let habit = |row: &(&str, f64, f64)| groups[row.0].0 / groups[row.0].1 - minutes;
    let raw = mean(&|row| (row.1 - minutes) * (row.2 - solved))
        / mean(&|row| (row.1 - minutes) * (row.1 - minutes));
    let moved = mean(&|row| habit(row) * (row.1 - minutes));
    let by_group = mean(&|row| habit(row) * (row.2 - solved)) / moved;
    let error = (solved * (1.0 - solved) / n).sqrt() / mean(&|row| habit(row).powi(2)).sqrt();
    // Mean slope of the planted curve over difficulties and over the minutes that were used.
    let gain = 3.0;
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    let (mut slope, mut mass) = (0.0, 0.0);
    for step in -40..=40 {
        let difficulty = 0.1 * f64::from(step);
        let weight = (-0.5 * difficulty * difficulty).exp();
        let solves = logistic(1.3 + gain * 0.25 * difficulty - 1.3 * difficulty);
        slope += weight * gain * solves * (1.0 - solves);
        mass += weight;
    }
    let told = made.value("service_level.fault_report.gain");
    assert!(told < gain && told > 0.85 * gain, "{told}");
    near("slope between groups", by_group, error, slope / mass);
    assert!(raw < 0.5 * slope / mass, "{raw} against {}", slope / mass);
}
