//! Do trial and adjusted comparison give the known effects of the e-mail test and of giving up smoking?

use odla_stats::causal::aipw::{self, AipwConfig, Observational};
use odla_stats::causal::randomized;

use crate::data::{read_columns, read_text};

struct Mailing {
    segment: Vec<String>,
    visit: Vec<f64>,
    conversion: Vec<f64>,
    spend: Vec<f64>,
    history: Vec<f64>,
}

fn hillstrom() -> Option<Mailing> {
    let text = read_text("Hillstrom", "hillstrom/hillstrom.csv")?;
    let mut mailing = Mailing {
        segment: Vec::new(),
        visit: Vec::new(),
        conversion: Vec::new(),
        spend: Vec::new(),
        history: Vec::new(),
    };
    for line in text.lines().skip(1).filter(|l| !l.trim().is_empty()) {
        // Counted from the end, since one class of the second column holds a comma.
        let cells: Vec<&str> = line.trim().rsplit(',').collect();
        let number = |place: usize| cells[place].parse::<f64>().expect("the case is sound");
        mailing.spend.push(number(0));
        mailing.conversion.push(number(1));
        mailing.visit.push(number(2));
        mailing.segment.push(cells[3].to_owned());
        mailing.history.push(number(9));
    }
    Some(mailing)
}

#[test]
fn hillstrom_effects_of_both_mailings_and_their_welch_errors_are_the_known_ones() {
    let Some(mailing) = hillstrom() else { return };
    let expected = [
        (
            "Mens E-Mail",
            [
                (0.07658956, 0.00338589),
                (0.00680501, 0.00092087),
                (0.76982716, 0.14524656),
            ],
        ),
        (
            "Womens E-Mail",
            [
                (0.04523311, 0.00323446),
                (0.00311106, 0.00082268),
                (0.42441222, 0.13033286),
            ],
        ),
    ];
    for (arm, figures) in expected {
        let rows: Vec<usize> = (0..mailing.segment.len())
            .filter(|&r| mailing.segment[r] == arm || mailing.segment[r] == "No E-Mail")
            .collect();
        let treated: Vec<bool> = rows.iter().map(|&r| mailing.segment[r] == arm).collect();
        let outcomes = [&mailing.visit, &mailing.conversion, &mailing.spend];
        for (outcome, (effect, error)) in outcomes.into_iter().zip(figures) {
            let own: Vec<f64> = rows.iter().map(|&r| outcome[r]).collect();
            let result = randomized::compare(&own, &treated, None, 0.95).unwrap();
            assert!((result.effect.value - effect).abs() < 6e-9);
            assert!((result.effect.standard_error - error).abs() < 6e-9);
            assert!(result.p_value < 0.01);
            let before: Vec<f64> = rows.iter().map(|&r| mailing.history[r]).collect();
            let adjusted = randomized::compare(&own, &treated, Some(&before), 0.95).unwrap();
            assert!(adjusted.effect.standard_error <= result.effect.standard_error);
            assert!(adjusted.effect.interval.contains(effect));
        }
    }
    let ratio = randomized::sample_ratio_p(&[21307.0, 21387.0, 21306.0], &[1.0, 1.0, 1.0]);
    assert!(ratio.unwrap() > 0.5);
}

/// Confounders of Hernan and Robins, What If: squares of the measures, indicators of the classes.
fn confounders(columns: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<String>) {
    let (mut all, mut names) = (Vec::new(), Vec::new());
    let mut push = |name: String, column: Vec<f64>| {
        names.push(name);
        all.push(column);
    };
    push("sex".to_owned(), columns[2].clone());
    push("race".to_owned(), columns[3].clone());
    for (place, name) in [
        (4, "age"),
        (5, "smokeintensity"),
        (6, "smokeyrs"),
        (7, "wt71"),
    ] {
        push(name.to_owned(), columns[place].clone());
        let squares = columns[place].iter().map(|x| x * x).collect();
        push(format!("{name} squared"), squares);
    }
    for (place, name, classes) in [
        (8, "education", 2..=5),
        (9, "exercise", 1..=2),
        (10, "active", 1..=2),
    ] {
        for class in classes {
            let is = |x: &f64| f64::from(*x == f64::from(class));
            push(
                format!("{name} {class}"),
                columns[place].iter().map(is).collect(),
            );
        }
    }
    (all, names)
}

#[test]
fn giving_up_smoking_adds_3_4_to_3_5_kg_as_in_what_if() {
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
    let Some(columns) = read_columns("NHEFS", "nhefs/nhefs_complete.csv", &wanted) else {
        return;
    };
    let treated: Vec<bool> = columns[1].iter().map(|q| *q == 1.0).collect();
    let (confounders, names) = confounders(&columns);
    let data = Observational {
        outcome: &columns[0],
        treated: &treated,
        columns: &confounders,
        names: &names,
        clusters: None,
    };
    let config = AipwConfig {
        level: 0.95,
        ..AipwConfig::standard()
    };
    let result = aipw::estimate(&data, &config).unwrap();
    eprintln!(
        "NHEFS: {:?}, {:.3} trimmed",
        result.effect, result.share_trimmed
    );
    assert!((result.unadjusted.value - 2.5405814549558885).abs() < 1e-9);
    assert!((3.35..=3.55).contains(&result.effect.value));
    assert!((2.2..=2.7).contains(&result.effect.interval.lower));
    assert!((4.2..=4.7).contains(&result.effect.interval.upper));
    assert!(result.balance.iter().all(|b| b.after.abs() < 0.1));
}
