//! Is every number of the data folder's `REFERENCE.md` held by a test, and are those that no other file holds right?

use std::collections::{BTreeMap, BTreeSet};

use odla_stats::btyd::{History, bg_nbd, gamma_gamma, pareto_nbd};
use odla_stats::causal::randomized;
use odla_stats::regression::{Errors, FitConfig, Sample, Weights, linear, logistic};
use odla_stats::survival::cox::{self, CoxConfig, CoxSample, Ties};
use odla_stats::survival::spells::Spells;

use crate::data::{read_columns, read_text};

/// Integers of three digits and more that are no results: a customer's number, years, a row of column heads.
const NOT_RESULTS: [&str; 6] = ["1516", "1997", "2006", "2013", "2017", "01234567"];
/// Figures of a program that REFERENCE.md names as wrong.
const WRONG: [&str; 1] = ["0.493648"];

#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

#[test]
fn every_number_of_the_reference_file_stands_in_a_test() {
    let Some(text) = read_text("reference", "REFERENCE.md") else {
        return;
    };
    let held = numbers_of_the_tests();
    let results = text.split_once("\n## ").expect("it has sections").1;
    let missing: BTreeSet<String> = numbers_in(&without_dates(results))
        .into_iter()
        .filter(|number| number.contains('.') || number.len() > 2)
        .filter(|number| !NOT_RESULTS.contains(&number.as_str()))
        .filter(|number| !WRONG.contains(&number.as_str()))
        .filter(|number| !is_held(number, &held))
        .collect();
    assert!(missing.is_empty(), "in no test: {missing:?}");
}

/// Equal as numbers, or the same digits as far as both are written (six at least).
fn is_held(number: &str, held: &BTreeSet<String>) -> bool {
    let value: f64 = number.parse().expect("a number");
    held.iter().any(|own| {
        let alike = own.starts_with(number) || number.starts_with(own.as_str());
        own.parse::<f64>().is_ok_and(|own| own == value)
            || (alike && own.len().min(number.len()) >= 8)
    })
}

fn numbers_of_the_tests() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/published");
    let files = std::fs::read_dir(folder).expect("the folder of this file");
    files
        .map(|file| file.expect("a file").path())
        .flat_map(|path| {
            let text = std::fs::read_to_string(path).expect("a source file");
            numbers_in(&text.replace('_', ""))
        })
        .collect()
}

/// Unsigned numbers with their decimals; commas between digits are thousands.
fn numbers_in(text: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut now = String::new();
    let characters: Vec<char> = text.chars().chain([' ']).collect();
    for pair in characters.windows(2) {
        let (c, next) = (pair[0], pair[1]);
        let inside = !now.is_empty() && next.is_ascii_digit();
        match c {
            '0'..='9' => now.push(c),
            '.' if inside && !now.contains('.') => now.push(c),
            ',' if inside => {}
            _ if now.is_empty() => {}
            _ => numbers.push(std::mem::take(&mut now)),
        }
    }
    numbers
}

/// Dates written 1997-09-30 are no results.
fn without_dates(text: &str) -> String {
    let is_date = |word: &&str| {
        let plain = word.trim_matches(|c: char| !c.is_ascii_digit());
        plain.len() == 10 && plain.split('-').count() == 3
    };
    let words = text.split_whitespace().filter(|word| !is_date(word));
    words.collect::<Vec<_>>().join(" ")
}

/// One customer of the CDNOW sample: days of purchase with the amount of each.
type Days = BTreeMap<i32, f64>;

/// Last day of the calibration, 1997-09-30, counted from 1997-01-01 = 0.
const END: i32 = 272;

fn cdnow(test: &str) -> Option<Vec<Days>> {
    let text = read_text(test, "cdnow/cdnow_sample.csv")?;
    let mut customers = BTreeMap::<&str, Days>::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let amount: f64 = cells[4].parse().expect("an amount");
        let days = customers.entry(cells[1]).or_default();
        *days.entry(day_of(cells[2])).or_default() += amount;
    }
    Some(customers.into_values().collect())
}

fn day_of(date: &str) -> i32 {
    const BEFORE: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let parts: Vec<i32> = date
        .split('-')
        .map(|p| p.parse().expect("a number"))
        .collect();
    (parts[0] - 1997) * 365 + BEFORE[parts[1] as usize - 1] + parts[2] - 1
}

