//! Arguments that are one of a few values, each with its own help.

use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Parses one of the values, given with their help.
pub(super) fn choices<T: FromStr + Clone + Send + Sync + 'static>(
    values: &[(&'static str, &'static str)],
) -> impl TypedValueParser<Value = T> {
    let values = values.iter().map(|(name, help)| PossibleValue::new(*name).help(*help));
    PossibleValuesParser::new(values).try_map(|name| name.parse().map_err(|_| "unknown value"))
}
