//! Does the server keep its contract, its doors and its people apart? A real server on a free port, asked over HTTP.

mod contract;
mod doors;
mod files;
mod house;
mod pages;
mod provider;
mod sight;
mod walk;
mod work;
