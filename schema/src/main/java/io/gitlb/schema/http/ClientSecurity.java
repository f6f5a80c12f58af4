// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

/// How a client protects what it sends.
public sealed interface ClientSecurity {

  /// Not at all: to loopback addresses only.
  record Plaintext() implements ClientSecurity {}

  /// TLS with our own certificate, to a server whose certificate carries one of the names.
  record MutualTls(TlsIdentity identity, PeerNames server) implements ClientSecurity {}
}
