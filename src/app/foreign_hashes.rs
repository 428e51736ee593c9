//! Builds the gate of password hashes of other systems.

use std::sync::Arc;

use super::error::StartError;
use crate::{
    config::{Config, FirebaseHashConfig},
    hash::{FirebaseParameters, ForeignGate, ForeignSettings},
};

/// Starts the gate, with as many threads as hashing has, and the same longest wait.
pub(super) fn gate(config: &Config) -> Result<ForeignGate, StartError> {
    let foreign = &config.foreign_hashes;
    let settings = ForeignSettings {
        memory: foreign.memory,
        devise_pepper: foreign.devise_pepper.clone(),
        firebase: foreign.firebase.as_ref().map(parameters).transpose()?,
    };
    let hashing = &config.hashing;
    ForeignGate::start(settings, hashing.workers, hashing.deadline).map_err(StartError::System)
}

fn parameters(config: &FirebaseHashConfig) -> Result<Arc<FirebaseParameters>, StartError> {
    let (key, separator) = (&config.signer_key, &config.salt_separator);
    FirebaseParameters::new(key, separator, config.rounds, config.mem_cost)
        .map(Arc::new)
        .map_err(StartError::ForeignHashes)
}
