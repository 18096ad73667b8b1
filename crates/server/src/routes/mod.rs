//! Which addresses are there? Each route asks one use case and gives its answer the shape of the contract.

mod company;
mod customers;
mod decisions;
mod imports;
mod jobs;
mod people;
mod reports;
mod runs;
mod session;
mod trials;
mod uploads;
mod views;
mod words;

use crate::shared::App;
use utoipa_axum::router::OpenApiRouter;

pub fn quick() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(session::routes())
        .merge(runs::routes())
        .merge(reports::routes())
        .merge(customers::routes())
        .merge(views::routes())
        .merge(decisions::routes())
        .merge(trials::routes())
        .merge(imports::routes())
        .merge(jobs::routes())
        .merge(words::routes())
        .merge(people::routes())
        .merge(company::routes())
}

pub fn slow() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(uploads::routes())
        .merge(reports::exports())
        .merge(customers::exports())
        .merge(trials::slow())
}
