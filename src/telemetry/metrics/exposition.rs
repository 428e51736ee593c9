//! Writes metrics in the text format of OpenMetrics.

use std::fmt;

use prometheus_client::{
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet},
    metrics::MetricType,
    registry::Unit,
};

use crate::meter::{BOUNDS, DurationReading};

/// The labels of one series.
pub(super) type Labels<'a, const N: usize> = [(&'static str, &'a str); N];

/// The text of one scrape. Names have no suffix of their type (`_total`, `_info`) or of their unit:
/// the encoder adds both.
pub(super) struct Exposition<'a>(DescriptorEncoder<'a>);

impl<'a> Exposition<'a> {
    pub(super) const fn new(encoder: DescriptorEncoder<'a>) -> Self {
        Self(encoder)
    }

    fn family(
        &mut self,
        name: &'static str,
        help: &str,
        unit: Option<&'static Unit>,
        kind: MetricType,
    ) -> Result<MetricEncoder<'_>, fmt::Error> {
        self.0.encode_descriptor(name, help, unit, kind)
    }

    /// Writes a counter without labels.
    pub(super) fn counter(&mut self, name: &'static str, help: &str, value: u64) -> fmt::Result {
        let mut family = self.family(name, help, None, MetricType::Counter)?;
        family.encode_counter::<NoLabelSet, _, u64>(&value, None)
    }

    /// Writes a counter of seconds.
    pub(super) fn seconds_counter(
        &mut self,
        name: &'static str,
        help: &str,
        seconds: f64,
    ) -> fmt::Result {
        let mut family = self.family(name, help, Some(&Unit::Seconds), MetricType::Counter)?;
        family.encode_counter::<NoLabelSet, _, u64>(&seconds, None)
    }

    /// Writes one counter for each set of labels.
    pub(super) fn counters<'v, const N: usize>(
        &mut self,
        name: &'static str,
        help: &str,
        series: impl IntoIterator<Item = (Labels<'v, N>, u64)>,
    ) -> fmt::Result {
        let mut family = self.family(name, help, None, MetricType::Counter)?;
        for (labels, value) in series {
            let mut one = family.encode_family(&labels)?;
            one.encode_counter::<NoLabelSet, _, u64>(&value, None)?;
        }
        Ok(())
    }

    /// Writes a gauge without labels.
    pub(super) fn gauge(&mut self, name: &'static str, help: &str, value: u64) -> fmt::Result {
        let mut family = self.family(name, help, None, MetricType::Gauge)?;
        family.encode_gauge(&value)
    }

    /// Writes a gauge of seconds.
    pub(super) fn seconds(&mut self, name: &'static str, help: &str, value: f64) -> fmt::Result {
        let mut family = self.family(name, help, Some(&Unit::Seconds), MetricType::Gauge)?;
        family.encode_gauge(&value)
    }

    /// Writes a gauge of bytes.
    pub(super) fn bytes(&mut self, name: &'static str, help: &str, value: u64) -> fmt::Result {
        let mut family = self.family(name, help, Some(&Unit::Bytes), MetricType::Gauge)?;
        family.encode_gauge(&value)
    }

    /// Writes one gauge for each set of labels.
    pub(super) fn gauges<'v, const N: usize>(
        &mut self,
        name: &'static str,
        help: &str,
        series: impl IntoIterator<Item = (Labels<'v, N>, u64)>,
    ) -> fmt::Result {
        let mut family = self.family(name, help, None, MetricType::Gauge)?;
        for (labels, value) in series {
            family.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }

    /// Writes a histogram of seconds without labels.
    pub(super) fn histogram(
        &mut self,
        name: &'static str,
        help: &str,
        reading: &DurationReading,
    ) -> fmt::Result {
        let mut family = self.family(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        encode(&mut family, reading)
    }

    /// Writes one histogram of seconds for each set of labels.
    pub(super) fn histograms<'v, const N: usize>(
        &mut self,
        name: &'static str,
        help: &str,
        series: impl IntoIterator<Item = (Labels<'v, N>, DurationReading)>,
    ) -> fmt::Result {
        let mut family = self.family(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        for (labels, reading) in series {
            encode(&mut family.encode_family(&labels)?, &reading)?;
        }
        Ok(())
    }

    /// Writes constant facts as labels.
    pub(super) fn info<const N: usize>(
        &mut self,
        name: &'static str,
        help: &str,
        labels: Labels<'_, N>,
    ) -> fmt::Result {
        let mut family = self.family(name, help, None, MetricType::Info)?;
        family.encode_info(&labels)
    }
}

fn encode(encoder: &mut MetricEncoder<'_>, reading: &DurationReading) -> fmt::Result {
    let bounds = BOUNDS.map(|bound| bound.as_secs_f64());
    let buckets: Vec<_> = bounds
        .into_iter()
        .zip(reading.buckets)
        .chain([(f64::INFINITY, reading.longer)])
        .collect();
    let sum = reading.sum.as_secs_f64();
    encoder.encode_histogram::<NoLabelSet>(sum, reading.count(), &buckets, None)
}
