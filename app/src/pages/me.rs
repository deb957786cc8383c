//! `/me`: name, password, signed-in browsers and API tokens of the signed-in member.

use leptos::prelude::*;
use protocol::api::Me;

use crate::{pages::guard::SignedIn, ui::section::Section};

mod devices;
mod name;
mod new_token;
mod password;
mod tokens;

#[component]
pub fn MePage() -> impl IntoView {
    view! { <SignedIn title="Profile" page=|me| view! { <Sections me /> }.into_any() /> }
}

#[component]
fn Sections(me: Me) -> impl IntoView {
    let (email, role) = (me.email.clone(), me.role);
    view! {
        <div class="page-head">
            <h1>"Profile"</h1>
        </div>
        <Section title="Name" about="Shown to others next to your sessions.">
            <name::Name me />
        </Section>
        <Section
            title="Password"
            about="Changing it signs out all other browsers. Sessions and API tokens are not affected."
        >
            <password::Password email />
        </Section>
        <Section
            title="Browsers"
            about="Browsers in which you are signed in. Sign out any you don't recognize or no longer use."
        >
            <devices::Devices />
        </Section>
        <Section
            title="API tokens"
            about="Access for programs and the command line. A token never grants more than your role does."
        >
            <tokens::Tokens role />
        </Section>
    }
}