fn history(customers: &[Days]) -> History {
    let mut columns = [const { Vec::new() }; 3];
    for days in customers {
        let within: Vec<i32> = days.keys().copied().filter(|d| *d <= END).collect();
        let (first, last) = (within[0], within[within.len() - 1]);
        columns[0].push(within.len() as f64 - 1.0);
        columns[1].push(f64::from(last - first) / 7.0);
        columns[2].push(f64::from(END - first) / 7.0);
    }
    let [x, t_x, t] = columns;
    History::new(&x, &t_x, &t).expect("valid")
}

/// The estimates printed by Fader, Hardie & Lee 2005, the BTYD walkthrough and CLVTools' tests, to their digits.
#[test]
fn cdnow_estimates_are_those_that_three_programs_print() {
    let Some(customers) = cdnow("cdnow estimates") else {
        return;
    };
    assert_eq!(customers.len(), 2357);
    let history = history(&customers);
    let bg = bg_nbd::fit(&history).expect("fits");
    let p = bg.parameters;
    let printed = [
        (p.r, [0.243, 0.2425967, 0.2425945, 0.24259453]),
        (p.alpha, [4.414, 4.413659, 4.4136019, 4.41360213]),
        (p.a, [0.793, 0.7929869, 0.7929199, 0.79292193]),
        (p.b, [2.426, 2.426164, 2.4258881, 2.42590645]),
    ];
    for (got, [paper, btyd, clvtools, recomputed]) in printed {
        close(got, paper, 6e-4);
        close(got, btyd, 1.2e-4 * btyd);
        close(got, clvtools, 1e-5 * clvtools);
        close(got, recomputed, 1e-6 * recomputed);
    }
    close(bg.log_likelihood, -9582.4, 0.05);
    close(bg.log_likelihood, -9582.429, 6e-4);
    close(bg.log_likelihood, -9582.429206673929, 1e-8);
    let pareto = pareto_nbd::fit(&history).expect("fits");
    let p = pareto.parameters;
    let printed = [
        (p.r, [0.553, 0.553, 0.55315, 0.55327706]),
        (p.alpha, [10.578, 10.580, 10.57633, 10.57768355]),
        (p.s, [0.606, 0.606, 0.60625, 0.60623984]),
        (p.beta, [11.669, 11.656, 11.67150, 11.66873087]),
    ];
    // The top is flat: the programs differ in the fourth digit of beta at the same likelihood.
    for (got, [paper, btyd, clvtools, recomputed]) in printed {
        close(got, paper, 6e-4);
        close(got, btyd, 1.2e-3 * btyd);
        close(got, clvtools, 3e-4 * clvtools);
        close(got, recomputed, 1e-5 * recomputed);
    }
    close(pareto.log_likelihood, -9595.0, 0.05);
    close(pareto.log_likelihood, -9594.976, 6e-4);
    close(pareto.log_likelihood, -9594.976178939542, 1e-7);
}

/// Fader & Hardie 2013 and its recomputation from exact means of the repeat transactions.
#[test]
fn cdnow_spend_from_exact_means_is_the_printed_fit() {
    let Some(customers) = cdnow("cdnow spend") else {
        return;
    };
    let (mut x, mut mean) = (Vec::new(), Vec::new());
    for days in &customers {
        let repeats: Vec<f64> = (days.iter().filter(|(d, _)| **d <= END))
            .skip(1)
            .map(|(_, amount)| *amount)
            .collect();
        x.push(repeats.len() as f64);
        let n = repeats.len().max(1) as f64;
        mean.push(repeats.iter().sum::<f64>() / n);
    }
    let spend = gamma_gamma::SpendHistory::new(&x, &mean).expect("valid");
    let fit = gamma_gamma::fit(&spend).expect("fits");
    let p = fit.parameters;
    let printed = [
        (p.p, 6.2495715, 6.25),
        (p.q, 3.74422494, 3.74),
        (p.v, 15.44352418, 15.44),
    ];
    for (got, recomputed, paper) in printed {
        close(got, recomputed, 2e-6 * recomputed);
        close(got, paper, 6e-3);
    }
    close(fit.log_likelihood, -4055.9177, 6e-5);
    close(fit.log_likelihood, -4055.917694801869, 1e-8);
}

