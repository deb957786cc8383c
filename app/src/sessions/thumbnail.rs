//! A live miniature of a session's screen: polled once a second while the card and the page are visible.
//! Polling does not attach: it counts as no activity and other participants do not see it.

use std::{cell::RefCell, rc::Rc};

use leptos::{html, prelude::*, reactive::spawn_local_scoped_with_cancellation};
use protocol::{id::SessionId, mirror::Mirror};
use web_sys::Element;

use crate::{
    api::rest,
    browser,
    terminal::{
        model::css,
        view::{RULER, metrics::Metrics, painter::Painter},
    },
};

/// Rows of a thumbnail: the last ones down to the cursor.
const ROWS: usize = 9;

/// Interval between two polls, in milliseconds.
const EVERY: i32 = 1_000;

/// Interval after a failed poll, in milliseconds.
const AFTER_FAILURE: i32 = 10_000;

#[component]
pub fn Thumbnail(id: SessionId) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let rows = NodeRef::<html::Div>::new();
    let ruler = NodeRef::<html::Span>::new();
    let page = browser::page_shown();
    let seen = browser::in_sight(frame);
    let shown = Memo::new(move |_| page.get() && seen.get());
    let polls = RwSignal::new(0_u32);
    // Created in the browser only: the server renders on several threads, and a painter is not `Send`.
    Effect::new(move |kept: Option<Option<Rc<RefCell<Picture>>>>| {
        let kept = kept.flatten();
        if !shown.get() {
            return kept;
        }
        let (Some(frame), Some(rows), Some(ruler)) =
            (frame.get_untracked(), rows.get_untracked(), ruler.get_untracked())
        else {
            return kept;
        };
        let picture = kept.unwrap_or_else(|| {
            Rc::new(RefCell::new(Picture::new(frame.into(), rows.into(), ruler.into())))
        });
        let drawn = Rc::clone(&picture);
        // Cancelled when the card or the page is hidden.
        spawn_local_scoped_with_cancellation(async move {
            loop {
                let from = drawn.borrow().mirror.position();
                let pause = match rest::screen(id, from).await {
                    Ok(None) => EVERY,
                    Ok(Some(next)) => {
                        drawn.borrow_mut().show(&next);
                        polls.try_update(|polls| *polls += 1);
                        EVERY
                    }
                    Err(_) => AFTER_FAILURE,
                };
                browser::pause(pause).await;
            }
        });
        Some(picture)
    });
    view! {
        <div
            node_ref=frame
            class="thumbnail"
            aria-hidden="true"
            data-testid="thumbnail"
            data-live=move || shown.get().to_string()
            data-looks=move || polls.get().to_string()
        >
            <div node_ref=rows class="thumbnail-rows"></div>
            <span node_ref=ruler class="ruler">
                {RULER}
            </span>
        </div>
    }
}

/// The drawn screen and its painter.
struct Picture {
    mirror: Mirror,
    /// Counts whole screens: style numbers are valid within one.
    table: u64,
    metrics: Metrics,
    painter: Painter,
    frame: Element,
    ruler: Element,
}

impl Picture {
    fn new(frame: Element, rows: Element, ruler: Element) -> Self {
        Self {
            mirror: Mirror::default(),
            table: 0,
            metrics: Metrics::default(),
            painter: Painter::new(document(), rows),
            frame,
            ruler,
        }
    }

    fn show(&mut self, next: &protocol::wire::Frame) {
        if next.reset.is_some() {
            self.table += 1;
        }
        if self.mirror.apply(next).is_err() {
            // The next poll fetches a whole screen.
            self.mirror = Mirror::default();
            return;
        }
        if self.metrics.measure(&self.ruler) {
            let row = css::px(self.metrics.height);
            browser::style(&self.frame, "--row", &row);
            self.painter.forget();
        }
        let (mirror, table) = (&self.mirror, self.table);
        let first = first(mirror.cursor.row as usize, mirror.lines.len());
        let count = mirror.lines.len().min(ROWS);
        let top = mirror.top;
        let source = |id: u64| {
            let row = usize::try_from(id.saturating_sub(top)).unwrap_or(usize::MAX);
            mirror.lines.get(row).map(|line| (line, table))
        };
        let style_of = |_, _, index| mirror.style(index);
        self.painter.render(top + first as u64, count, &mut self.metrics, source, style_of);
    }
}

/// The first row to show so that the row of the cursor is visible, with those above it.
fn first(cursor: usize, rows: usize) -> usize {
    (cursor + 1).max(ROWS).min(rows).saturating_sub(ROWS)
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn the_cursor_is_always_shown() {
        for (cursor, rows, expected) in
            [(0, 24, 0), (8, 24, 0), (9, 24, 1), (23, 24, 15), (40, 24, 15), (2, 3, 0), (0, 0, 0)]
        {
            assert_eq!(first(cursor, rows), expected, "{cursor} of {rows}");
        }
    }
}
