// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

/// `authentication` of a BFDProfile: how each packet is signed (RFC 5880 section 6.7).
///
/// @param keyId the number that packets carry, 0 to 255
/// @param key where it comes from
public record BfdSignature(Kind kind, int keyId, PasswordSource key) {

  /// RFC 5880 sections 6.7.3 and 6.7.4. Simple passwords are not there: whoever hears one packet
  /// has them.
  public enum Kind {
    KEYED_MD5("KeyedMD5"),
    METICULOUS_KEYED_MD5("MeticulousKeyedMD5"),
    KEYED_SHA1("KeyedSHA1"),
    METICULOUS_KEYED_SHA1("MeticulousKeyedSHA1");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /// As it stands in documents.
    public String text() {
      return text;
    }
  }
}
