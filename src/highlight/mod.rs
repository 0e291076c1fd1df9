//! Which passages of a text to show, and what in them matched. Knows no engine.
