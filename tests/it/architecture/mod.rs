//! Tests of the source tree itself.

mod layers;
