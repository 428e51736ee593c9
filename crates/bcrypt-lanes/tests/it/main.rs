//! Evidence that the digests are bcrypt's own: public vectors, two other implementations, and every way to share the lanes.

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
