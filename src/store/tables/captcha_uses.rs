//! The table of used proofs of work.

super::single_use::single_uses!(captcha_uses);
