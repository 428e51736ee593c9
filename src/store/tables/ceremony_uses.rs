//! The table of used WebAuthn ceremonies.

super::single_use::single_uses!(ceremony_uses);
