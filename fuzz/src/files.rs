//! Which plain file is given to a fit: sound, strange or broken?

use crate::damage;
use odla_fit::{Columns, Options};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Names that methods know by themselves, and some that they do not.
const NAMES: &[&str] = &[
    "x", "t_x", "T", "n", "mean", "customer", "date", "amount", "period", "survivors", "lost", "remaining", "time", "event",
    "entry", "score", "value", "group", "outcome", "treatment", "weights", "respondent", "task", "item", "choice", "chosen",
    "present", "absent", "cost", "option", "list", "unit", "exposure", "start", "pair", "instrument", "agent", "stratum",
    "placebo", "planned", "deviation", "share", "difference", "rows", "estimate", "lower", "upper", "forecast", "arrivals",
    "handling", "patience", "agents", "within", "position", "count", "window", "a", "b", "c",
];

/// Roles that a file's columns take by `--col` only.
const POINTED: &[&str] = &["instrument", "agent", "stratum", "placebo", "planned", "slope", "rate", "covariate", "list", "frailty"];

pub struct File {
    pub names: Vec<String>,
    pub columns: Vec<Vec<String>>,
}

/// A file of up to 80 rows in which every column has one way of being filled.
pub fn invent(rng: &mut ChaCha8Rng) -> File {
    let rows = match rng.random_range(0..10) {
        0 => rng.random_range(0..3),
        1..4 => rng.random_range(3..12),
        _ => rng.random_range(12..80),
    };
    let mut names: Vec<String> = Vec::new();
    // Purchase histories that hold together are too rare by chance alone.
    let sound = rng.random_range(0..3) == 0;
    for name in NAMES {
        if rng.random_range(0..4) != 0 {
            names.push((*name).to_owned());
        }
    }
    let mut columns: Vec<Vec<String>> = (names.iter())
        .map(|name| column(name, rows, rng))
        .collect();
    if sound {
        make_sound(&names, &mut columns, rng);
    }
    File { names, columns }
}

/// Columns that belong together by their meaning are filled so that they do.
fn make_sound(names: &[String], columns: &mut [Vec<String>], rng: &mut ChaCha8Rng) {
    let place = |name: &str| names.iter().position(|own| own == name);
    let rows = columns.first().map_or(0, Vec::len);
    for row in 0..rows {
        let end = 10.0 + f64::from(rng.random_range(0..40_u8));
        let x = rng.random_range(0..6_u8);
        let t_x = if x == 0 { 0.0 } else { end * rng.random::<f64>().max(0.01) };
        let mut put = |name: &str, text: String| {
            if let Some(at) = place(name) {
                columns[at][row] = text;
            }
        };
        put("x", x.to_string());
        put("t_x", if x == 0 { "0".into() } else { format!("{t_x:.3}") });
        put("T", end.to_string());
        put("n", "6".into());
        put("mean", format!("{:.2}", 1.0 + 50.0 * rng.random::<f64>()));
        put("time", (1 + rng.random_range(0..9_u8)).to_string());
        put("event", rng.random_range(0..2_u8).to_string());
        put("entry", "0".into());
        put("period", (row + 1).to_string());
        put("survivors", (1000 / (row + 1)).to_string());
        put("treatment", rng.random_range(0..2_u8).to_string());
        put("weights", "1".into());
        put("respondent", (row / 12).to_string());
        put("task", (row / 4).to_string());
        put("item", ["p", "q", "r", "s", "t"][(row + row / 4) % 5].into());
        put("choice", ["1", "0", "-1", "0"][row % 4].into());
        put("chosen", usize::from(row % 4 == row / 4 % 4).to_string());
        put("present", rng.random_range(1..6_u8).to_string());
        put("absent", rng.random_range(1..6_u8).to_string());
        put("score", rng.random_range(0..11_u8).to_string());
        put("outcome", format!("{:.3}", 5.0 * rng.random::<f64>() + (row % 7) as f64));
        put("unit", format!("u{}", row / 6));
        put("start", [(row / 6 % 4 + 2).to_string(), String::new()][usize::from(row / 6 % 3 == 0)].clone());
        put("pair", format!("p{}", row / 2));
        put("agent", format!("a{}", row % 7));
        put("stratum", format!("s{}", row % 3));
        put("planned", "0.5".into());
        put("instrument", format!("{:.3}", rng.random::<f64>()));
        put("placebo", format!("{:.3}", rng.random::<f64>()));
        put("deviation", format!("{:.3}", 0.1 + rng.random::<f64>()));
        put("share", format!("{:.3}", 0.05 + 0.5 * rng.random::<f64>()));
        put("difference", format!("{:.3}", 0.01 + 0.3 * rng.random::<f64>()));
        put("rows", (10 + rng.random_range(0..2000_u16)).to_string());
        put("estimate", "1.5".into());
        put("lower", format!("{:.3}", 0.5 + rng.random::<f64>()));
        put("upper", format!("{:.3}", 1.5 + rng.random::<f64>()));
        put("forecast", format!("{:.3}", rng.random::<f64>()));
        for role in ["arrivals", "handling", "patience", "within"] {
            put(role, format!("{:.2}", 0.1 + 9.0 * rng.random::<f64>()));
        }
        put("agents", rng.random_range(1..40_u8).to_string());
        put("position", format!("{}", row as i64 - rows as i64 / 2));
        put("count", rng.random_range(0..200_u8).to_string());
        put("window", usize::from(row.abs_diff(rows / 2) < 4).to_string());
    }
}

