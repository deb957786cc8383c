//! Conversion of column values to the types of the interface. Enums are stored as the strings that
//! `strum` derives for them.

use std::str::FromStr;

use crate::Error;

/// Parses the string of an enum column.
pub(crate) fn parse<T: FromStr>(what: &'static str, value: String) -> Result<T, Error> {
    value.parse().map_err(|_| Error::Unknown { what, value })
}

/// Converts between the integer types of a column and the interface.
pub(crate) fn number<A, B>(what: &'static str, value: A) -> Result<B, Error>
where
    A: ToString + Copy,
    B: TryFrom<A>,
{
    B::try_from(value).map_err(|_| Error::Unknown { what, value: value.to_string() })
}

#[cfg(test)]
mod tests {
    use std::fmt::{Debug, Display};

    use protocol::api::{
        AttachPolicy, BatonRule, EndReason, GuestEnd, InviteKind, KeepAlive, MailState, Role,
        SessionState, ShareKind, ShareReadOnly, ShareState, TokenScope,
    };
    use strum::VariantArray;

    use super::*;

    #[track_caller]
    fn check<T>(strings: &[&str])
    where
        T: VariantArray + FromStr + Display + Debug + PartialEq,
    {
        let stored: Vec<String> = T::VARIANTS.iter().map(T::to_string).collect();
        assert_eq!(stored, strings);
        let parsed: Vec<T> =
            strings.iter().map(|text| parse("test", (*text).to_owned()).unwrap()).collect();
        assert_eq!(parsed, T::VARIANTS);
        let unknown = parse::<T>("test", "unknown".to_owned());
        assert!(
            matches!(unknown, Err(Error::Unknown { what: "test", value }) if value == "unknown")
        );
    }

    #[test]
    fn enum_columns_keep_their_strings() {
        check::<AttachPolicy>(&["handoff", "single", "multi"]);
        check::<BatonRule>(&["free", "ask"]);
        check::<EndReason>(&["exited", "closed", "expired", "dropped", "lost"]);
        check::<GuestEnd>(&["left", "removed", "expired", "revoked", "session_ended"]);
        check::<InviteKind>(&["join", "reset"]);
        check::<KeepAlive>(&["input", "attached", "working"]);
        check::<MailState>(&["queued", "sent", "failed"]);
        check::<Role>(&["member", "staff", "superuser"]);
        check::<SessionState>(&["starting", "active", "ended"]);
        check::<ShareKind>(&["link", "mail"]);
        check::<ShareReadOnly>(&["chosen", "preset", "forced"]);
        check::<ShareState>(&["active", "expired", "revoked", "session_ended", "void"]);
        check::<TokenScope>(&["read", "sessions", "admin"]);
    }
}
