//! Substring search in columns. The search text is literal: `%`, `_` and `\` in it are escaped.

use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, LikeExpr},
};

/// Matches columns that contain `text`, ignoring case. SQLite folds the case of ASCII only.
pub(super) fn contains(column: impl IntoColumnRef + Clone, text: &str) -> Condition {
    let folded = Expr::expr(Func::lower(Expr::col(column.clone())));
    Condition::any()
        .add(Expr::col(column).like(pattern("%", text)))
        .add(folded.like(pattern("%", &text.to_lowercase())))
}

/// Matches columns that start with `text`.
pub(super) fn starts_with(column: impl IntoColumnRef, text: &str) -> Expr {
    Expr::col(column).like(pattern("", text))
}

fn pattern(lead: &str, text: &str) -> LikeExpr {
    let literal = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("{lead}{literal}%")).escape('\\')
}
