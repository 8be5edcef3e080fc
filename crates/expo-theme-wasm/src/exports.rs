//! The module's exports: memory in, memory out.

use std::ptr::slice_from_raw_parts_mut;

use expo_theme::Profile;

use crate::answer;

/// Room for the bytes of a theme, zeroed; given back by [`theme_check`].
// SAFETY: no other symbol of this name is linked; the prefix keeps it apart from C's `malloc` and `free`.
#[unsafe(no_mangle)]
pub extern "C" fn theme_alloc(length: usize) -> *mut u8 {
    into_raw(vec![0; length])
}

/// Judges a theme, strictly unless `strict` is 0; the answer is its length in four bytes, little-endian, and JSON.
///
/// # Safety
///
/// `theme` must come from [`theme_alloc`] with this `length`, and not be used afterwards.
// SAFETY: no other symbol of this name is linked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn theme_check(theme: *mut u8, length: usize, strict: u32) -> *mut u8 {
    // SAFETY: the caller vouches for pointer and length, and gives the memory up.
    let theme = unsafe { from_raw(theme, length) };
    let json = answer(&theme, if strict == 0 { Profile::Compat } else { Profile::Strict });
    // A module of 32 bits holds nothing longer.
    let size = u32::try_from(json.len()).unwrap_or(u32::MAX);
    into_raw([&size.to_le_bytes(), json.as_slice()].concat())
}

/// Takes an answer of [`theme_check`] back.
///
/// # Safety
///
/// `answer` must come from [`theme_check`], with `length` four more than it says, and not be used afterwards.
// SAFETY: no other symbol of this name is linked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn theme_free(answer: *mut u8, length: usize) {
    // SAFETY: the caller vouches for pointer and length, and gives the memory up.
    drop(unsafe { from_raw(answer, length) });
}

fn into_raw(bytes: Vec<u8>) -> *mut u8 {
    // A boxed slice has no spare capacity: its length is all that is needed to free it.
    Box::into_raw(bytes.into_boxed_slice()).cast()
}

/// # Safety
///
/// `start` must come from [`into_raw`] of bytes of this `length`, once.
unsafe fn from_raw(start: *mut u8, length: usize) -> Box<[u8]> {
    // SAFETY: `into_raw` leaked a boxed slice of this length here, and nothing has taken it back.
    unsafe { Box::from_raw(slice_from_raw_parts_mut(start, length)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(theme: &[u8], strict: u32) -> serde_json::Value {
        let room = theme_alloc(theme.len());
        // SAFETY: the room is as long as the theme; the answer is read within the length that it states.
        unsafe {
            room.copy_from_nonoverlapping(theme.as_ptr(), theme.len());
            let answer = theme_check(room, theme.len(), strict);
            let mut size = [0; 4];
            size.as_mut_ptr().copy_from_nonoverlapping(answer, 4);
            let size = usize::try_from(u32::from_le_bytes(size)).unwrap();
            let json = std::slice::from_raw_parts(answer.add(4), size);
            let read = serde_json::from_slice(json).unwrap();
            theme_free(answer, size + 4);
            read
        }
    }

    #[test]
    fn bytes_go_in_and_json_comes_out() {
        for theme in [&b""[..], b"{}", b"{\"colors\": null}", b"\xff\xfe", &[b'['; 5000]] {
            for (strict, profile) in [(0, Profile::Compat), (1, Profile::Strict)] {
                let direct: serde_json::Value = serde_json::from_slice(&answer(theme, profile)).unwrap();
                assert_eq!(check(theme, strict), direct);
            }
        }
    }
}
