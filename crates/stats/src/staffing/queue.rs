//! How long do customers wait, and how many give up, with this many agents?

use crate::StatsError;
use crate::special::{ln_gamma, log_add};

/// More agents than this are in no queue.
pub(super) const MOST_AGENTS: u32 = 10_000_000;
/// Arrivals within one patience beyond which nobody is seen to give up in any real queue.
const MOST_PATIENT: f64 = 1e12;

/// A queue with Poisson arrivals, exponential handling and exponential patience, one unit of time throughout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Queue {
    /// Contacts arriving per unit of time, above 0.
    pub arrivals: f64,
    /// Mean handling time, above 0.
    pub handling: f64,
    /// Mean time a customer would wait before giving up, above 0; infinite when nobody gives up.
    pub patience: f64,
    pub agents: u32,
}

/// What customers and agents see in the long run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Performance {
    /// Share of customers who have to wait at all.
    pub waiting: f64,
    /// Mean wait of all customers, those who give up included.
    pub mean_wait: f64,
    /// Share of customers who give up.
    pub abandonment: f64,
    /// Mean number waiting.
    pub queue_length: f64,
    /// Share of the agents' time spent on customers.
    pub occupancy: f64,
    queue: Queue,
    /// ln of the weight of all states, relative to that of the state with all agents busy and nobody waiting.
    ln_all: f64,
}

/// Share of calls lost when nobody can wait: `B = (a^n / n!) / Σ_{k<=n} a^k / k!`, load a in erlangs `[Erlang1917]`.
///
/// By the recursion `B_k = a B_{k-1} / (k + a B_{k-1})`, which neither overflows nor cancels. NaN for a load that is not 0 or more.
pub fn erlang_b(load: f64, agents: u32) -> f64 {
    if !(load.is_finite() && load >= 0.0) {
        return f64::NAN;
    }
    (1..=agents).fold(1.0, |lost, k| {
        let carried = load * lost;
        carried / (f64::from(k) + carried)
    })
}

/// Share of customers who wait when nobody gives up: `C = n B / (n - a (1 - B))`; 1 when the load reaches the agents `[Erlang1917]`.
pub fn erlang_c(load: f64, agents: u32) -> f64 {
    let n = f64::from(agents);
    if load >= n {
        return 1.0;
    }
    let lost = erlang_b(load, agents);
    n * lost / (n - load * (1.0 - lost))
}

impl Queue {
    /// The load in erlangs: agents kept busy if nobody gave up.
    pub fn load(&self) -> f64 {
        self.arrivals * self.handling
    }

    fn prove(&self) -> Result<(), StatsError> {
        let above_0 = |value: f64| value.is_finite() && value > 0.0;
        if !above_0(self.arrivals) {
            return Err(StatsError::invalid("arrivals (must be positive)"));
        }
        if !above_0(self.handling) {
            return Err(StatsError::invalid("handling time (must be positive)"));
        }
        if self.patience.is_nan() || self.patience <= 0.0 {
            return Err(StatsError::invalid("patience (must be positive)"));
        }
        if self.patience.is_finite() && self.arrivals * self.patience > MOST_PATIENT {
            return Err(StatsError::invalid(
                "patience (too long to matter: leave it out)",
            ));
        }
        if self.agents == 0 || self.agents > MOST_AGENTS {
            return Err(StatsError::invalid("agents (from 1 to 10,000,000)"));
        }
        if !(f64::MIN_POSITIVE..=MOST_PATIENT).contains(&self.load()) {
            return Err(StatsError::invalid(
                "load (arrivals times handling, of a usual size)",
            ));
        }
        if self.patience.is_infinite() && self.load() >= f64::from(self.agents) {
            return Err(StatsError::Infeasible {
                what: "agents".to_owned(),
                needed: self.load(),
                allowed: f64::from(self.agents),
            });
        }
        Ok(())
    }

    /// Long-run performance of the queue M/M/n+M (Erlang-A), and of M/M/n (Erlang-C) when patience is infinite.
    ///
    /// With arrivals λ, handling 1/μ, patience 1/θ, `J = ∫ exp(λ (1 - e^{-θx}) / θ - nμx) dx` and
    /// `E = 1 / B(n - 1, λ/μ)`: `P(wait) = λJ / (E + λJ)`, `P(give up) = (1 + (λ - nμ) J) / (E + λJ)`
    /// `[MandelbaumZeltyn2007]`, mean wait `P(give up) / θ`.
    ///
    /// Numerical note: J is the series `(1/nμ) Σ_k (λ/θ)^k / Π_{i<=k} (nμ/θ + i)` of positive terms, added from
    /// the largest and used as a logarithm; P(give up) is the mean queue times θ/λ from the same series, where the difference
    /// `1 + (λ - nμ) J` would cancel. Thousands of agents and hours of patience are exact to about 1e-12.
    ///
    /// # Errors
    /// `InvalidInput` for a rate or time that is not positive; `Infeasible` when nobody gives up and the load reaches the agents.
    pub fn performance(&self) -> Result<Performance, StatsError> {
        self.prove()?;
        let n = f64::from(self.agents);
        // Weights relative to the state with all agents busy and nobody waiting.
        let ln_free = -erlang_b(self.load(), self.agents - 1).ln() + (n / self.load()).ln();
        let tail = self.waiting_states();
        let ln_all = log_add(ln_free, tail.ln_sum);
        let waiting = (tail.ln_sum - ln_all).exp();
        let queue_length = waiting * tail.mean;
        let abandonment = if self.patience.is_infinite() {
            0.0
        } else {
            queue_length / (self.patience * self.arrivals)
        };
        Ok(Performance {
            waiting,
            mean_wait: queue_length / self.arrivals,
            abandonment,
            queue_length,
            occupancy: self.load() * (1.0 - abandonment) / n,
            queue: *self,
            ln_all,
        })
    }

