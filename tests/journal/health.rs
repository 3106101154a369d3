//! In whatever state the journal is found, it opens, and says so.
