//! Which functions may an expression in a mapping use besides SQL's own?

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, Decimal128Array};
use arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use jiff::tz::TimeZone;

use crate::import::parse::{self, Manner};
use crate::import::typed::days_since_epoch;
use crate::schema::{AMOUNT, AMOUNT_SCALE};

/// `num(text)`: an exact number with four decimals, empty when the text is none.
pub fn num() -> ScalarUDF {
    let read = |texts: &ArrayRef| -> Result<ArrayRef> {
        let manner = Manner {
            comma_separated: false,
            ..Manner::plain(TimeZone::UTC)
        };
        let numbers: Decimal128Array = texts
            .as_string::<i32>()
            .iter()
            .map(|text| parse::amount(text?.trim(), &manner).ok())
            .collect();
        Ok(Arc::new(
            numbers.with_precision_and_scale(18, AMOUNT_SCALE)?,
        ))
    };
    create_udf(
        "num",
        vec![DataType::Utf8],
        AMOUNT,
        Volatility::Immutable,
        Arc::new(move |args| over(args, read)),
    )
}

/// `day(text)`: the day, empty when the text is none.
pub fn day() -> ScalarUDF {
    let read = |texts: &ArrayRef| -> Result<ArrayRef> {
        let manner = Manner::plain(TimeZone::UTC);
        let days: Date32Array = texts
            .as_string::<i32>()
            .iter()
            .map(|text| {
                parse::date(text?.trim(), &manner)
                    .ok()
                    .map(days_since_epoch)
            })
            .collect();
        Ok(Arc::new(days))
    };
    create_udf(
        "day",
        vec![DataType::Utf8],
        DataType::Date32,
        Volatility::Immutable,
        Arc::new(move |args| over(args, read)),
    )
}

fn over(
    args: &[ColumnarValue],
    read: impl Fn(&ArrayRef) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    let arrays = ColumnarValue::values_to_arrays(args)?;
    Ok(ColumnarValue::Array(read(&arrays[0])?))
}
