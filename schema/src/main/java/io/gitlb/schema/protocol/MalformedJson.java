// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

/// Leaves the reader from any depth; [ProtocolCodec] turns it into [Decoded.Malformed].
final class MalformedJson extends RuntimeException {

  MalformedJson(String message) {
    super(message, null, false, false);
  }
}
