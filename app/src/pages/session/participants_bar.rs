//! The participants of a session, its driver, and the buttons that pass the baton. The terminal handles the
//! buttons by `data-command`; shortcuts do the same.

use client::{BatonAction, Participant, Participants};
use leptos::prelude::*;

use crate::{
    browser, format,
    terminal::Ui,
    ui::show::{Show, dynamic},
};

/// Most avatars in the bar; the list has all.
const AVATARS: usize = 4;

/// Participants in the terminal's bar, shown once there are others.
#[component]
pub fn ParticipantsBar(ui: Ui, owner: StoredValue<String>) -> impl IntoView {
    let participants = ui.participants;
    let shown = Memo::new(move |_| {
        participants
            .with(|all| !all.others.is_empty() || all.overseeing() || !all.actions().is_empty())
    });
    let connected = Memo::new(move |_| ui.state.get() == "connected");
    let count = move || participants.with(|all| (all.others.len() + 1).to_string());
    view! {
        <Show when=move || shown.get() && connected.get()>
            <div
                class="participants"
                data-testid="participants"
                data-driving=move || participants.with(|all| (all.driving() == Some(true)).to_string())
            >
                <Overseers ui owner />
                <Show when=move || participants.with(|all| !all.overseeing())>
                    <Requests ui />
                    <span class="participants-driver" role="status" data-testid="participants-driver">
                        {dynamic(move || participants.with(driver))}
                    </span>
                    <Own ui />
                </Show>
                <Avatars ui />
                <details class="participants-list" data-testid="participants-list">
                    <summary class="button quiet small">{dynamic(count)} " here"</summary>
                    <People ui />
                </details>
            </div>
        </Show>
    }
}

fn driver(participants: &Participants) -> String {
    let me = participants.me.as_ref().filter(|me| me.driving);
    let (text, until) = match (me, participants.driver()) {
        (Some(me), _) => ("You drive".to_owned(), me.until),
        (_, Some(driver)) => (format!("{} drives", driver.who), driver.until),
        _ => ("No driver".to_owned(), None),
    };
    match until {
        Some(time) => format!("{text} until {}", browser::local_clock(time)),
        None => text,
    }
}

/// The other participants as coloured avatars, animated while they type.
#[component]
fn Avatars(ui: Ui) -> impl IntoView {
    let avatar = |it: &Participant| {
        let doing = match (it.typing, it.driving) {
            (true, _) => ", typing",
            (_, true) => ", drives",
            _ => "",
        };
        let initial: String = it.who.chars().take(1).collect();
        view! {
            <span
                class="avatar"
                class:typing=it.typing
                data-hue=it.hue().to_string()
                title=format!("{}{doing}", it.who)
                aria-hidden="true"
            >
                {initial}
            </span>
        }
        .into_any()
    };
    let avatars =
        move |all: &Participants| all.others.iter().take(AVATARS).map(avatar).collect::<Vec<_>>();
    view! { <span class="avatars">{dynamic(move || ui.participants.with(avatars))}</span> }
}

/// Superusers who watch, shown to all participants.
#[component]
fn Overseers(ui: Ui, owner: StoredValue<String>) -> impl IntoView {
    let text = move || {
        ui.participants.with(|participants| {
            if participants.overseeing() {
                return Some(format!("You are watching. {} can see this.", owner.get_value()));
            }
            let overseers = participants.others.iter().filter(|it| it.overseeing);
            let names: Vec<&str> = overseers.map(|it| it.who.as_str()).collect();
            match names.as_slice() {
                [] => None,
                [one] => Some(format!("{one} (superuser) is watching")),
                many => Some(format!("{} (superusers) are watching", many.join(", "))),
            }
        })
    };
    view! {
        {dynamic(move || {
            text()
                .map(|text| {
                    view! {
                        <strong class="participants-overseer" role="status" data-testid="overseer">
                            {text}
                        </strong>
                    }
                    .into_any()
                })
        })}
    }
}

/// Requests to drive, shown to the driver.
#[component]
fn Requests(ui: Ui) -> impl IntoView {
    // Typing of others must not replace the buttons.
    let asking = Memo::new(move |_| {
        ui.participants.with(|all| {
            let actions = all.actions();
            let asks = |it: &&Participant| actions.contains(&BatonAction::Grant(it.viewer));
            let asking = all.others.iter().filter(asks);
            asking.map(|it| (it.viewer, it.who.clone(), it.device.clone())).collect::<Vec<_>>()
        })
    });
    let all = move || {
        asking
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, (viewer, who, device))| {
                // The shortcuts apply to the oldest request.
                let keys = at == 0;
                view! {
                    <span class="baton-request" role="status" data-testid="baton-request">
                        {format!("{who} ({device}) asks to drive")}
                    </span>
                    <MoveButton made=BatonAction::Grant(viewer) label="Let them drive" keys />
                    <MoveButton made=BatonAction::Lend(viewer) label="For 5 min" keys=false />
                    <MoveButton made=BatonAction::Refuse(viewer) label="Decline" keys />
                }
                .into_any()
            })
            .collect::<Vec<_>>()
    };
    view! { {dynamic(all)} }
}

