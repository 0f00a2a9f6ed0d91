//! Uses over time, as bars of an SVG that needs neither script nor style of its own.

use crate::db::record;

record! {
    /// A bucket of a series.
    Bucket { day, uses }
}

pub struct Bar {
    pub x: usize,
    pub y: usize,
    pub height: usize,
    pub day: String,
    pub uses: u64,
}

pub struct Chart {
    pub bars: Vec<Bar>,
    pub most: u64,
    pub sum: u64,
    pub width: usize,
}

/// Units of the picture, which is drawn as wide as the page.
const STEP: usize = 20;
pub const HEIGHT: usize = 120;

impl Chart {
    pub fn of(buckets: &[Bucket]) -> Chart {
        let uses = |bucket: &Bucket| bucket.uses.parse::<u64>().unwrap_or_default();
        let most = buckets.iter().map(uses).max().unwrap_or_default();
        let bars = buckets.iter().enumerate().map(|(number, bucket)| {
            let uses = uses(bucket);
            // A day with uses is never without a bar.
            let height = (uses as usize * HEIGHT).div_ceil((most as usize).max(1));
            Bar { x: number * STEP, y: HEIGHT - height, height, day: bucket.day.clone(), uses }
        });
        let sum = buckets.iter().map(uses).sum();
        Chart { bars: bars.collect(), most, sum, width: buckets.len().max(1) * STEP }
    }
}
