//! What do the rows of one count add to a likelihood?
//!
//! Rows of one count share all that hangs on the count, so that only sums over their times are left; and a sum of
//! logarithms of rows that weigh 1 is the logarithm of a product, taken once per hundred rows.

/// Rows of one count: r + x, α, and the rows' times and weights.
pub(super) struct Run<'a> {
    pub shape: f64,
    pub alpha: f64,
    pub recency: &'a [f64],
    pub observed: &'a [f64],
    pub weight: &'a [f64],
}

/// Σ w ln(1+T/α), Σ w/(α+T) and Σ w/(α+T)².
pub(super) struct Alive {
    pub logs: f64,
    pub inverses: f64,
    pub squares: f64,
}

/// Σ w ln y for y >= 1.
#[derive(Debug, Clone, Copy)]
struct LogSum {
    sum: f64,
    product: f64,
}

impl LogSum {
    const NONE: LogSum = LogSum {
        sum: 0.0,
        product: 1.0,
    };

    #[inline]
    fn add(&mut self, weight: f64, value: f64) {
        if weight == 1.0 {
            self.product *= value;
            if self.product > 1e100 {
                self.sum += self.product.ln();
                self.product = 1.0;
            }
        } else {
            self.sum += weight * value.ln();
        }
    }

    fn total(&self) -> f64 {
        self.sum + self.product.ln()
    }
}

impl Run<'_> {
    /// The sums over T that being alive needs.
    pub fn alive(&self) -> Alive {
        let per_alpha = 1.0 / self.alpha;
        let (mut logs, mut inverses, mut squares) = (LogSum::NONE, 0.0, 0.0);
        for (t, w) in self.observed.iter().zip(self.weight) {
            let grown = 1.0 + t * per_alpha;
            let inverse = per_alpha / grown;
            logs.add(*w, grown);
            inverses += w * inverse;
            squares += w * inverse * inverse;
        }
        Alive {
            logs: logs.total(),
            inverses,
            squares,
        }
    }

    /// Adds -(r+x) ln(1+T/α) with derivatives in r and α, packed for four parameters.
    pub fn add_alive(&self, sum: &mut [f64; 15]) {
        let (n, alive) = (self.shape, self.alive());
        sum[0] -= n * alive.logs;
        sum[1] -= alive.logs;
        sum[2] -= n * alive.inverses;
        sum[6] -= alive.inverses;
        sum[9] += n * alive.squares;
    }

    /// Adds ln[ (1+T/α)^-(r+x) + odds (1+t_x/α)^-(r+x) ] with derivatives; the odds are a over the survivors, told as
    /// their logarithm and the inverses of both.
    pub fn add_alive_or_gone(
        &self,
        sum: &mut [f64; 15],
        (log_odds, (inverse_a, inverse_survivors)): (f64, (f64, f64)),
    ) {
        let (n, per_alpha) = (self.shape, 1.0 / self.alpha);
        let (mut alive, mut soft) = (LogSum::NONE, LogSum::NONE);
        let mut s = Sums::default();
        let times = self.recency.iter().zip(self.observed);
        for ((t_x, t), &w) in times.zip(self.weight) {
            let (at_last, at_end) = (1.0 + t_x * per_alpha, 1.0 + t * per_alpha);
            let (last, end) = (1.0 / at_last, 1.0 / at_end);
            // ln((α+T)/(α+t_x)): what silence has cost the alive branch.
            let silence = (at_end * last).ln();
            let difference = log_odds + n * silence;
            let small = (-difference.abs()).exp();
            let more = 1.0 / (1.0 + small);
            let less = small * more;
            let (gone, stays) = if difference > 0.0 {
                (more, less)
            } else {
                (less, more)
            };
            alive.add(w, at_end);
            soft.add(w, 1.0 + small);
            let slope = end - last;
            let (gone_w, bend) = (w * gone, w * gone * stays);
            s.rise += w * difference.max(0.0);
            s.end += w * end;
            s.gone += gone_w;
            s.gone_silence += gone_w * silence;
            s.gone_slope += gone_w * slope;
            s.mixed += w * stays * end + gone_w * last;
            s.mixed_squares += w * stays * end * end + gone_w * last * last;
            s.bend += bend;
            s.bend_silence += bend * silence;
            s.bend_slope += bend * slope;
            s.bend_silences += bend * silence * silence;
            s.bend_both += bend * silence * slope;
            s.bend_slopes += bend * slope * slope;
        }
        let logs = alive.total();
        // Times per α: slopes in α have one factor of it, bends two.
        let (k, kk) = (per_alpha, per_alpha * per_alpha);
        let (a, b) = (inverse_a, -inverse_survivors);
        sum[0] += s.rise + soft.total() - n * logs;
        sum[1] += s.gone_silence - logs;
        sum[2] += k * n * (s.gone_slope - s.end);
        sum[3] += a * s.gone;
        sum[4] += b * s.gone;
        sum[5] += s.bend_silences;
        sum[6] += k * (n * s.bend_both - s.mixed);
        sum[7] += a * s.bend_silence;
        sum[8] += b * s.bend_silence;
        sum[9] += kk * (n * n * s.bend_slopes + n * s.mixed_squares);
        sum[10] += a * k * n * s.bend_slope;
        sum[11] += b * k * n * s.bend_slope;
        sum[12] += a * a * (s.bend - s.gone);
        sum[13] += a * b * s.bend;
        sum[14] += b * b * (s.bend + s.gone);
    }
}

/// Sums over the rows of a run, by what is summed; times are in units of α.
#[derive(Default)]
struct Sums {
    rise: f64,
    end: f64,
    gone: f64,
    gone_silence: f64,
    gone_slope: f64,
    mixed: f64,
    mixed_squares: f64,
    bend: f64,
    bend_silence: f64,
    bend_slope: f64,
    bend_silences: f64,
    bend_both: f64,
    bend_slopes: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_weights_sum_the_same_logarithms() {
        let observed: Vec<f64> = (0..3_000).map(|i| f64::from(i * 37 % 911) * 0.3).collect();
        let of = |weight: f64| {
            let weights = vec![weight; observed.len()];
            let run = Run {
                shape: 2.0,
                alpha: 0.4,
                recency: &observed,
                observed: &observed,
                weight: &weights,
            };
            run.alive()
        };
        let (one, two) = (of(1.0), of(2.0));
        assert!((2.0 * one.logs / two.logs - 1.0).abs() < 1e-14);
        assert!((2.0 * one.squares / two.squares - 1.0).abs() < 1e-14);
    }
}
