//! Whole numbers of JSON bodies. A wrong value is read as none or 0, so that it is rejected with the error
//! code of its field, and not as a malformed body. This module does not know the bounds.

use std::fmt;

use serde::{
    Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Reads a whole number; none for any other JSON value.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    deserializer.deserialize_any(Anything)
}

/// As [`whole`], for numbers that are never 0. Any other JSON value is read as 0, which is out of all
/// bounds.
pub(super) fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    Ok(whole(deserializer)?.unwrap_or(0))
}

/// Visitor that reads any JSON value as a number or none.
struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E>(self, value: u64) -> Result<Option<u32>, E> {
        Ok(u32::try_from(value).ok())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Option<u32>, E> {
        Ok(u32::try_from(value).ok())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<u32>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<u32>, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<u32>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<u32>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<u32>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<u32>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
