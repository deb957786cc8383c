//! Checks of names, email addresses and new passwords before a form is sent. The server checks again.

use protocol::api::limits;

use crate::{error::PageError, format};

/// Hint below the field of a new password.
pub const PASSWORD_HINT: &str = "At least 12 characters. A few random words work well.";

type Checked = Result<(), PageError>;

/// Returns an error for the field unless its value is valid.
pub fn check(valid: bool, field: &str, message: &str) -> Checked {
    if valid { Ok(()) } else { Err(PageError::of_field(field, message)) }
}

/// Rejects an empty name.
pub fn name(name: &str) -> Checked {
    check(!name.trim().is_empty(), "name", "Enter a name.")
}

/// Rejects an empty name and one that is too long.
pub fn bounded_name(text: &str) -> Checked {
    name(text)?;
    let message = format!("Use at most {} characters.", limits::MAX_NAME);
    check(text.trim().chars().count() <= limits::MAX_NAME, "name", &message)
}

/// Rejects text that cannot be an email address.
pub fn email(email: &str) -> Checked {
    check(format::could_be_email(email), "email", "Enter a valid email address.")
}

/// Rejects a password that is too short.
pub fn new_password(field: &str, password: &str) -> Checked {
    let message = format!("Use at least {} characters.", limits::MIN_PASSWORD);
    check(password.chars().count() >= limits::MIN_PASSWORD, field, &message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_hint_states_the_minimum() {
        assert!(PASSWORD_HINT.contains(&limits::MIN_PASSWORD.to_string()));
    }
}
