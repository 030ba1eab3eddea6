//! What a TEEX service sees of the world besides standard input and output: the import module `teex`.
//! Needs neither `std` nor an allocator.
#![no_std]

mod sys {
    #[link(wasm_import_module = "teex")]
    extern "C" {
        pub fn dataset_count() -> i32;
        pub fn dataset_size(index: i32) -> i64;
        pub fn dataset_read(index: i32, offset: i64, to: *mut u8, length: i32) -> i32;
        pub fn input_size() -> i32;
        pub fn input_read(offset: u32, to: *mut u8, length: i32) -> i32;
        pub fn output_write(from: *const u8, length: i32) -> i32;
        pub fn log(from: *const u8, length: i32) -> i32;
    }
}

/// An argument that made no sense to the executor, such as a buffer outside of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// The most that one call reads or writes; longer slices take several.
const CALL_MAX: usize = i32::MAX as usize;

/// Bytes of the input, whatever was already read from standard input.
pub fn input_size() -> usize {
    unsafe { sys::input_size() as u32 as usize }
}

/// Fills `to` with the input from `offset` on and returns how many bytes that were: fewer at the end.
pub fn read_input(offset: usize, to: &mut [u8]) -> Result<usize, Refused> {
    let length = to.len().min(CALL_MAX) as i32;
    count(unsafe { sys::input_read(offset as u32, to.as_mut_ptr(), length) })
}

/// Appends to the output, as standard output does, without a buffer between.
pub fn write_output(bytes: &[u8]) -> Result<(), Refused> {
    for part in bytes.chunks(CALL_MAX) {
        count(unsafe { sys::output_write(part.as_ptr(), part.len() as i32) })?;
    }
    Ok(())
}

/// For the service's author: shown by `teex dev test`, and by nobody and nowhere else. It costs the same fuel either
/// way.
pub fn log(text: &str) {
    let length = text.len().min(CALL_MAX) as i32;
    unsafe { sys::log(text.as_ptr(), length) };
}

/// One of the order's data sets.
#[derive(Clone, Copy, Debug)]
pub struct Dataset {
    index: i32,
    size: u64,
}

impl Dataset {
    /// How many data sets the order brings.
    pub fn count() -> usize {
        unsafe { sys::dataset_count() as usize }
    }

    /// The data set at `index`, if there is one.
    pub fn open(index: usize) -> Option<Dataset> {
        let index = i32::try_from(index).ok()?;
        let size = u64::try_from(unsafe { sys::dataset_size(index) }).ok()?;
        Some(Dataset { index, size })
    }

    /// Bytes of it.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Fills `to` from `offset` on and returns how many bytes that were: fewer at the end. What is not read is not even
    /// fetched.
    pub fn read(&self, offset: u64, to: &mut [u8]) -> Result<usize, Refused> {
        let offset = i64::try_from(offset).map_err(|_| Refused)?;
        let length = to.len().min(CALL_MAX) as i32;
        count(unsafe { sys::dataset_read(self.index, offset, to.as_mut_ptr(), length) })
    }
}

fn count(answer: i32) -> Result<usize, Refused> {
    usize::try_from(answer).map_err(|_| Refused)
}
