//! How did one group's outcome change between two periods, against its controls?

use nalgebra::{DMatrix, DVector};

use super::Adjustment;
use crate::regression::linear::invert_scaled;
use crate::special::logistic;

/// The largest chance of being in the group that a control may have; beyond it nobody resembles the group.
const HIGHEST_CHANCE: f64 = 0.999;
const MOST_STEPS: usize = 50;

/// The rows of one comparison. Every row of `x` starts with 1.
pub(crate) struct Comparison {
    pub x: Vec<DVector<f64>>,
    /// Whether the row belongs to the group (else to the controls).
    pub treated: Vec<bool>,
    /// Change of the outcome (panel), or the outcome itself (repeated samples).
    pub y: Vec<f64>,
    /// For repeated samples: whether the row was observed in the later period.
    pub later: Option<Vec<bool>>,
}

/// The effect and the influence of every row on it (mean 0 over the rows compared).
pub(crate) struct CellFit {
    pub effect: f64,
    pub influence: Vec<f64>,
}

/// One weighted mean within the estimate, and what it hangs on.
struct Term {
    sign: f64,
    weights: Vec<f64>,
    values: Vec<f64>,
    /// Regressions in the values: values move by this times x'd(beta).
    slopes: Vec<(usize, f64)>,
    /// Whether the weights are odds of being in the group, which move by weight times x'd(gamma).
    odds: bool,
}

/// A fitted tool: its coefficients, and each row's influence on them.
struct Fitted {
    coefficients: DVector<f64>,
    influence: Vec<DVector<f64>>,
}

impl Comparison {
    /// Group-time effect by the adjustment asked for `[SantAnnaZhao2020]`; `None` when the rows do not allow it.
    ///
    /// Panel, doubly robust, eq. 3.1: mean over the group of `dY - x'b` less the same mean over controls weighted by the odds
    /// `e/(1 - e)`, b from the controls' changes. Repeated samples: the locally efficient form, eq. 3.4.
    pub fn fit(&self, adjustment: Adjustment) -> Option<CellFit> {
        let needs_odds = adjustment != Adjustment::OutcomeRegression;
        let odds = match needs_odds {
            true => Some(self.chances()?),
            false => None,
        };
        let weights = odds.as_ref().map(|odds| self.odds(&odds.coefficients));
        let (terms, tools) = match &self.later {
            None => self.panel_terms(adjustment, weights)?,
            Some(later) => self.sample_terms(adjustment, weights, later)?,
        };
        let mut fit = CellFit {
            effect: 0.0,
            influence: vec![0.0; self.y.len()],
        };
        for term in &terms {
            self.add(term, &tools, odds.as_ref(), &mut fit)?;
        }
        fit.effect.is_finite().then_some(fit)
    }

    fn panel_terms(
        &self,
        adjustment: Adjustment,
        odds: Option<Vec<f64>>,
    ) -> Option<(Vec<Term>, Vec<Fitted>)> {
        let member = |own: bool| -> Vec<f64> {
            let is = |t: &bool| f64::from(*t == own);
            self.treated.iter().map(is).collect()
        };
        let (tools, values, slopes) = match adjustment {
            Adjustment::Weighting => (Vec::new(), self.y.clone(), Vec::new()),
            _ => {
                let tool = self.regress(&member(false))?;
                let values = self.less(&tool.coefficients);
                (vec![tool], values, vec![(0, -1.0)])
            }
        };
        let mut terms = vec![Term {
            sign: 1.0,
            weights: member(true),
            values: values.clone(),
            slopes: slopes.clone(),
            odds: false,
        }];
        if let Some(weights) = odds {
            terms.push(Term {
                sign: -1.0,
                weights,
                values,
                slopes,
                odds: true,
            });
        }
        Some((terms, tools))
    }

    fn sample_terms(
        &self,
        adjustment: Adjustment,
        odds: Option<Vec<f64>>,
        later: &[bool],
    ) -> Option<(Vec<Term>, Vec<Fitted>)> {
        let rows = self.y.len();
        let part = |group: bool, time: bool| -> Vec<f64> {
            let is = |row: usize| self.treated[row] == group && later[row] == time;
            (0..rows).map(|row| f64::from(is(row))).collect()
        };
        let mut terms = Vec::new();
        let mut tools = Vec::new();
        // Regressions: controls later, controls earlier, group later, group earlier.
        if adjustment != Adjustment::Weighting {
            tools.push(self.regress(&part(false, true))?);
            tools.push(self.regress(&part(false, false))?);
        }
        if adjustment == Adjustment::DoublyRobust {
            tools.push(self.regress(&part(true, true))?);
            tools.push(self.regress(&part(true, false))?);
        }
        let member: Vec<f64> = self.treated.iter().map(|t| f64::from(*t)).collect();
        for (place, time) in [true, false].into_iter().enumerate() {
            let sign = if time { 1.0 } else { -1.0 };
            let plain = |weights: Vec<f64>, sign: f64, odds: bool| {
                let (values, slopes) = match adjustment {
                    Adjustment::DoublyRobust => {
                        (self.less(&tools[place].coefficients), vec![(place, -1.0)])
                    }
                    _ => (self.y.clone(), Vec::new()),
                };
                Term {
                    sign,
                    weights,
                    values,
                    slopes,
                    odds,
                }
            };
            terms.push(plain(part(true, time), sign, false));
            if let Some(odds) = &odds {
                let own = later.iter().map(|l| f64::from(*l == time));
                let weights = odds.iter().zip(own).map(|(o, own)| o * own).collect();
                terms.push(plain(weights, -sign, true));
            }
            if adjustment == Adjustment::DoublyRobust {
                let gap = &tools[place + 2].coefficients - &tools[place].coefficients;
                let between = |weights: Vec<f64>, sign: f64| Term {
                    sign,
                    weights,
                    values: self.x.iter().map(|x| x.dot(&gap)).collect(),
                    slopes: vec![(place + 2, 1.0), (place, -1.0)],
                    odds: false,
                };
                terms.push(between(member.clone(), sign));
                terms.push(between(part(true, time), -sign));
            }
        }
        if adjustment == Adjustment::OutcomeRegression {
            let drift = &tools[0].coefficients - &tools[1].coefficients;
            terms.push(Term {
                sign: -1.0,
                weights: member,
                values: self.x.iter().map(|x| x.dot(&drift)).collect(),
                slopes: vec![(0, 1.0), (1, -1.0)],
                odds: false,
            });
        }
        Some((terms, tools))
    }

