//! Headers of text files.
