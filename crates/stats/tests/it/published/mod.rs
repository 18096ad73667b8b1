//! Which printed numbers of the literature are reproduced?
//!
//! The numbers of the data folder's reference file are looked for one by one in [`reference`]. Cases that are worked without a data set:
//!
//! | number | where |
//! |---|---|
//! | margin multiples 2.667 and 4.5 at 80 % and 90 % retention, 10 % interest | [`worked`] |
//! | 12 to 6 minutes: 25,000 to 14,286 hours, 4.29 and 3.00 million, gone at 1.25 points | [`staffing`] |
//! | loss tables, the example with and without abandonment | [`staffing`] |
//! | satisfaction index 0 when all answer lowest, 100 when all answer highest | [`survey`] |
//! | variance of a promoter score (p + d - (p - d)²) / n | [`survey`] |
//! | shares of wallet over the ranks sum to 1, the first of three has half | [`survey`] |
//! | 36 path coefficients under three schemes, shares explained, loadings, weights, total effects; mode B | [`pls`] |
//! | LMG of two drivers by hand; swiss and attitude by enumeration | [`worked`], [`importance`] |
//! | BG/NBD, Pareto/NBD, MBG/NBD, NBD and Gamma-Gamma on CDNOW; BG/BB on donations | [`btyd`], [`reference`] |
//! | P(alive) and expected spend by their formulas | [`worked`] |
//! | likelihood with its top at the edge, a year of Online Retail | [`boundary`] |
//! | sBG on two cohorts: 0.7041, 1.1820, -1680.27; 0.6681, 3.8061, -1611.16 | [`contract`] |
//! | E-values 3.9 to 7.263 (limit 2.4 to 4.233) and 3.8 to 7.06, odds ratios, differences of means | [`worked`] |
//! | Rosenbaum's bounds, Cohen's sizes, two-stage least squares with the robust set, mixes of donors | [`causal_designs`] |
//! | group-time effects and their four means | [`causal_did`] |
//! | Hillstrom's effects and errors; giving up smoking 3.4 to 3.5 kg | [`causal`], [`reference`] |
//! | Chapman's total and variance; hepatitis lists | [`worked`], [`hidden`] |
//! | lung: Cox with ties, robust, stratified, late entry, test of proportionality; Kaplan-Meier 310 days; two kinds of end | [`survival`], [`time`] |
//! | shared gamma frailty: kidney 0.408, rats 0.499 | [`frailty`] |
//! | least squares, logit, Poisson, negative binomial, ordinal, mixed, CR2, wild bootstrap | [`regression`], [`regression_kinds`] |
//! | penalty and reward, Kano's table and coefficients, pull of small groups | beside the code: `importance::penalty_reward`, `survey::kano`, `survey::shrinkage` |
//! | effective size, q-values of ten tests | [`worked`] |
//! | alpha, ICC, agreement | [`survey`] |
//! | choices as HiGHS proves them; scores of forecasts | [`allocate`], [`scoring`] |

mod allocate;
mod boundary;
mod btyd;
mod causal;
mod causal_designs;
mod causal_did;
mod contract;
mod covariates;
mod frailty;
mod hidden;
mod importance;
mod pls;
mod reference;
mod regression;
mod regression_kinds;
mod scoring;
mod staffing;
mod survey;
mod survival;
mod time;
mod worked;