/// The same from means rounded to two decimals, as they stand in the summary file; and the sizes of two other files.
#[test]
fn cdnow_spend_from_rounded_means_and_the_sizes_of_the_files_are_known() {
    let names = ["x", "zbar"];
    let file = "cdnow/cdnow_summary_monetary.csv";
    let Some(columns) = read_columns("cdnow rounded", file, &names) else {
        return;
    };
    let spend = gamma_gamma::SpendHistory::new(&columns[0], &columns[1]).expect("valid");
    let fit = gamma_gamma::fit(&spend).expect("fits");
    close(fit.log_likelihood, -4055.9232435028616, 1e-8);
    let master = read_text("cdnow rounded", "cdnow/cdnow_master.csv").expect("beside it");
    let ids = master
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next());
    assert_eq!(ids.collect::<BTreeSet<_>>().len(), 23570);
    let donors = read_columns("cdnow rounded", "donations/donations.csv", &["weights"]);
    assert_eq!(donors.expect("beside it")[0].iter().sum::<f64>(), 11104.0);
}

/// Fader & Hardie 2013's estimates (before rounding) on the first ten customers, as kept in the tests of lifetimes.
#[test]
fn cdnow_first_ten_customers_expected_means_are_printed() {
    let test = "cdnow expected means";
    let names = ["x", "zbar"];
    let Some(columns) = read_columns(test, "cdnow/cdnow_summary_monetary.csv", &names) else {
        return;
    };
    let p = gamma_gamma::GammaGamma {
        p: 6.24880386,
        q: 3.74458832,
        v: 15.44774361,
    };
    let printed = [
        24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17,
    ];
    for (row, want) in printed.into_iter().enumerate() {
        let got = p.expected_value(columns[0][row], columns[1][row]);
        close(got.expect("finite"), want, 0.01);
    }
}

/// Actual cumulative repeat transactions of the BTYD walkthrough's tracking table, periods 20 to 25.
#[test]
fn cdnow_cumulative_repeat_transactions_are_counted_as_in_the_walkthrough() {
    let Some(customers) = cdnow("cdnow actual") else {
        return;
    };
    for (week, want) in (20..).zip([1359, 1414, 1484, 1517, 1573, 1672]) {
        let repeats = customers.iter().flat_map(|days| days.keys().skip(1));
        assert_eq!(repeats.filter(|d| **d < 7 * week).count(), want, "{week}");
    }
}

/// Counts, rates, sums and spreads of the three groups of the e-mail test.
#[test]
fn hillstrom_groups_are_the_known_ones() {
    let Some(text) = read_text("Hillstrom", "hillstrom/hillstrom.csv") else {
        return;
    };
    let mut groups = BTreeMap::<String, [Vec<f64>; 3]>::new();
    for line in text.lines().skip(1).filter(|l| !l.trim().is_empty()) {
        let cells: Vec<&str> = line.trim().rsplit(',').collect();
        let own = groups.entry(cells[3].to_owned()).or_default();
        for (column, place) in own.iter_mut().zip([2, 1, 0]) {
            column.push(cells[place].parse().expect("a number"));
        }
    }
    let known = [
        (
            "Mens E-Mail",
            [21307.0, 3894.0, 267.0, 30311.69],
            [0.182757, 0.012531, 1.422617, 17.754205],
        ),
        (
            "Womens E-Mail",
            [21387.0, 3238.0, 189.0, 23038.11],
            [0.151400, 0.008837, 1.077202, 15.116106],
        ),
        (
            "No E-Mail",
            [21306.0, 2262.0, 122.0, 13908.33],
            [0.106167, 0.005726, 0.652789, 11.588200],
        ),
    ];
    for (name, [n, visits, conversions, spend], [visit, conversion, mean, sd]) in known {
        let [visited, converted, spent] = &groups[name];
        assert_eq!(visited.len() as f64, n);
        let sum = |values: &[f64]| values.iter().sum::<f64>();
        close(sum(visited), visits, 0.0);
        close(sum(converted), conversions, 0.0);
        close(sum(spent), spend, 1e-6);
        close(sum(visited) / n, visit, 5e-7);
        close(sum(converted) / n, conversion, 5e-7);
        close(sum(spent) / n, mean, 5e-7);
        let squares: f64 = spent.iter().map(|s| (s - sum(spent) / n).powi(2)).sum();
        close((squares / (n - 1.0)).sqrt(), sd, 5e-7);
    }
}

