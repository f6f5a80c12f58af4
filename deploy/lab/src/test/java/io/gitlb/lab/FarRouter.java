// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.schema.value.IpFamily;

/// The routers of a [FarField].
enum FarRouter {
  FRR(64_513, 3, 255),
  /// Its BFD packets for several hops have what the kernel gives every packet.
  BIRD(64_514, 4, 64);

  private final long asn;
  private final int number;
  private final int ttl;

  FarRouter(long asn, int number, int ttl) {
    this.asn = asn;
    this.number = number;
    this.ttl = ttl;
  }

  long asn() {
    return asn;
  }

  /// What its BFD packets have left behind one router.
  int arrivingTtl() {
    return ttl - 1;
  }

  /// Its address two links away.
  String far(IpFamily family) {
    return family == IpFamily.IPV4 ? "10.79.0." + number : "2001:db8:79::" + number;
  }

  /// Its address on the segment.
  String near(IpFamily family) {
    return family == IpFamily.IPV4 ? "10.78.0." + number : "2001:db8:78::" + number;
  }
}