/// Buttons for this client.
#[component]
fn Own(ui: Ui) -> impl IntoView {
    let moves = move || {
        let actions = ui.participants.with(Participants::actions).into_iter();
        let button = |made| {
            let label = match made {
                BatonAction::Request => "Ask to drive",
                BatonAction::Withdraw => "Stop asking",
                BatonAction::Take => "Drive here",
                _ => return None,
            };
            Some(view! { <MoveButton made label keys=true /> }.into_any())
        };
        actions.filter_map(button).collect::<Vec<_>>()
    };
    view! { {dynamic(moves)} }
}

#[component]
fn MoveButton(made: BatonAction, label: &'static str, keys: bool) -> impl IntoView {
    let (word, viewer) = made.name();
    let (key, testid) = match made {
        BatonAction::Request => ("A", "baton-ask"),
        BatonAction::Withdraw => ("A", "baton-withdraw"),
        BatonAction::Take => ("D", "baton-take"),
        BatonAction::Grant(_) => ("G", "baton-grant"),
        BatonAction::Lend(_) => ("", "baton-lend"),
        BatonAction::Refuse(_) => ("X", "baton-refuse"),
        BatonAction::Release => ("", "baton-release"),
    };
    let keys = keys && !key.is_empty();
    let mac = browser::is_mac();
    let chord = if mac { format!("⌘⇧{key}") } else { format!("Ctrl+Shift+{key}") };
    let spoken = format!("{}+Shift+{key}", if mac { "Meta" } else { "Control" });
    view! {
        <button
            type="button"
            class="button small"
            class:primary=matches!(made, BatonAction::Take | BatonAction::Grant(_))
            data-testid=testid
            data-command="baton"
            data-move=word
            data-viewer=viewer.to_string()
            title=keys.then(|| format!("{label}: {chord}"))
            aria-keyshortcuts=keys.then_some(spoken)
        >
            {label}
        </button>
    }
}

fn everyone(participants: &Participants) -> impl Iterator<Item = &Participant> {
    participants.me.iter().chain(&participants.others)
}

/// All participants, this client first. The driver can pass the baton to any of them; requests have their
/// buttons in the bar.
#[component]
fn People(ui: Ui) -> impl IntoView {
    let participants = ui.participants;
    let viewers = |all: &Participants| everyone(all).map(|it| it.viewer).collect::<Vec<_>>();
    let numbers = Memo::new(move |_| participants.with(viewers));
    let line = move |viewer: u64| {
        let found = move |all: &Participants| everyone(all).find(|it| it.viewer == viewer).cloned();
        let first = participants.with_untracked(found)?;
        let guest = first.guest;
        let is_me = |all: &Participants| all.me.as_ref().is_some_and(|me| me.viewer == viewer);
        let mine = participants.with_untracked(is_me);
        let person = Memo::new(move |before: Option<&Participant>| {
            participants.with(found).or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        let hands = Memo::new(move |_| participants.with(|all| all.can_hand_to(viewer)));
        let who = move || {
            person.with(|it| if mine { format!("{} (you)", it.who) } else { it.who.clone() })
        };
        Some(view! {
            <li data-testid="participant" data-guest=guest.to_string()>
                <i
                    class="color-dot"
                    class:typing=move || person.with(|it| it.typing)
                    data-hue=move || person.with(Participant::hue).to_string()
                ></i>
                <span>{dynamic(who)}</span>
                <span class="muted">{dynamic(move || person.with(|it| format::uses(it.guest, &it.device)))}</span>
                <span class="badge">{dynamic(move || format::doing(person.with(Participant::doing)))}</span>
                <Show when=move || hands.get()>
                    <span class="baton-actions">
                        <MoveButton made=BatonAction::Grant(viewer) label="Let drive" keys=false />
                        <MoveButton made=BatonAction::Lend(viewer) label="For 5 min" keys=false />
                    </span>
                </Show>
            </li>
        })
    };
    view! {
        <ul>
            <For each=move || numbers.get() key=|it| *it children=line />
        </ul>
    }
}