/// Standard errors as lifelines prints them with its usual stop, which leaves the sixth digit open.
#[test]
fn lung_errors_are_those_that_lifelines_prints() {
    let names = ["time", "status", "age", "sex", "ph.ecog"];
    let Some(columns) = read_columns("lung errors", "lung/lung.csv", &names) else {
        return;
    };
    let kept: Vec<usize> = (0..columns[0].len())
        .filter(|&row| columns.iter().all(|c| !c[row].is_nan()))
        .collect();
    assert_eq!(kept.len(), 227);
    let take = |j: usize| -> Vec<f64> { kept.iter().map(|&row| columns[j][row]).collect() };
    let event: Vec<bool> = take(1).iter().map(|s| *s == 2.0).collect();
    let names = ["age", "sex", "ph.ecog"].map(str::to_owned);
    let sample = CoxSample {
        spells: Spells {
            entry: None,
            time: &take(0),
            event: &event,
            weights: None,
        },
        columns: &[take(2), take(3), take(4)],
        names: &names,
        weights: Weights::Equal,
        strata: None,
        clusters: None,
    };
    let config = CoxConfig {
        ties: Ties::Efron,
        robust: false,
        level: 0.95,
    };
    let fit = cox::fit(&sample, &config).expect("fits");
    let printed = [0.0092674103, 0.1677389961, 0.1135772740];
    for (coefficient, want) in fit.coefficients.iter().zip(printed) {
        close(coefficient.estimate.standard_error, want, 2e-5 * want);
    }
}

struct Smokers {
    gain: Vec<f64>,
    quit: Vec<f64>,
    intensity: Vec<f64>,
    /// Squares of the measures, indicators of the classes, as in the book.
    confounders: Vec<Vec<f64>>,
    names: Vec<String>,
}

fn smokers() -> Option<Smokers> {
    let wanted = [
        "wt82_71",
        "qsmk",
        "sex",
        "race",
        "age",
        "smokeintensity",
        "smokeyrs",
        "wt71",
        "education",
        "exercise",
        "active",
    ];
    let columns = read_columns("NHEFS weights", "nhefs/nhefs_complete.csv", &wanted)?;
    let mut confounders = vec![columns[2].clone(), columns[3].clone()];
    for column in &columns[4..8] {
        confounders.push(column.clone());
        confounders.push(column.iter().map(|x| x * x).collect());
    }
    for (place, classes) in [(8, 2..=5), (9, 1..=2), (10, 1..=2)] {
        for class in classes {
            let is = |x: &f64| f64::from(u8::from(*x == f64::from(class)));
            confounders.push(columns[place].iter().map(is).collect());
        }
    }
    Some(Smokers {
        names: (0..confounders.len()).map(|j| format!("c{j}")).collect(),
        gain: columns[0].clone(),
        quit: columns[1].clone(),
        intensity: columns[5].clone(),
        confounders,
    })
}

fn sample<'a>(outcome: &'a [f64], columns: &'a [Vec<f64>], names: &'a [String]) -> Sample<'a> {
    Sample {
        outcome,
        columns,
        names,
        weights: Weights::Equal,
        clusters: None,
    }
}

const ROBUST: FitConfig = FitConfig {
    errors: Errors::Hc1,
    level: 0.95,
};

/// Hernan & Robins, What If, program 12.1 and the unadjusted difference: 2.54 (1.7 to 3.4).
#[test]
fn smokers_who_quit_gained_2_54_kg_more_unadjusted() {
    let Some(smokers) = smokers() else { return };
    let names = ["quit".to_owned()];
    let quit = [smokers.quit.clone()];
    let config = FitConfig {
        errors: Errors::Classical,
        ..ROBUST
    };
    let found = linear::fit(&sample(&smokers.gain, &quit, &names), &config).expect("fits");
    let effect = found.coefficients.table[1].estimate;
    close(effect.value, 2.54, 5e-3);
    close(effect.value, 2.5405814549558885, 1e-9);
    close(effect.interval.lower, 1.7, 0.06);
    close(effect.interval.upper, 3.4, 0.06);
}

