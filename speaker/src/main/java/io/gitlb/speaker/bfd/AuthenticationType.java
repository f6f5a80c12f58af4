// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

/// How packets are signed (RFC 5880 sections 6.7.3 and 6.7.4). Simple passwords are not spoken:
/// whoever hears one packet has them.
public enum AuthenticationType {
  KEYED_MD5(2, 16, "MD5"),
  METICULOUS_MD5(3, 16, "MD5"),
  KEYED_SHA1(4, 20, "SHA-1"),
  METICULOUS_SHA1(5, 20, "SHA-1");

  private final int code;
  private final int digestOctets;
  private final String algorithm;

  AuthenticationType(int code, int digestOctets, String algorithm) {
    this.code = code;
    this.digestOctets = digestOctets;
    this.algorithm = algorithm;
  }

  int code() {
    return code;
  }

  /// Octets of the digest, and the most that a key has.
  public int digestOctets() {
    return digestOctets;
  }

  int sectionOctets() {
    return 8 + digestOctets;
  }

  String algorithm() {
    return algorithm;
  }

  /// How far behind the last sequence number the next one may begin.
  int leastStep() {
    return this == METICULOUS_MD5 || this == METICULOUS_SHA1 ? 1 : 0;
  }
}
