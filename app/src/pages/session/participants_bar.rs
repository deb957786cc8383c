//! Who else is attached to a session, who drives it, and the buttons that change that. The terminal
//! hears them by `data-command`; keys do the same.

use client::{BatonAction, Participant, Participants};
use leptos::prelude::*;

use crate::{browser, format, terminal::Ui, ui::show::Show};

/// So many faces fit the bar; the list has all.
const FACES: usize = 4;

/// Shown in the terminal's bar as soon as somebody else is there.
#[component]
pub fn CrewBar(
    /// The terminal's state.
    ui: Ui,
    /// Name of the session's owner.
    owner: StoredValue<String>,
) -> impl IntoView {
    let crew = ui.participants;
    let shown = Memo::new(move |_| {
        crew.with(|crew| !crew.others.is_empty() || crew.overseeing() || !crew.actions().is_empty())
    });
    let connected = Memo::new(move |_| ui.state.get() == "connected");
    let here = move || crew.with(|crew| (crew.others.len() + 1).to_string());
    let drives = move || {
        crew.with(|crew| {
            let until = |it: &Participant| it.until.map(browser::local_clock);
            match (crew.me.as_ref().filter(|me| me.driving), crew.driver()) {
                (Some(me), _) => match until(me) {
                    Some(time) => format!("You drive until {time}"),
                    None => "You drive".into(),
                },
                (_, Some(driver)) => match until(driver) {
                    Some(time) => format!("{} drives until {time}", driver.who),
                    None => format!("{} drives", driver.who),
                },
                _ => "Nobody drives".into(),
            }
        })
    };
    view! {
        <Show when=move || shown.get() && connected.get()>
            <div
                class="participants"
                data-testid="crew"
                data-driving=move || crew.with(|crew| (crew.driving() == Some(true)).to_string())
            >
                <Overseers ui owner />
                <Show when=move || crew.with(|crew| !crew.overseeing())>
                    <Asking ui />
                    <span class="participants-driver" role="status" data-testid="crew-driver">
                        {move || drives()}
                    </span>
                    <Own ui />
                </Show>
                <Faces ui />
                <details class="participants-list" data-testid="crew-all">
                    <summary class="button quiet small">{move || here()} " here"</summary>
                    <People ui />
                </details>
            </div>
        </Show>
    }
}

/// Everybody else as a mark of their own colour, which moves while they type.
#[component]
fn Faces(ui: Ui) -> impl IntoView {
    let face = |it: &Participant| {
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
    let faces = move || {
        ui.participants.with(|crew| crew.others.iter().take(FACES).map(face).collect::<Vec<_>>())
    };
    view! { <span class="avatars">{move || faces()}</span> }
}

/// A superuser who looks is never silent, and neither is it hidden from themselves.
#[component]
fn Overseers(ui: Ui, owner: StoredValue<String>) -> impl IntoView {
    let words = move || {
        ui.participants.with(|crew| {
            if crew.overseeing() {
                return Some(format!("You are watching. {} can see that.", owner.get_value()));
            }
            let names: Vec<&str> =
                crew.others.iter().filter(|it| it.overseeing).map(|it| it.who.as_str()).collect();
            match names.as_slice() {
                [] => None,
                [one] => Some(format!("{one} (superuser) is watching")),
                many => Some(format!("{} (superusers) are watching", many.join(", "))),
            }
        })
    };
    view! {
        {move || {
            words()
                .map(|words| {
                    view! {
                        <strong class="participants-overseer" role="status" data-testid="overseer">
                            {words}
                        </strong>
                    }
                    .into_any()
                })
        }}
    }
}

/// Those who ask to drive, for who drives.
#[component]
fn Asking(ui: Ui) -> impl IntoView {
    // Buttons stay the same ones while somebody else types.
    let asking = Memo::new(move |_| {
        ui.participants.with(|crew| {
            let moves = crew.actions();
            let asking =
                crew.others.iter().filter(|it| moves.contains(&BatonAction::Grant(it.viewer)));
            asking.map(|it| (it.viewer, it.who.clone(), it.device.clone())).collect::<Vec<_>>()
        })
    });
    let all = move || {
        let asking = asking.get();
        let first = asking.first().map(|it| it.0);
        asking
            .into_iter()
            .map(|(viewer, who, device)| {
                // The keys are for the one who has waited longest.
                let keys = first == Some(viewer);
                view! {
                    <span class="baton-request" role="status" data-testid="crew-asking">
                        {format!("{who} ({device}) asks to drive")}
                    </span>
                    <MoveButton made=BatonAction::Grant(viewer) label="Let them" keys />
                    <MoveButton made=BatonAction::Lend(viewer) label="For 5 min" keys=false />
                    <MoveButton made=BatonAction::Refuse(viewer) label="Refuse" keys />
                }
                .into_any()
            })
            .collect::<Vec<_>>()
    };
    view! { {move || all()} }
}

/// What this page may do for itself.
#[component]
fn Own(ui: Ui) -> impl IntoView {
    let moves = move || {
        ui.participants
            .with(|crew| crew.actions())
            .into_iter()
            .filter_map(|made| {
                let label = match made {
                    BatonAction::Request => "Ask to drive",
                    BatonAction::Withdraw => "Stop asking",
                    BatonAction::Take => "Drive here",
                    BatonAction::Grant(_)
                    | BatonAction::Lend(_)
                    | BatonAction::Refuse(_)
                    | BatonAction::Release => {
                        return None;
                    }
                };
                Some(view! { <MoveButton made label keys=true /> }.into_any())
            })
            .collect::<Vec<_>>()
    };
    view! { {move || moves()} }
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

/// Everybody who is here, this page first. Who drives can hand over to any of them who may; for those who
/// ask, the bar has the buttons.
#[component]
fn People(ui: Ui) -> impl IntoView {
    let crew = ui.participants;
    let numbers = Memo::new(move |_| {
        crew.with(|crew| crew.me.iter().chain(&crew.others).map(|it| it.viewer).collect::<Vec<_>>())
    });
    let line = move |viewer: u64| {
        let found = move |crew: &Participants| {
            crew.me.iter().chain(&crew.others).find(|it| it.viewer == viewer).cloned()
        };
        let first = crew.with_untracked(found)?;
        let guest = first.guest;
        let mine =
            crew.with_untracked(|crew| crew.me.as_ref().is_some_and(|me| me.viewer == viewer));
        let person = Memo::new(move |before: Option<&Participant>| {
            crew.with(found).or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        let hands = Memo::new(move |_| crew.with(|crew| crew.can_hand_to(viewer)));
        let who = move || {
            person.with(|it| if mine { format!("{} (you)", it.who) } else { it.who.clone() })
        };
        Some(view! {
            <li data-testid="crew-person" data-guest=guest.to_string()>
                <i
                    class="color-dot"
                    class:typing=move || person.with(|it| it.typing)
                    data-hue=move || person.with(Participant::hue).to_string()
                ></i>
                <span>{move || who()}</span>
                <span class="muted">{move || person.with(|it| format::uses(it.guest, &it.device))}</span>
                <span class="badge">{move || format::doing(person.with(Participant::doing))}</span>
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
