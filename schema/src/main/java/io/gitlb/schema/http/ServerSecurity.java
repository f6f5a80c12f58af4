// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

/// How a server protects what it serves.
public sealed interface ServerSecurity {

  /// Not at all: on loopback addresses only.
  record Plaintext() implements ServerSecurity {}

  /// TLS; whoever calls is not asked for a certificate.
  record ServerTls(TlsIdentity identity) implements ServerSecurity {}

  /// TLS for callers whose certificate carries one of the names.
  record MutualTls(TlsIdentity identity, PeerNames callers) implements ServerSecurity {}
}