    fn add(
        &self,
        term: &Term,
        tools: &[Fitted],
        odds: Option<&Fitted>,
        fit: &mut CellFit,
    ) -> Option<()> {
        let rows = self.y.len() as f64;
        let whole: f64 = term.weights.iter().sum();
        if whole.is_nan() || whole <= 0.0 {
            return None;
        }
        let products = term.weights.iter().zip(&term.values).map(|(w, v)| w * v);
        let mean = products.sum::<f64>() / whole;
        let scale = term.sign * rows / whole;
        let k = self.x[0].len();
        let (mut by_slope, mut by_odds) = (DVector::zeros(k), DVector::zeros(k));
        for (row, x) in self.x.iter().enumerate() {
            let w = term.weights[row] / rows;
            by_slope.axpy(w, x, 1.0);
            by_odds.axpy(w * (term.values[row] - mean), x, 1.0);
        }
        for row in 0..self.y.len() {
            let mut own = term.weights[row] * (term.values[row] - mean);
            for (tool, coefficient) in &term.slopes {
                own += coefficient * by_slope.dot(&tools[*tool].influence[row]);
            }
            if let (true, Some(odds)) = (term.odds, odds) {
                own += by_odds.dot(&odds.influence[row]);
            }
            fit.influence[row] += scale * own;
        }
        fit.effect += term.sign * mean;
        Some(())
    }

    fn less(&self, coefficients: &DVector<f64>) -> Vec<f64> {
        let rows = self.y.iter().zip(&self.x);
        rows.map(|(y, x)| y - x.dot(coefficients)).collect()
    }

    /// Least squares over the rows with weight 1.
    fn regress(&self, weights: &[f64]) -> Option<Fitted> {
        let k = self.x[0].len();
        let count: f64 = weights.iter().sum();
        if count < k as f64 {
            return None;
        }
        let mut gram = DMatrix::zeros(k, k);
        let mut cross = DVector::zeros(k);
        for (row, x) in self
            .x
            .iter()
            .enumerate()
            .filter(|(row, _)| weights[*row] > 0.0)
        {
            gram.ger(1.0, x, x, 1.0);
            cross.axpy(self.y[row], x, 1.0);
        }
        let inverse = invert_scaled(&gram).ok()?;
        let coefficients = &inverse * cross;
        let rows = self.y.len() as f64;
        let influence = (self.x.iter().enumerate())
            .map(|(row, x)| {
                let left = self.y[row] - x.dot(&coefficients);
                &inverse * x * (rows * weights[row] * left)
            })
            .collect();
        Some(Fitted {
            coefficients,
            influence,
        })
    }

    /// Logistic regression of belonging to the group.
    fn chances(&self) -> Option<Fitted> {
        let k = self.x[0].len();
        let rows = self.y.len() as f64;
        let share = self.treated.iter().filter(|t| **t).count() as f64 / rows;
        if !(share > 0.0 && share < 1.0) {
            return None;
        }
        let mut gamma = DVector::zeros(k);
        gamma[0] = (share / (1.0 - share)).ln();
        for _ in 0..MOST_STEPS {
            let mut information = DMatrix::zeros(k, k);
            let mut score = DVector::zeros(k);
            for (x, treated) in self.x.iter().zip(&self.treated) {
                let e = logistic(x.dot(&gamma));
                information.ger(e * (1.0 - e), x, x, 1.0);
                score.axpy(f64::from(*treated) - e, x, 1.0);
            }
            let inverse = invert_scaled(&information).ok()?;
            let step = &inverse * score;
            gamma += &step;
            if step.amax() < 1e-10 {
                let of_row = |(x, treated): (&DVector<f64>, &bool)| {
                    &inverse * x * (rows * (f64::from(*treated) - logistic(x.dot(&gamma))))
                };
                let influence = self.x.iter().zip(&self.treated).map(of_row).collect();
                return Some(Fitted {
                    coefficients: gamma,
                    influence,
                });
            }
        }
        // The chances run away: the covariates decide who is in the group.
        None
    }

    fn odds(&self, gamma: &DVector<f64>) -> Vec<f64> {
        let of_row = |(x, treated): (&DVector<f64>, &bool)| {
            let e = logistic(x.dot(gamma)).min(HIGHEST_CHANCE);
            if *treated { 0.0 } else { e / (1.0 - e) }
        };
        self.x.iter().zip(&self.treated).map(of_row).collect()
    }
}
