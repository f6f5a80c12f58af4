// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery;

import io.gitlb.schema.value.Ipv6;

/// `fe80::/10` (RFC 4291 section 2.5.6).
final class LinkLocal {

  private LinkLocal() {}

  static boolean is(Ipv6 address) {
    return address.high() >>> 54 == 0x3FA;
  }
}
