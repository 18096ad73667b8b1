//! What is fed to each parser and each fit?

use crate::shared::{mapping::Mapping, parse};
use crate::seeds::{self, PATH_PLAN};
use crate::{damage, files};
use jiff::tz::TimeZone;
use odla_domain::Report;
use odla_domain::trial::TrialPlan;
use odla_fit::{Columns, FitError, Options};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

/// One case; true when the input was accepted.
type Run = Box<dyn Fn(&mut ChaCha8Rng) -> bool>;

pub struct Target {
    pub name: String,
    pub run: Run,
}

/// Designs of an effect, each a target of its own.
const DESIGNS: [&str; 13] = [
    "rct", "cuped", "any-time", "matched", "aipw", "dml", "dose-response", "iv", "did", "event-study", "synthetic-control",
    "distributed-lag", "surrogate",
];

/// Every parser, every method of a plain file and every design of an effect.
pub fn targets() -> Vec<Target> {
    let parsers: [(&str, fn(&mut ChaCha8Rng) -> bool); 6] = [
        ("cells", cells),
        ("numbers-and-dates", numbers_and_dates),
        ("mapping", mapping),
        ("path-plan", path_plan),
        ("trial-plan", trial_plan),
        ("report", report),
    ];
    let parsers = parsers.into_iter().map(|(name, run)| Target {
        name: name.to_owned(),
        run: Box::new(run),
    });
    let methods = odla_fit::methods().into_iter().map(|method| Target {
        name: format!("fit-{method}"),
        run: Box::new(move |rng| fits(method, None, rng)),
    });
    let designs = DESIGNS.into_iter().map(|design| Target {
        name: format!("effect-{design}"),
        run: Box::new(move |rng| fits("effect", Some(design), rng)),
    });
    parsers.chain(methods).chain(designs).collect()
}

/// Columns of a plain file, read as numbers, as days and as text.
fn cells(rng: &mut ChaCha8Rng) -> bool {
    let texts: Vec<String> = (0..rng.random_range(0..12))
        .map(|_| damage::text(damage::piece(rng), rng))
        .collect();
    let names = vec![damage::text("a", rng)];
    let Ok(columns) = Columns::new(names.clone(), vec![texts]) else {
        return false;
    };
    let numbers = columns.numbers(&names[0]);
    let _ = (columns.days(&names[0]), columns.texts(&names[0]), columns.is_numeric(&names[0]));
    if let Ok(numbers) = &numbers {
        assert!(numbers.iter().all(|n| !n.is_infinite()), "an infinite number was read");
    }
    numbers.is_ok()
}

/// Every reader of a cell in the importer.
fn numbers_and_dates(rng: &mut ChaCha8Rng) -> bool {
    let mark = |rng: &mut ChaCha8Rng| [None, Some('.'), Some(','), Some(' '), Some('\'')][rng.random_range(0..5)];
    let zones = ["UTC", "Europe/Stockholm", "America/Sao_Paulo", "Pacific/Apia"];
    let manner = parse::Manner {
        decimal: mark(rng),
        thousands: mark(rng),
        comma_separated: rng.random(),
        dates: match rng.random_range(0..3) {
            0 => vec![damage::text("%d/%m/%Y %H:%M", rng)],
            _ => Vec::new(),
        },
        zone: TimeZone::get(zones[rng.random_range(0..zones.len())]).unwrap_or(TimeZone::UTC),
        factor: [(1, 1), (100, 1), (1, 100), (1000, 1), (1, 1000)][rng.random_range(0..5)],
    };
    let text = damage::text(damage::piece(rng), rng);
    let number = parse::number(&text, &manner);
    if let Ok(number) = number {
        assert!(number.is_finite(), "{text} was read as {number}");
    }
    let read = [
        parse::date(&text, &manner).is_ok(),
        parse::instant(&text, &manner).is_ok(),
        parse::month(&text).is_ok(),
        parse::amount(&text, &manner).is_ok(),
        number.is_ok(),
        parse::share(&text, &manner).is_ok(),
        parse::count(&text, &manner).is_ok(),
        parse::flag(&text).is_ok(),
    ];
    read.contains(&true)
}

const MAPPINGS: [&str; 4] = [
    include_str!("../../examples/cdnow/mapping.toml"),
    include_str!("../../examples/online_retail/mapping.toml"),
    include_str!("../../examples/olist/mapping.toml"),
    include_str!("../../examples/sfo/mapping.toml"),
];

fn mapping(rng: &mut ChaCha8Rng) -> bool {
    let text = damage::text(MAPPINGS[rng.random_range(0..MAPPINGS.len())], rng);
    let Ok(mapping) = Mapping::parse(&text) else {
        return false;
    };
    for column in mapping.tables.iter().flat_map(|table| table.columns.values()) {
        let _ = column.rule();
    }
    for source in mapping.sources.values() {
        let _ = source.reading.over(&mapping.reading);
        for pattern in &source.files {
            let _ = crate::shared::mapping::fits(pattern, &damage::text("orders.csv", rng));
        }
    }
    true
}

