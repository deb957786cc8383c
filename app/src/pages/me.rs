//! `/me`: one's own name, password, devices and API tokens.

use leptos::prelude::*;
use protocol::api::Me;

use crate::{pages::guard::SignedIn, ui::section::Section};

mod devices;
mod name;
mod new_token;
mod password;
mod tokens;

/// The page.
#[component]
pub fn MePage() -> impl IntoView {
    view! { <SignedIn title="You" page=|me| view! { <Parts me /> }.into_any() /> }
}

#[component]
fn Parts(me: Me) -> impl IntoView {
    let (email, role) = (me.email.clone(), me.role);
    view! {
        <div class="page-head">
            <h1>"You"</h1>
        </div>
        <Section title="Name" about="What others see beside your sessions.">
            <name::Name me />
        </Section>
        <Section
            title="Password"
            about="A new one signs out every other browser. Your sessions and API tokens go on."
        >
            <password::Password email />
        </Section>
        <Section
            title="Signed in"
            about="Browsers that are signed in as you. Sign out what you don't know or don't use."
        >
            <devices::Devices />
        </Section>
        <Section
            title="API tokens"
            about="For programs and the command line. A token never allows more than you may do yourself."
        >
            <tokens::Tokens role />
        </Section>
    }
}
