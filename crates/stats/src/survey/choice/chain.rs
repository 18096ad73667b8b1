//! How is the posterior of everyone's coefficients walked through?

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{ChiSquared, Distribution, Gamma, StandardNormal};
use rayon::prelude::*;

use super::{Layout, Person};
use crate::StatsError;

/// Rounds before the first is kept.
pub const WARM_UP: usize = 1000;
/// Rounds that count, per chain.
pub const COUNTED: usize = 2000;
/// People's own coefficients are kept in at most this many rounds per chain ...
const MOST_KEPT: usize = 200;
/// ... and at least this many, however many people there are.
const LEAST_KEPT: usize = 50;
/// Numbers that the kept rounds of one chain may fill, 100 MB.
const MOST_NUMBERS: usize = 12_500_000;
/// The mean over people has the prior Normal(0, this squared) for a column of spread 1 within the sets: odds of 150 to 1.
const PRIOR_MEAN: f64 = 5.0;
/// The standard deviations between people have the prior half-t with 2 degrees and this scale, for columns of spread 1;
/// their correlations are uniform.
const PRIOR_SPREAD: f64 = 1.0;
const PRIOR_DEGREES: f64 = 2.0;
/// Step of the random walk for one coefficient, in units of the posterior's spread; divided by the root of their number.
const STEP: f64 = 2.38;
/// People who are walked on by one thread at a time.
const AT_ONCE: usize = 16;

/// What one walk saw.
pub struct Chain {
    /// By counted round.
    pub means: Vec<DVector<f64>>,
    /// Sum over counted rounds.
    pub between: DMatrix<f64>,
    /// By kept round, people after each other.
    pub people: Vec<Vec<f64>>,
}

/// Gibbs sampling of mean and covariance between people, with a Metropolis step for each person's coefficients
/// `[Train2009, ch. 12]`; the covariance under the prior of `[HuangWand2013]`.
///
/// Coordinates are those of columns with spread 1.
pub fn walk(layout: &Layout, (seed, stream): (u64, u64)) -> Result<Chain, StatsError> {
    let mut at = Walk::start(layout, (seed, stream)).ok_or_else(untold)?;
    let numbers = layout.people.len() * layout.width;
    let kept = (MOST_NUMBERS / numbers).clamp(LEAST_KEPT, MOST_KEPT);
    let mut chain = Chain {
        means: Vec::with_capacity(COUNTED),
        between: DMatrix::zeros(layout.width, layout.width),
        people: Vec::with_capacity(kept),
    };
    for round in 0..WARM_UP + COUNTED {
        if round == WARM_UP / 2 {
            at.reshape(layout);
        }
        at.round(layout).ok_or_else(untold)?;
        let Some(counted) = round.checked_sub(WARM_UP) else {
            continue;
        };
        chain.means.push(at.mean.clone());
        chain.between += &at.between / COUNTED as f64;
        if (counted + 1) % (COUNTED / kept) == 0 && chain.people.len() < kept {
            let own = at.people.iter().flat_map(|walker| walker.at.iter());
            chain.people.push(own.copied().collect());
        }
    }
    Ok(chain)
}

fn untold() -> StatsError {
    StatsError::NotIdentified {
        parameter: "spread between people".to_owned(),
    }
}

/// One person under way.
struct Walker {
    rng: ChaCha8Rng,
    at: DVector<f64>,
    /// Log-likelihood of the choices there.
    value: f64,
    /// What the choices tell of the coefficients, for the shape of the steps.
    information: DMatrix<f64>,
    /// Of the places since the start, for [`Walk::reshape`].
    sum: DVector<f64>,
}

struct Walk {
    rng: ChaCha8Rng,
    people: Vec<Walker>,
    mean: DVector<f64>,
    between: DMatrix<f64>,
    precision: DMatrix<f64>,
    /// Auxiliary scales of the prior, one per coefficient.
    scales: Vec<f64>,
    rounds: usize,
}