/// A damaged description of a path plan on a small survey.
fn path_plan(rng: &mut ChaCha8Rng) -> bool {
    let rows = rng.random_range(4..40);
    let columns: Vec<Vec<String>> = (0..6)
        .map(|_| {
            (0..rows)
                .map(|_| match rng.random_range(0..12) {
                    0 => String::new(),
                    _ => rng.random_range(1..11_u8).to_string(),
                })
                .collect()
        })
        .collect();
    let names = (0..6).map(|j| format!("x{j}")).collect();
    let Ok(columns) = Columns::new(names, columns) else {
        return false;
    };
    let options = Options {
        model: Some(damage::text(PATH_PLAN, rng)),
        bootstrap: Some(20),
        ..Options::standard()
    };
    told(odla_fit::run("pls", &columns, &options))
}

const TRIAL: &str = r#"
trial_id = "welcome-call"
activity_id = "welcome_call"
question = "Does a call in the first week bring people back?"
outcome = "bought"
window_days = 90
drawn_on = "2026-01-01"
share_treated = 0.5
by_unit = false
looks = "any_time"
smallest_effect = 0.02
level = 0.9
cost_per_customer = 40.0
seed = 1
[eligible]
bought_within_days = 365
units = ["north", "south"]
"#;

/// A damaged plan of a trial: what is accepted must keep its promise of a date and be kept as it is.
fn trial_plan(rng: &mut ChaCha8Rng) -> bool {
    let Ok(plan) = toml::from_str::<TrialPlan>(&damage::text(TRIAL, rng)) else {
        return false;
    };
    let proved = plan.prove();
    assert!(plan.due_on() >= plan.drawn_on, "due before it is drawn");
    if let Err(fault) = &proved {
        assert!(!fault.key().is_empty() && !fault.to_string().is_empty());
        return false;
    }
    let kept = serde_json::to_string(&plan).expect("a plan can be kept");
    let read: TrialPlan = serde_json::from_str(&kept).expect("what is kept can be read");
    assert!(same(&written(&read), &written(&plan)), "{read:?} is not {plan:?}");
    true
}

const REPORT: &str = r#"{"capability":"profit","sentences":[{"key":"profit.head","params":{"value":12.5,"who":"north"},"figures":["profit.total"]}],
"figures":[{"key":"profit.total","value":12.5,"lower":10.0,"upper":null,"level":0.9,"unit":"money","n":40,"grade":null,"method":"booked","cautions":[{"key":"few","params":{"n":3}}]}],
"tables":[],"cautions":[{"key":"statistics.few_clusters","params":{"needed":10,"got":null}}]}"#;

/// A damaged report of a kept run: what is read can be written, and read again to the same.
fn report(rng: &mut ChaCha8Rng) -> bool {
    let Ok(report) = serde_json::from_str::<Report>(&damage::text(REPORT, rng)) else {
        return false;
    };
    let text = serde_json::to_string(&report).expect("a report can be written");
    let again: Report = serde_json::from_str(&text).expect("what is written can be read");
    assert!(same(&written(&again), &written(&report)), "{text}");
    let _ = report.figures.iter().map(|figure| report.figure(&figure.key)).count();
    true
}

fn written(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("it can be written")
}

/// The same but for the last bit of a number, which serde_json without `float_roundtrip` does not read faithfully.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            a == b || (a - b).abs() <= 4.0 * f64::EPSILON * a.abs()
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

/// A method on an invented file, or on one made for it.
fn fits(method: &str, design: Option<&str>, rng: &mut ChaCha8Rng) -> bool {
    let made = match rng.random_range(0..4) {
        0 => None,
        _ => seeds::seed(method, design, rng),
    };
    let (file, mut options) = made.unwrap_or_else(|| {
        let file = files::invent(rng);
        let options = file.options(rng);
        (file, options)
    });
    if let Some(design) = design {
        options.design = Some(design.to_owned());
    }
    let Some(columns) = file.columns() else {
        return false;
    };
    let mut fitted = odla_fit::run(method, &columns, &options);
    if let Err(FitError::RoleUnknown { known, .. }) = &fitted {
        let known: Vec<&str> = known.split(", ").collect();
        let role = |pair: &String| pair.split('=').next().is_some_and(|role| known.contains(&role.trim()));
        options.columns.retain(role);
        fitted = odla_fit::run(method, &columns, &options);
    }
    told(fitted)
}

/// What comes back must be able to be shown.
fn told(fitted: Result<odla_fit::Fitted, odla_fit::FitError>) -> bool {
    match fitted {
        Ok(fitted) => {
            let document = fitted.document(0.0, &|caution| caution.key.clone());
            let text = document.to_string();
            assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
            true
        }
        Err(error) => {
            assert!(!error.key().is_empty() && !error.to_string().is_empty());
            let _ = error.params();
            false
        }
    }
}
