//! Are staggered differences those of an independent program, for every choice it offers?

use odla_stats::causal::did::{
    self, Adjustment, Aggregation, Base, Control, DidConfig, GroupTimeEffects, Staggered,
};

const PANEL: &str = include_str!("../../data/causal/did_panel.csv");
const EXPECTED: &str = include_str!("../../data/causal/did_expected.csv");

struct Panel {
    outcome: Vec<f64>,
    period: Vec<i64>,
    first_treated: Vec<Option<i64>>,
    unit: Vec<usize>,
    columns: Vec<Vec<f64>>,
    names: Vec<String>,
}

fn panel() -> Panel {
    let mut panel = Panel {
        outcome: Vec::new(),
        period: Vec::new(),
        first_treated: Vec::new(),
        unit: Vec::new(),
        columns: vec![Vec::new(); 2],
        names: vec!["x".to_owned(), "z".to_owned()],
    };
    for line in PANEL.lines().skip(1) {
        let cells: Vec<f64> = line
            .split(',')
            .map(|c| c.parse().expect("is a number"))
            .collect();
        panel.unit.push(cells[0] as usize);
        panel.period.push(cells[1] as i64);
        panel
            .first_treated
            .push((cells[2] > 0.0).then_some(cells[2] as i64));
        panel.outcome.push(cells[3]);
        panel.columns[0].push(cells[4]);
        panel.columns[1].push(cells[5]);
    }
    panel
}

/// The effects for a choice named as in the expected file: panel or samples, method, controls, base, covariates.
fn effects(panel: &Panel, name: &str) -> GroupTimeEffects {
    let words: Vec<&str> = name.split('/').collect();
    let data = Staggered {
        outcome: &panel.outcome,
        period: &panel.period,
        first_treated: &panel.first_treated,
        unit: (words[0] == "panel").then_some(panel.unit.as_slice()),
        columns: if words[4] == "xz" {
            &panel.columns
        } else {
            &[]
        },
        names: if words[4] == "xz" { &panel.names } else { &[] },
        clusters: None,
    };
    let config = DidConfig {
        adjustment: match words[1] {
            "dr" => Adjustment::DoublyRobust,
            "reg" => Adjustment::OutcomeRegression,
            _ => Adjustment::Weighting,
        },
        control: match words[2] {
            "nevertreated" => Control::Never,
            _ => Control::NotYet,
        },
        base: match words[3] {
            "varying" => Base::Varying,
            _ => Base::Universal,
        },
        draws: 99,
        small_samples: false,
        level: 0.95,
        ..DidConfig::standard()
    };
    did::estimate(&data, &config).expect("the case is sound")
}

fn part(effects: &GroupTimeEffects, kind: &str, at: i64) -> (f64, f64) {
    let word = kind.split(' ').next().unwrap_or_default();
    let aggregation = match word {
        "simple" => Aggregation::Simple,
        "group" => Aggregation::Group,
        "dynamic" => Aggregation::Event,
        _ => Aggregation::Calendar,
    };
    let joined = did::aggregate(effects, aggregation).expect("the case is sound");
    let own = joined.parts.iter().find(|p| p.at == at).map(|p| p.effect);
    let told = if kind.ends_with("overall") {
        joined.overall
    } else {
        own.expect("the case is sound")
    };
    (told.value, told.standard_error)
}

#[test]
fn group_time_effects_and_their_four_means_are_those_of_csdid_0_4_3() {
    let panel = panel();
    let mut known: Option<(String, GroupTimeEffects)> = None;
    let (mut compared, mut worst) = (0, (0.0_f64, 0.0_f64));
    for line in EXPECTED.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let numbers: Vec<f64> = cells[2..]
            .iter()
            .map(|c| c.parse().unwrap_or(f64::NAN))
            .collect();
        if known.as_ref().is_none_or(|(name, _)| name != cells[0]) {
            known = Some((cells[0].to_owned(), effects(&panel, cells[0])));
        }
        let (_, effects) = known.as_ref().unwrap();
        let (a, b) = (numbers[0] as i64, numbers[1] as i64);
        // The other program lists the base itself, 0 without error.
        if numbers[2] == 0.0 {
            continue;
        }
        let (value, error) = if cells[1] == "cell" {
            let cell = effects
                .cells
                .iter()
                .find(|c| c.group == a && c.period == b)
                .unwrap();
            (cell.effect.value, cell.effect.standard_error)
        } else {
            part(effects, cells[1], a)
        };
        // Its standard errors divide by n where ours divide by n - 1.
        let n = effects.units as f64;
        let theirs = numbers[3] * (n / (n - 1.0)).sqrt();
        worst.0 = worst.0.max((value - numbers[2]).abs());
        worst.1 = worst.1.max((error / theirs - 1.0).abs());
        if (value - numbers[2]).abs() > 1e-9 || (error / theirs - 1.0).abs() > 1e-9 {
            eprintln!("{line}: {value} {error} ({})", error / theirs);
        }
        compared += 1;
    }
    eprintln!("{compared} effects compared, largest gaps {worst:?}");
    assert!(compared > 550 && worst.0 < 1e-9 && worst.1 < 1e-9);
}
