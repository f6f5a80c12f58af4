// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery;

/// Why an ICMPv6 message had no effect, in the order in which it is judged (RFC 4861 sections 6.1.1
/// and 6.1.2). Hop limit and checksum are the kernel's matter.
public enum DropReason {
  TRUNCATED,
  OTHER_TYPE,
  CODE,
  /// An advertisement that does not come from a link-local address, or a solicitation from a group.
  SOURCE,
  OPTION,
  /// A solicitation from `::` that says whose it is.
  UNSPECIFIED_WITH_MAC
}
