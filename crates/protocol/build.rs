//! Turns `proto/websh.proto` into Rust, without a C++ protoc on the machine.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = protox::compile(["proto/websh.proto"], ["proto"])?;
    prost_build::Config::new().compile_fds(files)?;
    println!("cargo:rerun-if-changed=proto");
    Ok(())
}
