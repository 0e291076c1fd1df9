//! The `backfile` program: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    backfile::cli::run(std::env::args_os())
}
