//! Does the crate give published numbers, recover known truths and keep its promises?

mod data;
mod properties;
mod published;
mod recovery;
