//! What stands in a phone's place when there is nothing to draw.

use super::phone::{BEZEL, HEIGHT, Phone, WIDTH, stamp};
use super::sheet;
use super::svg::{Anchor, Area, Ink, Svg, Type};
use crate::source::shown;

const PAPER: Ink = Ink([255; 3]);
const EDGE: Ink = Ink([176, 182, 194]);
const ALERT: Ink = Ink([180, 35, 24]);

const MIDDLE: i32 = WIDTH / 2;

/// Lines and characters of a reason.
const LINES: usize = 6;
const COLUMNS: usize = 38;

pub(super) fn draw(svg: &mut Svg, phone: &Phone, corner: i32) {
    svg.bordered(Area::new(0, 0, WIDTH, HEIGHT), corner, (EDGE, 2), PAPER);
    svg.circle((MIDDLE, 280), 30, ALERT);
    svg.stroke("M195 266 V284 M195 293 V293", 5, PAPER);
    svg.text((MIDDLE, 352), Type::new(20, 700, Anchor::Middle), sheet::INK, "Nothing to draw on iOS");
    let set = Type::new(15, 400, Anchor::Middle);
    svg.text((MIDDLE, 380), set, sheet::SOFT, "This theme has no sound property list:");
    svg.at(0, 420, |svg| {
        for (line, y) in
            wrapped(phone.drawn.as_ref().err().map_or("", String::as_str)).iter().zip((0..).step_by(22))
        {
            svg.text((MIDDLE, y), Type::new(15, 600, Anchor::Middle), sheet::INK, line);
        }
    });
    if let Some(why) = phone.never {
        svg.at(BEZEL, BEZEL, |svg| stamp(svg, why));
    }
}

/// Words in lines; a word longer than a line is broken, what is too much is cut.
fn wrapped(words: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ').map(|word| shown(word).chars().collect::<Vec<char>>()) {
        for part in word.chunks(COLUMNS) {
            let Some(line) = lines.last_mut() else { break };
            if line.chars().count().saturating_add(part.len()) >= COLUMNS {
                lines.push(part.iter().collect());
                continue;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.extend(part);
        }
    }
    lines.retain(|line| !line.is_empty());
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines.push("…".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fills_a_few_lines() {
        assert_eq!(wrapped(""), Vec::<String>::new());
        assert_eq!(wrapped("line 1, column 9: `x` is null"), ["line 1, column 9: `x` is null"]);
        let lines = wrapped(&"word ".repeat(20));
        assert!(lines.iter().all(|line| line.chars().count() <= COLUMNS), "{lines:?}");
        assert_eq!(lines.concat().matches("word").count(), 20);
        let lines = wrapped(&"wörd".repeat(200));
        assert!(lines.len() <= LINES + 1 && lines.iter().all(|line| line.chars().count() <= COLUMNS));
        assert!(!wrapped("a\u{202e}b").concat().contains('\u{202e}'));
    }
}