    /// The states with all agents busy: ln of their weight, and the mean number waiting in them.
    fn waiting_states(&self) -> Tail {
        let n = f64::from(self.agents);
        if self.patience.is_infinite() {
            let ratio = self.load() / n;
            return Tail {
                ln_sum: -(-ratio).ln_1p(),
                mean: ratio / (1.0 - ratio),
            };
        }
        series(
            self.arrivals * self.patience,
            n * self.patience / self.handling,
        )
    }
}

impl Performance {
    /// Share of customers who wait longer than a time, whether served in the end or not.
    pub fn waits_longer_than(&self, time: f64) -> f64 {
        if time < 0.0 {
            return 1.0;
        }
        let gone = if self.queue.patience.is_infinite() {
            0.0
        } else {
            time / self.queue.patience
        };
        self.weight_beyond(time, 0.0) * (-gone).exp()
    }

    /// Share of all customers who are served within a time.
    pub fn served_within(&self, time: f64) -> f64 {
        if time < 0.0 {
            return 0.0;
        }
        if self.queue.patience.is_infinite() {
            return 1.0 - self.weight_beyond(time, 0.0);
        }
        // Served later than the time: the density of the offered wait times the share still there, integrated.
        (1.0 - self.abandonment - self.weight_beyond(time, 1.0)).max(0.0)
    }

    /// The wait that a share of the customers does not exceed, 0 when that many do not wait at all.
    pub fn wait_quantile(&self, share: f64) -> f64 {
        let beyond = 1.0 - share.clamp(0.0, 1.0);
        if self.waits_longer_than(0.0) <= beyond {
            return 0.0;
        }
        let mut high = self.queue.handling;
        while self.waits_longer_than(high) > beyond && high < 1e300 {
            high *= 2.0;
        }
        let mut low = 0.0;
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if self.waits_longer_than(middle) > beyond {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// `∫_t^∞` of the density of the offered wait, times `e^{-kθx}` for `extra` = k.
    fn weight_beyond(&self, time: f64, extra: f64) -> f64 {
        let queue = &self.queue;
        let n = f64::from(queue.agents);
        let service = n / queue.handling;
        if queue.patience.is_infinite() {
            return self.waiting * (-(service - queue.arrivals) * time).exp();
        }
        let theta = 1.0 / queue.patience;
        let rate = service + extra * theta;
        let still = queue.arrivals * queue.patience * (-theta * time).exp();
        let gone = queue.arrivals * queue.patience * -(-theta * time).exp_m1();
        let tail = series(still, rate * queue.patience);
        // All weights are relative to the state with all agents busy, whose series has the factor 1 / (nμ).
        let ln_weight = gone - rate * time + tail.ln_sum + (service / rate).ln();
        (ln_weight - self.ln_all).exp().min(1.0)
    }
}

struct Tail {
    ln_sum: f64,
    mean: f64,
}

/// `Σ_k y^k / Π_{i<=k} (x + i)` as a logarithm, and the mean of k under these weights.
///
/// Added from the largest term outwards, since all terms before it would be wasted on a long queue.
fn series(y: f64, x: f64) -> Tail {
    let top = (y - x).floor().max(0.0);
    let ln_top = if top > 0.0 {
        top * y.ln() - (ln_gamma(x + top + 1.0) - ln_gamma(x + 1.0))
    } else {
        0.0
    };
    let (mut sum, mut moment) = (1.0, 0.0);
    let (mut term, mut k) = (1.0, top);
    loop {
        k += 1.0;
        let ratio = y / (x + k);
        term *= ratio;
        sum += term;
        moment += (k - top) * term;
        // What follows is below a geometric series.
        if term * (k - top) <= 1e-17 * (1.0 - ratio).powi(2) * sum {
            break;
        }
    }
    (term, k) = (1.0, top);
    while k > 0.0 && term > 1e-18 {
        term *= (x + k) / y;
        k -= 1.0;
        sum += term;
        moment -= (top - k) * term;
    }
    Tail {
        ln_sum: ln_top + sum.ln(),
        mean: top + moment / sum,
    }
}
