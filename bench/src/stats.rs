//! Order statistics of samples, and the only place that sleeps.

use std::time::Duration;

/// Returns the value below which `part` (0 to 1) of the samples lie; 0 without samples.
pub fn quantile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = ((sorted.len() as f64 * part).ceil() as usize).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}

pub fn median(samples: &[f64]) -> f64 {
    quantile(samples, 0.5)
}

pub fn worst(samples: &[f64]) -> f64 {
    quantile(samples, 1.0)
}

/// Returns the mean; 0 without samples.
pub fn mean(samples: &[f64]) -> f64 {
    let count = samples.len().max(1) as f64;
    samples.iter().sum::<f64>() / count
}

/// Formats the samples as `p50 12.3, p90 45.6, p99 78.9`.
pub fn spread(samples: &[f64]) -> String {
    let [p50, p90, p99] = [0.5, 0.9, 0.99].map(|part| quantile(samples, part));
    format!("p50 {p50:.0}, p90 {p90:.0}, p99 {p99:.0}")
}

/// Sleeps, to measure a window of time.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing is awaited here: the time itself is measured"
)]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples_and_never_flatter() {
        let samples = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(
            [0.5, 0.75, 0.76, 1.0].map(|part| quantile(&samples, part)),
            [2.0, 3.0, 4.0, 4.0]
        );
        assert_eq!(median(&[]), 0.0);
    }
}
