//! What a power cut leaves.
