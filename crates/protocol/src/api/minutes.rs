//! Duration of a share in JSON. Any value is read, so that an invalid one is rejected with the error code of
//! its field.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::whole;

/// Duration of a share from now, in minutes; none for JSON that is not a whole number, so that it is
/// rejected as a duration and not as a malformed body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = u32, minimum = 5, maximum = 180))]
pub struct Minutes(pub Option<u32>);

impl From<u32> for Minutes {
    fn from(minutes: u32) -> Self {
        Self(Some(minutes))
    }
}

impl Serialize for Minutes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        whole::whole(deserializer).map(Self)
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
