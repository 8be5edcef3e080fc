//! Where a key may be used from.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

/// A range of IP addresses in CIDR notation: `203.0.113.0/24`, `2001:db8::/32`, or a single address.
///
/// An IPv6 address that stands for an IPv4 one (`::ffff:203.0.113.7`) is that IPv4 address.
///
/// ```
/// use apikeys::Network;
///
/// let office: Network = "203.0.113.0/24".parse()?;
/// assert!(office.contains("203.0.113.77".parse().unwrap()));
/// assert!(office.contains("::ffff:203.0.113.77".parse().unwrap()));
/// assert!(!office.contains("203.0.114.1".parse().unwrap()));
/// # Ok::<_, apikeys::InvalidNetwork>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether an address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        masked(address.to_canonical(), self.prefix) == Some(self.first)
            && address.to_canonical().is_ipv4() == self.first.is_ipv4()
    }
}

/// The first address of the range that `address` lies in; `None` if the prefix is too long for it.
fn masked(address: IpAddr, prefix: u8) -> Option<IpAddr> {
    let shift = width(address).checked_sub(u32::from(prefix))?;
    Some(match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(shift).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(shift).unwrap_or(0);
            std::net::Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    })
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(at, len)| (at, Some(len)));
        let address: IpAddr = address.parse().map_err(|_| InvalidNetwork::Notation)?;
        if address.to_canonical() != address {
            return Err(InvalidNetwork::Mapped);
        }
        let prefix = match prefix {
            None => u8::try_from(width(address)).unwrap_or(u8::MAX),
            // `parse` would take a sign.
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| InvalidNetwork::Notation)?
            }
            Some(_) => return Err(InvalidNetwork::Notation),
        };
        match masked(address, prefix) {
            None => Err(InvalidNetwork::Notation),
            Some(first) if first != address => Err(InvalidNetwork::HostBits(Self { first, prefix })),
            Some(first) => Ok(Self { first, prefix }),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Network {
    type Error = InvalidNetwork;

    fn try_from(text: String) -> Result<Self, InvalidNetwork> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

/// Why a text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidNetwork {
    /// It is no address, or its prefix is none.
    #[error(
        "a network is an IP address, or one with `/` and the length of its prefix, such as `203.0.113.0/24`"
    )]
    Notation,
    /// There are bits behind the prefix.
    #[error("a network has no bits behind its prefix: did you mean `{0}`?")]
    HostBits(Network),
    /// It is an IPv4 network written as an IPv6 one.
    #[error("write an IPv4 network as one, and not as `::ffff:…`")]
    Mapped,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn edges_of_ranges() {
        for (range, address, inside) in [
            ("10.0.0.0/8", "10.255.255.255", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("0.0.0.0/0", "255.1.2.3", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "1.2.3.4", false),
            ("::/0", "::ffff:1.2.3.4", false),
            ("2001:db8::/33", "2001:db8:7fff::", true),
            ("2001:db8::/33", "2001:db8:8000::", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
        ] {
            assert_eq!(network(range).contains(address.parse().unwrap()), inside, "{range} {address}");
        }
    }

    #[test]
    fn bad_ones_say_why() {
        for bad in
            ["", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/+8", "::/129", "10.0.0/8", "10.0.0.0/8 ", "::1%1"]
        {
            assert_eq!(bad.parse::<Network>(), Err(InvalidNetwork::Notation), "{bad}");
        }
        let error = "10.1.2.3/8".parse::<Network>().unwrap_err();
        assert_eq!(error.to_string(), "a network has no bits behind its prefix: did you mean `10.0.0.0/8`?");
        assert_eq!("::ffff:10.0.0.0/104".parse::<Network>(), Err(InvalidNetwork::Mapped));
    }

    #[test]
    fn the_text_is_read_back() {
        for text in ["203.0.113.0/24", "2001:db8::/32", "::1/128", "0.0.0.0/0"] {
            assert_eq!(network(text).to_string(), text);
        }
    }
}
