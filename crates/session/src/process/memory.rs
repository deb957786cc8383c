//! Gives freed memory back to the kernel: one idle process per session is what a machine pays for.

/// Returns what the allocator holds but does not use.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "glibc offers it as a C function only")]
    // SAFETY: malloc_trim has no preconditions and is thread-safe.
    unsafe {
        libc::malloc_trim(0);
    }
}
