//! A share's length as JSON has it: whatever stands there is read, so that what is no length is refused
//! as one.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::whole;

/// How long a share lasts from now on, in minutes. JSON that is no whole number is kept as none, so
/// that it is refused as a length and not as a body.
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

/// An absent length stays absent; a `null` is a length that can't be used.
pub(super) fn given<'de, D: Deserializer<'de>>(
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
    fn what_is_no_whole_number_of_minutes_is_none() {
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