impl Walk {
    fn start(layout: &Layout, (seed, stream): (u64, u64)) -> Option<Self> {
        let width = layout.width;
        let mean = common(layout)?;
        let generator = |place: u64| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream((stream << 40) + place);
            rng
        };
        let walker = |(place, person): (usize, &Person)| {
            let slopes = layout.slopes(person, mean.as_slice());
            Walker {
                rng: generator(place as u64 + 1),
                at: mean.clone(),
                value: slopes.value,
                information: slopes.information,
                sum: DVector::zeros(width),
            }
        };
        Some(Walk {
            rng: generator(0),
            people: layout.people.iter().enumerate().map(walker).collect(),
            between: DMatrix::identity(width, width),
            precision: DMatrix::identity(width, width),
            scales: vec![1.0; width],
            mean,
            rounds: 0,
        })
    }

    /// The steps take the shape of each person's posterior where he has been so far.
    fn reshape(&mut self, layout: &Layout) {
        for (walker, person) in self.people.iter_mut().zip(&layout.people) {
            let middle = &walker.sum / self.rounds as f64;
            walker.information = layout.slopes(person, middle.as_slice()).information;
        }
    }

    fn round(&mut self, layout: &Layout) -> Option<()> {
        let (mean, precision) = (&self.mean, &self.precision);
        let step = STEP / (layout.width as f64).sqrt();
        (self.people.par_iter_mut())
            .zip(&layout.people)
            .with_min_len(AT_ONCE)
            .map(|(walker, person)| walker.step(layout, person, (mean, precision, step)))
            .collect::<Option<()>>()?;
        self.rounds += 1;
        self.draw_mean()?;
        self.draw_between()?;
        self.draw_scales()
    }

    fn draw_mean(&mut self) -> Option<()> {
        let people = self.people.len() as f64;
        let mut sum = DVector::zeros(self.mean.len());
        self.people.iter().for_each(|walker| sum += &walker.at);
        let mut precision = &self.precision * people;
        for j in 0..sum.len() {
            precision[(j, j)] += PRIOR_MEAN.powi(-2);
        }
        let factor = precision.cholesky()?;
        let middle = factor.solve(&(&self.precision * sum));
        self.mean = middle + deviation(&factor, &mut self.rng)?;
        Some(())
    }

    /// An inverse Wishart draw by way of its precision (Bartlett's decomposition).
    fn draw_between(&mut self) -> Option<()> {
        let width = self.mean.len();
        let mut squares = DMatrix::zeros(width, width);
        for walker in &self.people {
            let gap = &walker.at - &self.mean;
            squares.ger(1.0, &gap, &gap, 1.0);
        }
        for (j, scale) in self.scales.iter().enumerate() {
            squares[(j, j)] += 2.0 * PRIOR_DEGREES / scale;
        }
        let degrees = PRIOR_DEGREES + (width - 1 + self.people.len()) as f64;
        let root = squares.cholesky()?.inverse().cholesky()?.unpack();
        let mut draw = DMatrix::zeros(width, width);
        for row in 0..width {
            let chi = ChiSquared::new(degrees - row as f64).ok()?;
            draw[(row, row)] = chi.sample(&mut self.rng).sqrt();
            for column in 0..row {
                draw[(row, column)] = StandardNormal.sample(&mut self.rng);
            }
        }
        let root = root * draw;
        self.precision = &root * root.transpose();
        self.between = self.precision.clone().cholesky()?.inverse();
        Some(())
    }

    fn draw_scales(&mut self) -> Option<()> {
        let shape = (PRIOR_DEGREES + self.mean.len() as f64) / 2.0;
        for (j, scale) in self.scales.iter_mut().enumerate() {
            let rate = PRIOR_DEGREES * self.precision[(j, j)] + PRIOR_SPREAD.powi(-2);
            *scale = 1.0 / Gamma::new(shape, 1.0 / rate).ok()?.sample(&mut self.rng);
        }
        Some(())
    }
}

impl Walker {
    fn step(
        &mut self,
        layout: &Layout,
        person: &Person,
        (mean, precision, step): (&DVector<f64>, &DMatrix<f64>, f64),
    ) -> Option<()> {
        let shape = (&self.information + precision).cholesky()?;
        let next = &self.at + deviation(&shape, &mut self.rng)? * step;
        let value = layout.log_likelihood(person, next.as_slice());
        let prior = |at: &DVector<f64>| {
            let gap = at - mean;
            -0.5 * gap.dot(&(precision * &gap))
        };
        let rise = value + prior(&next) - self.value - prior(&self.at);
        if self.rng.random::<f64>().ln() < rise {
            self.at = next;
            self.value = value;
        }
        self.sum += &self.at;
        Some(())
    }
}

/// A draw of Normal(0, inverse of the factored precision).
fn deviation(precision: &Cholesky<f64, Dyn>, rng: &mut ChaCha8Rng) -> Option<DVector<f64>> {
    let lower = precision.l_dirty();
    let noise = DVector::from_fn(lower.nrows(), |_, _| StandardNormal.sample(&mut *rng));
    lower.tr_solve_lower_triangular(&noise)
}

/// The coefficients that everyone would share, held to the prior so that they exist even where the choices separate.
fn common(layout: &Layout) -> Option<DVector<f64>> {
    let mut at = DVector::zeros(layout.width);
    for _ in 0..20 {
        let mut gradient = &at * -PRIOR_MEAN.powi(-2);
        let mut information = DMatrix::identity(layout.width, layout.width) * PRIOR_MEAN.powi(-2);
        for person in &layout.people {
            let slopes = layout.slopes(person, at.as_slice());
            gradient += slopes.gradient;
            information += slopes.information;
        }
        let step = information.cholesky()?.solve(&gradient);
        // A step of more than a few units leads past where the curvature holds.
        let length = step.amax();
        at += step * (2.0 / length.max(2.0));
        if length < 1e-6 {
            break;
        }
    }
    Some(at)
}