/// What If, programs 12.2 and 12.3: both kinds of weights give 3.44 (2.4 to 4.5).
#[test]
fn smokers_weighted_by_the_chance_of_quitting_gained_3_44_kg_more() {
    let Some(smokers) = smokers() else { return };
    let config = FitConfig {
        errors: Errors::Classical,
        ..ROBUST
    };
    let own = sample(&smokers.quit, &smokers.confounders, &smokers.names);
    let chances = logistic::fit(&own, &config).expect("fits");
    let rows = smokers.quit.len();
    let share = smokers.quit.iter().sum::<f64>() / rows as f64;
    let weight = |row: usize, stabilized: bool| {
        let values: Vec<f64> = smokers.confounders.iter().map(|c| c[row]).collect();
        let chance = chances.predict(&values);
        let (seen, base) = match smokers.quit[row] == 1.0 {
            true => (chance, share),
            false => (1.0 - chance, 1.0 - share),
        };
        if stabilized { base / seen } else { 1.0 / seen }
    };
    for (stabilized, [low, high, mean]) in
        [(false, [1.05, 16.70, 2.00]), (true, [0.33, 4.30, 1.00])]
    {
        let weights: Vec<f64> = (0..rows).map(|row| weight(row, stabilized)).collect();
        let lowest = weights.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = weights.iter().copied().fold(0.0, f64::max);
        close(lowest, low, 6e-3);
        close(highest, high, 6e-3);
        close(weights.iter().sum::<f64>() / rows as f64, mean, 6e-3);
        let names = ["quit".to_owned()];
        let quit = [smokers.quit.clone()];
        let weighted = Sample {
            weights: Weights::Sampling(&weights),
            ..sample(&smokers.gain, &quit, &names)
        };
        let effect = linear::fit(&weighted, &ROBUST).expect("fits");
        let effect = effect.coefficients.table[1].estimate;
        close(effect.value, 3.44, 6e-3);
        close(effect.interval.lower, 2.4, 0.06);
        close(effect.interval.upper, 4.5, 0.06);
    }
}

/// What If, program 13.3: standardized over everyone, 3.52 (bootstrap 3.5, 2.6 to 4.5).
#[test]
fn smokers_standardized_over_everyone_gained_3_52_kg_more() {
    let Some(smokers) = smokers() else { return };
    let mut columns = smokers.confounders.clone();
    columns.push(smokers.quit.clone());
    let both = smokers.quit.iter().zip(&smokers.intensity);
    columns.push(both.map(|(q, i)| q * i).collect());
    let names: Vec<String> = (0..columns.len()).map(|j| format!("c{j}")).collect();
    let fit = linear::fit(&sample(&smokers.gain, &columns, &names), &ROBUST).expect("fits");
    // Everyone quitting less nobody: the mean of the two last coefficients' columns.
    let mean = smokers.intensity.iter().sum::<f64>() / smokers.intensity.len() as f64;
    let mut contrast = vec![0.0; names.len() + 1];
    contrast[names.len() - 1] = 1.0;
    contrast[names.len()] = mean;
    let effect = fit.coefficients.combination(&contrast, 0.95);
    close(effect.value, 3.52, 6e-3);
    close(effect.value, 3.5, 0.03);
    close(effect.interval.lower, 2.6, 0.11);
    close(effect.interval.upper, 4.5, 0.11);
}

/// Reviews of late and of other delivered orders; an order without a date of arrival counts as not late.
#[test]
fn olist_late_orders_are_scored_as_recomputed() {
    let Some(orders) = read_text("Olist late", "olist/sample_orders.csv") else {
        return;
    };
    let reviews = read_text("Olist late", "olist/sample_order_reviews.csv").expect("beside it");
    let late: BTreeMap<&str, bool> = (orders.lines().skip(1))
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| cells[2] == "delivered")
        .map(|cells| (cells[0], cells[6] > cells[7]))
        .collect();
    let (mut scores, mut were_late) = (Vec::new(), Vec::new());
    for line in reviews.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if let Some(late) = late.get(cells[0]) {
            scores.push(cells[1].parse().expect("a score"));
            were_late.push(*late);
        }
    }
    let mean = |late: bool| {
        let own = scores.iter().zip(&were_late).filter(|(_, l)| **l == late);
        let own: Vec<f64> = own.map(|(s, _)| *s).collect();
        (own.len(), own.iter().sum::<f64>() / own.len() as f64)
    };
    assert_eq!((mean(true).0, mean(false).0), (384, 4464));
    close(mean(true).1, 2.6067708, 5e-8);
    close(mean(false).1, 4.3214606, 5e-8);
    let found = randomized::compare(&scores, &were_late, None, 0.95).expect("sound");
    close(found.effect.value, 2.6067708 - 4.3214606, 1e-7);
}
