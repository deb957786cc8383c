//! Cookies of guests that one browser holds, and the choice of the one that a request is for. Pure.

use protocol::id::GuestId;

use crate::Error;

/// A guest's id, from the name of their cookie, and the secret in it.
pub type HeldCookie<'a> = (GuestId, &'a str);

/// Chooses the cookie that a request is for. A guess could reach another session than the page shows, so several
/// cookies require a name.
pub(super) fn choose<'a>(
    held: &[HeldCookie<'a>],
    named: Option<GuestId>,
) -> Result<HeldCookie<'a>, Error> {
    match (named, held) {
        (_, []) => Err(Error::NotJoined),
        (None, [only]) => Ok(*only),
        (None, _) => Err(Error::GuestNotNamed),
        (Some(named), held) => {
            held.iter().find(|(id, _)| *id == named).copied().ok_or(Error::GuestMismatch)
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_request_is_for_the_guest_that_it_names() {
        let [x, y, z] = [1, 2, 3].map(|number| GuestId(Uuid::from_u128(number)));
        let (to_x, to_y) = ((x, "x"), (y, "y"));
        // cookies held, name given, secret or code
        for (held, named, expected) in [
            (vec![], None, Err("not_joined")),
            (vec![], Some(x), Err("not_joined")),
            (vec![to_x], None, Ok("x")),
            (vec![to_x], Some(x), Ok("x")),
            (vec![to_x], Some(y), Err("guest_mismatch")),
            (vec![to_x, to_y], None, Err("guest_not_named")),
            (vec![to_x, to_y], Some(x), Ok("x")),
            (vec![to_y, to_x], Some(x), Ok("x")),
            (vec![to_x, to_y], Some(y), Ok("y")),
            (vec![to_x, to_y], Some(z), Err("guest_mismatch")),
        ] {
            let chosen = choose(&held, named).map(|(_, secret)| secret);
            let chosen = chosen.map_err(|error| error.code());
            assert_eq!(chosen, expected.map_err(str::to_owned), "{held:?} {named:?}");
        }
    }
}
