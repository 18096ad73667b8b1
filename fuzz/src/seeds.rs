//! Which file does a method take that invented columns nearly never please?
//!
//! The file holds together by what its method asks for; half of the cases then get a few wounds.

use crate::damage;
use crate::files::File;
use odla_fit::Options;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A path plan on answers `x0` to `x5`.
pub const PATH_PLAN: &str = r#"
scheme = "path"
scaled = true
consistent = false
scale = [1, 10]
paths = [["A", "B"], ["B", "C"], ["A", "C"]]
[blocks.A]
items = ["x0", "x1"]
mode = "A"
[blocks.B]
items = ["x2", "x3"]
mode = "B"
[blocks.C]
items = ["x4", "x5"]
"#;

/// A file and flags that the method takes, or takes but for a few damaged cells; none for methods that invented files please.
pub fn seed(method: &str, design: Option<&str>, rng: &mut ChaCha8Rng) -> Option<(File, Options)> {
    let mut options = Options {
        bootstrap: Some(20),
        seed: rng.random_range(0..5),
        ..Options::standard()
    };
    let mut file = match (method, design) {
        ("bg-bb", _) => chances(rng),
        ("pls", _) => {
            options.model = Some(PATH_PLAN.to_owned());
            answers(rng)
        }
        ("allocate", _) => {
            options.budget = Some(rng.random_range(0..400_u16).into());
            options.design = Some(["exactly-one", "at-most-one"][rng.random_range(0..2)].to_owned());
            offers(rng)
        }
        ("effect", Some("did" | "event-study" | "synthetic-control")) => {
            options.outcome = Some("outcome".to_owned());
            options.covariates = match rng.random_range(0..3) {
                0 => vec!["size".to_owned()],
                _ => Vec::new(),
            };
            panel(design == Some("synthetic-control"), rng)
        }
        _ => return None,
    };
    if rng.random() {
        file.wound(rng);
    }
    Some((file, options))
}

/// Customers with up to 8 chances to buy, the last used at `t_x`.
fn chances(rng: &mut ChaCha8Rng) -> File {
    let rows = rng.random_range(10..60);
    let row = |rng: &mut ChaCha8Rng| {
        let n = rng.random_range(2..9_u32);
        let t_x = rng.random_range(0..=n);
        let x = if t_x == 0 { 0 } else { rng.random_range(1..=t_x) };
        [x, t_x, n].map(|number| number.to_string()).to_vec()
    };
    table(&["x", "t_x", "n"], (0..rows).map(|_| row(rng)).collect())
}

/// Answers from 1 to 10 that hang together, some missing.
fn answers(rng: &mut ChaCha8Rng) -> File {
    let rows = rng.random_range(12..60);
    let holes = rng.random_range(0..10) == 0;
    let row = |rng: &mut ChaCha8Rng| {
        let mood = 8.0 * rng.random::<f64>();
        let mut answer = || {
            let own = (mood + 3.0 * rng.random::<f64>()).clamp(1.0, 10.0).round();
            let missing = holes && rng.random_range(0..8) == 0;
            if missing { String::new() } else { own.to_string() }
        };
        (0..6).map(|_| answer()).collect()
    };
    let names = ["x0", "x1", "x2", "x3", "x4", "x5"];
    table(&names, (0..rows).map(|_| row(rng)).collect())
}

/// Groups with up to five offers each, doing nothing often among them.
fn offers(rng: &mut ChaCha8Rng) -> File {
    let mut rows = Vec::new();
    for group in 0..rng.random_range(1..20) {
        let (mut cost, mut value) = (0.0, 0.0);
        for option in 0..rng.random_range(1..6) {
            rows.push(vec![format!("g{group}"), format!("o{option}"), format!("{cost:.2}"), format!("{value:.2}")]);
            cost += 20.0 * rng.random::<f64>();
            value += 50.0 * rng.random::<f64>() - 5.0;
        }
    }
    table(&["group", "option", "cost", "value"], rows)
}

/// Units over time of which some start, all at once or at different times.
fn panel(at_once: bool, rng: &mut ChaCha8Rng) -> File {
    let (units, periods) = (rng.random_range(4..16), rng.random_range(4..9_u8));
    let common = rng.random_range(2..=periods);
    let mut rows = Vec::new();
    for unit in 0..units {
        let treated = if at_once { unit == 0 } else { unit % 3 != 0 };
        let own = if at_once { common } else { rng.random_range(2..=periods) };
        let (level, size) = (rng.random::<f64>(), rng.random::<f64>());
        for period in 1..=periods {
            let lift = f64::from(u8::from(treated && period >= own));
            let outcome = 10.0 * level + f64::from(period) + lift + rng.random::<f64>();
            let start = if treated { own.to_string() } else { String::new() };
            rows.push(vec![format!("u{unit}"), period.to_string(), start, format!("{outcome:.3}"), format!("{size:.3}")]);
        }
    }
    table(&["unit", "period", "start", "outcome", "size"], rows)
}

fn table(names: &[&str], rows: Vec<Vec<String>>) -> File {
    let column = |j: usize| rows.iter().map(|row| row[j].clone()).collect();
    File {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        columns: (0..names.len()).map(column).collect(),
    }
}

impl File {
    /// Up to four cells exchanged: for a piece of text, for a huge number, or for a neighbor's.
    fn wound(&mut self, rng: &mut ChaCha8Rng) {
        for _ in 0..rng.random_range(1..5) {
            let place = rng.random_range(0..self.columns.len());
            let column = &mut self.columns[place];
            let (at, other) = (rng.random_range(0..column.len()), rng.random_range(0..column.len()));
            column[at] = match rng.random_range(0..3) {
                0 => damage::piece(rng).to_owned(),
                1 => format!("{:e}", 10_f64.powi(rng.random_range(-300..300))),
                _ => column[other].clone(),
            };
        }
    }
}
