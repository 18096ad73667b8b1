//! How does an outcome move with several columns at once?

pub mod coefficients;
pub mod cross_products;
mod glm;
pub(crate) mod left_out;
pub mod linear;
pub mod logistic;
pub mod mixed;
pub mod negative_binomial;
pub mod ordinal;
pub mod patterns;
pub mod poisson;
pub mod random_slopes;
pub mod ridge;
pub mod sample;
mod sandwich;
mod scaled;
pub(crate) mod simulate;
pub mod wild;
pub mod within_between;

pub use coefficients::{Coefficient, Coefficients};
pub use cross_products::CrossProducts;
pub use patterns::Patterns;
pub use sample::{Errors, FitConfig, Sample, Weights};