fn column(name: &str, rows: usize, rng: &mut ChaCha8Rng) -> Vec<String> {
    let kind = match (name, rng.random_range(0..4)) {
        ("date", 0..3) => 6,
        ("group" | "treatment" | "event" | "customer" | "option", 0..3) => rng.random_range(2..4),
        _ => rng.random_range(0..9),
    };
    let constant = rng.random_range(-3..9_i32);
    let huge = 10_f64.powi(rng.random_range(-300..300));
    (0..rows)
        .map(|row| match kind {
            0 => constant.to_string(),
            1 => rng.random_range(0..10_u8).to_string(),
            2 => rng.random_range(0..2_u8).to_string(),
            3 => ["north", "south", "east", ""][rng.random_range(0..4)].to_owned(),
            4 => format!("{}", rng.random::<f64>()),
            5 => format!("{:e}", huge * (rng.random::<f64>() - 0.5)),
            6 => format!("20{:02}-{:02}-{:02}", 20 + row % 5, 1 + row % 12, 1 + row % 28),
            7 => match rng.random_range(0..4) {
                0 => damage::piece(rng).to_owned(),
                _ => rng.random_range(0..5_u8).to_string(),
            },
            _ => row.to_string(),
        })
        .collect()
}

impl File {
    /// None when the names or the number of rows do not make a file, which the constructor has then refused.
    pub fn columns(&self) -> Option<Columns> {
        Columns::new(self.names.clone(), self.columns.clone()).ok()
    }

    /// Flags, more or less fitting to the file; few resamples, as every case must be quick.
    pub fn options(&self, rng: &mut ChaCha8Rng) -> Options {
        let mut any = |chance: u32| {
            let there = !self.names.is_empty() && rng.random_range(0..chance) == 0;
            there.then(|| self.names[rng.random_range(0..self.names.len())].clone())
        };
        let mut options = Options {
            outcome: any(2),
            treatment: any(3),
            group: any(2),
            weights: any(6),
            control: any(12),
            ..Options::standard()
        };
        options.covariates = (0..4).filter_map(|_| any(2)).collect();
        options.bootstrap = Some(20);
        options.seed = rng.random_range(0..5);
        options.predict = match rng.random_range(0..8) {
            0 => Some(f64::from(rng.random_range(0..50_u8))),
            1 => Some([f64::NAN, -1.0, f64::INFINITY, 1e300, 0.5][rng.random_range(0..5)]),
            _ => None,
        };
        let word = |rng: &mut ChaCha8Rng, words: &[&str]| {
            let there = rng.random_range(0..3) == 0;
            there.then(|| words[rng.random_range(0..words.len())].to_owned())
        };
        options.design = word(rng, &["rct", "cuped", "aipw", "did", "probit", "bic", "odds", "difference", "nonsense"]);
        options.unit = word(rng, &["days", "weeks", "months", "years", "nonsense"]);
        options.calibration_end = match rng.random_range(0..4) {
            0 => "2022-06-30".parse().ok(),
            _ => None,
        };
        if rng.random_range(0..10) == 0 {
            options.columns = vec![damage::text("x=a", rng), damage::text("date=b", rng)];
        } else if !self.names.is_empty() {
            for role in POINTED {
                if rng.random_range(0..4) == 0 {
                    let own = self.names.iter().any(|name| name == role);
                    let name = if own { role } else { self.names[rng.random_range(0..self.names.len())].as_str() };
                    options.columns.push(format!("{role}={name}"));
                }
            }
        }
        options
    }
}
