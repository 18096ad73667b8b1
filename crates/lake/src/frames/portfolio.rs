//! How is the portfolio frame built from the ledger?

use super::columns::Answer;
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use odla_domain::frames::portfolio::{PortfolioFrame, Standing};

pub async fn portfolio(ctx: &SessionContext) -> Result<PortfolioFrame, LakeError> {
    let answer = Answer::new(query(ctx, include_str!("portfolio.sql")).await?);
    let standings = answer
        .texts("kind")?
        .iter()
        .zip(answer.flags("profiling_objected")?)
        .map(|(kind, objected)| match (objected, kind.as_str()) {
            (Some(true), _) => Standing::Objected,
            (_, "company") => Standing::Company,
            _ => Standing::Person,
        })
        .collect();
    PortfolioFrame::new(answer.texts("customer_id")?, standings).map_err(LakeError::frame)
}
