//! How long does it take to place a budget over 50,000 response curves that are known by 500 draws?
//!
//! `reallocation FOLDER` makes 1,000 activities for 50 segments with saturating curves, writes the draws' ceilings for the
//! rival, plans for the mean over all draws, and judges the plan against 100 of them. The first draw alone is planned once
//! more with every curve cut into straight lines, as a solver of linear programs reads it.

use odla_stats::allocate::{Cell, Curve, Draws, Means, Points, judge, plan, plan_over_draws};
use rustix::time::{ClockId, clock_gettime};
use std::io::Write;
use std::time::Instant;

const ACTIVITIES: usize = 1_000;
const SEGMENTS: usize = 50;
const DRAWS: usize = 500;
const JUDGED: usize = 100;
/// Straight lines in place of one curve.
const LINES: usize = 12;
/// The most that one cell can get.
const MOST: f64 = 60_000.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    let size = ACTIVITIES * SEGMENTS;
    let ceilings: Vec<f64> = (0..size * DRAWS).map(|at| ceiling(at / DRAWS, at % DRAWS)).collect();
    let reaches: Vec<f64> = (0..size).map(reach).collect();
    write(&folder, "ceilings.f64", &ceilings)?;
    write(&folder, "reaches.f64", &reaches)?;
    let of_draw = |draw: usize, cell: usize| Curve::Saturating {
        ceiling: ceilings[cell * DRAWS + draw],
        // A draw moves the reach too, so that the mean is no curve of the same kind.
        reach: reaches[cell] * (0.5 + share(draw as u64, 5)),
    };
    let cells: Vec<Cell> = (0..size).map(|cell| Cell::free(of_draw(0, cell), MOST)).collect();
    let money = 0.3 * MOST * cells.len() as f64;
    let draws = Draws {
        count: DRAWS,
        curve: &of_draw,
    };
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let best = plan_over_draws(&cells, &Means::money(money), &draws)?;
    let (planned, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let today = vec![money / cells.len() as f64; cells.len()];
    let some = Draws {
        count: JUDGED,
        curve: &of_draw,
    };
    let started = Instant::now();
    let judged = judge(&cells, (&today, &best.amounts, &[]), (&Means::money(money), &some), 0.90)?;
    let told = started.elapsed().as_secs_f64();
    let lined = (cells.iter().map(in_lines)).collect::<Result<Vec<Cell>, odla_stats::StatsError>>()?;
    let started = cpu_seconds();
    let straight = plan(&lined, &Means::money(money))?;
    let straight_cpu = cpu_seconds() - started;
    println!(
        "{{\"lines_cpu_seconds\": {straight_cpu:.4}, \"lines_value\": {:.6}, \"lines_bound\": {:.6}, \
         \"cells\": {}, \"draws\": {DRAWS}, \"plan_seconds\": {planned:.2}, \"plan_cpu_seconds\": {cpu:.2}, \"value\": {:.6}, \"bound\": {:.6}, \
         \"price\": {:.9}, \"judge_draws\": {JUDGED}, \"judge_seconds\": {told:.2}, \"share_better\": {}}}",
        straight.value,
        straight.bound,
        cells.len(),
        best.value,
        best.bound,
        best.money_price,
        judged.share_better
    );
    Ok(())
}

/// The cell with its curve cut into lines of even length.
fn in_lines(cell: &Cell) -> Result<Cell, odla_stats::StatsError> {
    let x: Vec<f64> = (0..=LINES).map(|k| MOST * k as f64 / LINES as f64).collect();
    let y: Vec<f64> = x.iter().map(|x| cell.curve.value(*x)).collect();
    Ok(Cell::free(Curve::Piecewise(Points::new(&x, &y)?), MOST))
}

/// Of all threads.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// A draw moves a cell's ceiling by up to a half either way.
fn ceiling(cell: usize, draw: usize) -> f64 {
    let (activity, segment) = (cell / SEGMENTS, cell % SEGMENTS);
    let height = 0.5 + 2.0 * share(activity as u64, 1) * (0.5 + share(segment as u64, 2));
    40_000.0 * height * (0.5 + share((cell * DRAWS + draw) as u64, 4))
}

fn reach(cell: usize) -> f64 {
    5_000.0 + 30_000.0 * share(cell as u64, 3)
}

/// A number between 0 and 1 that belongs to a place.
fn share(place: u64, salt: u64) -> f64 {
    let mut x = place.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn write(folder: &str, name: &str, column: &[f64]) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(format!("{folder}/{name}"))?);
    for value in column {
        file.write_all(&value.to_le_bytes())?;
    }
    file.flush()
}
