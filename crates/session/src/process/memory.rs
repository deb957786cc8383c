//! Returns freed memory to the kernel. A machine runs one mostly idle process per session.

/// Releases memory that the allocator holds but does not use.
pub fn trim() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "glibc offers this only as a C function")]
    // SAFETY: malloc_trim has no preconditions and is thread-safe.
    unsafe {
        libc::malloc_trim(0);
    }
}
