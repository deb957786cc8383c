//! Whole numbers of JSON bodies. Any value is read, so that a wrong one is rejected with the error code of
//! its field, and not as a malformed body.

use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};
use utoipa::ToSchema;

/// Reads a whole number; none for any other JSON value.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Whole(u32),
        Other(IgnoredAny),
    }
    Value::deserialize(deserializer).map(|value| match value {
        Value::Whole(number) => Some(number),
        Value::Other(IgnoredAny) => None,
    })
}

/// Reads a number that is never 0. Any other JSON value is read as 0, which is out of all bounds.
pub(super) fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    Ok(whole(deserializer)?.unwrap_or(0))
}

/// Duration of a share from now, in minutes; none for JSON that is not a whole number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = u32, minimum = 5, maximum = 180)]
pub struct Minutes(#[serde(deserialize_with = "whole")] pub Option<u32>);

impl From<u32> for Minutes {
    fn from(minutes: u32) -> Self {
        Self(Some(minutes))
    }
}

/// Reads a duration that may be absent; `null` is an invalid one.
pub(super) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Minutes>, D::Error> {
    Minutes::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{ChangeShare, NewShare},
        *,
    };

    #[test]
    fn other_json_than_a_whole_number_is_none() {
        for (json, minutes) in [
            ("5", Some(5)),
            ("180", Some(180)),
            ("5.5", None),
            ("\"5\"", None),
            ("-1", None),
            ("null", None),
            ("true", None),
            ("[5]", None),
            ("{\"a\":[1]}", None),
            ("4294967296", None),
        ] {
            let new: NewShare = serde_json::from_str(&format!("{{\"minutes\":{json}}}")).unwrap();
            assert_eq!(new.minutes, Minutes(minutes), "{json}");
            let change: ChangeShare =
                serde_json::from_str(&format!("{{\"minutes\":{json}}}")).unwrap();
            assert_eq!(change.minutes, Some(Minutes(minutes)), "{json}");
        }
        assert_eq!(serde_json::from_str::<ChangeShare>("{}").unwrap().minutes, None);
        let text = serde_json::to_string(&ChangeShare::default()).unwrap();
        assert_eq!(serde_json::from_str::<ChangeShare>(&text).unwrap(), ChangeShare::default());
    }
}
