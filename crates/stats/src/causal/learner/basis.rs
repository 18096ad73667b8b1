//! Which curves and products stand for columns whose shape is not known?

use crate::StatsError;
use crate::causal::spline::NaturalSpline;
use crate::regression::cross_products::dot;

/// Columns that take part in products; with more, those most correlated with the outcome are taken.
const MOST_PRODUCTS: usize = 15;
/// Columns with fewer different values are steps, not measures, and get no curve.
const FEWEST_FOR_CURVE: usize = 6;
/// Where the bends of a curve lie among the values; the customary places for five.
const KNOTS: [f64; 5] = [0.05, 0.275, 0.5, 0.725, 0.95];

/// What a feature is, which decides how it is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Line,
    Curve,
    Product,
}

/// How raw columns become features of mean 0 and spread 1.
pub(crate) struct Basis {
    columns: Vec<Column>,
    /// Places in `columns` of each product.
    products: Vec<(usize, usize)>,
    /// Mean and spread of each product.
    product_scale: Vec<(f64, f64)>,
    pub kinds: Vec<Kind>,
}

/// One raw column: scale, range, and the knots of its curve if it has one.
struct Column {
    source: usize,
    mean: f64,
    sd: f64,
    range: (f64, f64),
    curve: Option<Curve>,
}

struct Curve {
    spline: NaturalSpline,
    /// Per bend: mean, slope on the line (both taken out) and spread of the rest.
    bends: Vec<(f64, f64, f64)>,
}

impl Basis {
    /// Looks at the columns of the sample; columns that do not vary are passed over.
    pub fn of(columns: &[Vec<f64>], outcome: &[f64]) -> Result<Self, StatsError> {
        let kept: Vec<Column> = (columns.iter().enumerate())
            .filter_map(|(source, values)| Column::of(source, values))
            .collect();
        let products = pairs(&kept, columns, outcome);
        let mut basis = Basis {
            columns: kept,
            products: Vec::new(),
            product_scale: Vec::new(),
            kinds: Vec::new(),
        };
        let lines: Vec<Vec<f64>> = (basis.columns.iter())
            .map(|c| columns[c.source].iter().map(|x| c.line(*x)).collect())
            .collect();
        for (a, b) in products {
            let product: Vec<f64> = lines[a].iter().zip(&lines[b]).map(|(x, y)| x * y).collect();
            let (mean, sd) = moments(&product);
            if sd > 1e-9 {
                basis.products.push((a, b));
                basis.product_scale.push((mean, sd));
            }
        }
        basis.kinds = basis.kinds_of();
        Ok(basis)
    }

    fn kinds_of(&self) -> Vec<Kind> {
        let bends = |c: &Column| c.curve.as_ref().map_or(0, |curve| curve.bends.len());
        let curves: usize = self.columns.iter().map(bends).sum();
        let mut kinds = vec![Kind::Line; self.columns.len()];
        kinds.extend(vec![Kind::Curve; curves]);
        kinds.extend(vec![Kind::Product; self.products.len()]);
        kinds
    }

    /// Features of one row, in the order of `kinds`.
    pub fn expand(&self, row: &[f64]) -> Vec<f64> {
        let lines: Vec<f64> = (self.columns.iter())
            .map(|c| c.line(row[c.source]))
            .collect();
        let mut all = lines.clone();
        for (column, line) in self.columns.iter().zip(&lines) {
            if let Some(curve) = &column.curve {
                curve.push(column.inside(row[column.source]), *line, &mut all);
            }
        }
        for ((a, b), (mean, sd)) in self.products.iter().zip(&self.product_scale) {
            all.push((lines[*a] * lines[*b] - mean) / sd);
        }
        all
    }

    /// Features of all rows, column by column.
    pub fn features(&self, columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let rows = columns.first().map_or(0, Vec::len);
        let mut features = vec![vec![0.0; rows]; self.kinds.len()];
        for row in 0..rows {
            let values: Vec<f64> = columns.iter().map(|c| c[row]).collect();
            for (feature, value) in features.iter_mut().zip(self.expand(&values)) {
                feature[row] = value;
            }
        }
        features
    }
}

impl Column {
    fn of(source: usize, values: &[f64]) -> Option<Self> {
        let (mean, sd) = moments(values);
        if sd.is_nan() || sd <= 1e-12 * mean.abs().max(1e-300) {
            return None;
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let range = (sorted[0], sorted[sorted.len() - 1]);
        let mut column = Column {
            source,
            mean,
            sd,
            range,
            curve: None,
        };
        column.curve = Curve::of(&column, &sorted, values);
        Some(column)
    }

    /// Beyond the values seen a curve goes on as at the last of them.
    fn inside(&self, x: f64) -> f64 {
        x.clamp(self.range.0, self.range.1)
    }

    fn line(&self, x: f64) -> f64 {
        (self.inside(x) - self.mean) / self.sd
    }
}

impl Curve {
    fn of(column: &Column, sorted: &[f64], values: &[f64]) -> Option<Self> {
        let mut different = sorted.to_vec();
        different.dedup();
        if different.len() < FEWEST_FOR_CURVE {
            return None;
        }
        let lines: Vec<f64> = values.iter().map(|x| column.line(*x)).collect();
        let mut curve = Curve {
            spline: NaturalSpline::at_shares(sorted, &KNOTS)?,
            bends: Vec::new(),
        };
        for bend in 0..curve.spline.bends() {
            let raw: Vec<f64> = values.iter().map(|x| curve.spline.bend(*x, bend)).collect();
            let (mean, _) = moments(&raw);
            let slope = dot(&raw, &lines) / dot(&lines, &lines);
            let rest: Vec<f64> = (raw.iter().zip(&lines))
                .map(|(r, z)| r - mean - slope * z)
                .collect();
            let (_, sd) = moments(&rest);
            curve.bends.push((mean, slope, sd));
        }
        Some(curve)
    }

    fn push(&self, x: f64, line: f64, all: &mut Vec<f64>) {
        for (bend, (mean, slope, sd)) in self.bends.iter().enumerate() {
            let rest = self.spline.bend(x, bend) - mean - slope * line;
            all.push(if *sd > 1e-9 { rest / sd } else { 0.0 });
        }
    }
}

/// Pairs of columns whose products are features.
fn pairs(kept: &[Column], columns: &[Vec<f64>], outcome: &[f64]) -> Vec<(usize, usize)> {
    let mean = moments(outcome).0;
    let strength = |c: &Column| {
        let sum: f64 = (columns[c.source].iter().zip(outcome))
            .map(|(x, y)| (x - c.mean) / c.sd * (y - mean))
            .sum();
        sum.abs()
    };
    let mut order: Vec<usize> = (0..kept.len()).collect();
    if kept.len() > MOST_PRODUCTS {
        let strengths: Vec<f64> = kept.iter().map(strength).collect();
        order.sort_by(|a, b| strengths[*b].total_cmp(&strengths[*a]).then(a.cmp(b)));
        order.truncate(MOST_PRODUCTS);
        order.sort_unstable();
    }
    let pair = |(place, &a): (usize, &usize)| {
        order[place + 1..]
            .iter()
            .map(move |&b| (a, b))
            .collect::<Vec<_>>()
    };
    order.iter().enumerate().flat_map(pair).collect()
}

/// Mean and spread with n in the divisor.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, (squares / n).sqrt())
}
