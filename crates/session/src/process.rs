//! Operating-system side of the session: account, PTY, process tree, memory. Does not depend
//! on the session.

pub mod account;
pub mod pty;
pub mod tree;

/// Returns unused memory to the kernel. A machine runs one mostly idle process per session.
pub fn trim_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "glibc offers this only as a C function")]
    // SAFETY: malloc_trim has no preconditions and is thread-safe.
    unsafe {
        libc::malloc_trim(0);
    }
}
