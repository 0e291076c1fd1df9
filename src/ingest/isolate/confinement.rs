//! Takes from a thread what no reader needs: the file system, the network, other processes. As much as the kernel can
//! forbid (Landlock, on Linux); where it cannot, nothing fails, and the limits of the process are what is left.

use std::io;
use std::thread::Builder;

/// Forbids this thread, and all that it starts, to reach what lies outside of it, for good. Files that are open already
/// stay open. Says what is forbidden from now on.
pub fn confine() -> Vec<&'static str> {
    #[cfg(target_os = "linux")]
    return linux::confine();
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

/// What [`confine`] forbids on this system; an error if the machine refuses the thread to try it in.
pub fn forbidden_here() -> io::Result<Vec<&'static str>> {
    // It holds for the thread that tries it.
    Ok(Builder::new().spawn(confine)?.join().unwrap_or_default())
}

#[cfg(target_os = "linux")]
mod linux {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, LandlockStatus, RestrictionStatus, Ruleset, RulesetAttr,
        RulesetError, RulesetStatus, Scope,
    };

    /// The newest Landlock that is known here; an older kernel forbids less of it.
    const NEWEST: ABI = ABI::V9;
    /// What is forbidden, by the Landlock that can first do it.
    const FORBIDDEN: &[(ABI, &str)] = &[(ABI::V1, "files"), (ABI::V4, "TCP"), (ABI::V6, "signals")];

    pub(super) fn confine() -> Vec<&'static str> {
        let Ok(RestrictionStatus {
            ruleset, landlock: LandlockStatus::Available { effective_abi, .. }, ..
        }) = forbid()
        else {
            return Vec::new();
        };
        let is_forbidden = |abi: ABI| ruleset != RulesetStatus::NotEnforced && abi <= effective_abi;
        FORBIDDEN.iter().filter(|(abi, _)| is_forbidden(*abi)).map(|(_, what)| *what).collect()
    }

    /// Rules that allow nothing.
    fn forbid() -> Result<RestrictionStatus, RulesetError> {
        Ruleset::default()
            .handle_access(AccessFs::from_all(NEWEST))?
            .handle_access(AccessNet::from_all(NEWEST))?
            .scope(Scope::from_all(NEWEST))?
            .create()?
            .restrict_self()
    }
}
