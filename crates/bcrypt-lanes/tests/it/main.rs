//! Tests that the digests are those of bcrypt: public vectors, two other implementations, and many
//! schedules of joining and leaving.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod differential;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod system;
#[cfg(test)]
mod vectors;
