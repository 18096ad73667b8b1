//! How does an outcome move with several columns at once?

pub mod coefficients;
pub mod cross_products;
mod glm;
pub mod linear;
pub mod logistic;
pub mod mixed;

pub mod poisson;
pub mod sample;
mod sandwich;
pub mod within_between;

pub use coefficients::{Coefficient, Coefficients};
pub use cross_products::CrossProducts;
pub use sample::{Errors, FitConfig, Sample, Weights};
