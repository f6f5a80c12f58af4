// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

/// Who speaks first (RFC 5880 section 6.1).
public enum Role {
  ACTIVE,
  /// Silent until the peer was heard.
  PASSIVE
}
