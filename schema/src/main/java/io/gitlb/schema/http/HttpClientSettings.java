// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/// The server that a client talks to, and how.
///
/// @param host a name or an address, IPv6 without brackets
/// @param port 1 to 65535
/// @param source the local address to dial from; empty: chosen by the kernel
/// @param connectTimeout for one connection, TLS included
/// @param bodyBytes the largest answer that is taken
public record HttpClientSettings(
    String host,
    int port,
    ClientSecurity security,
    Optional<InetAddress> source,
    Duration connectTimeout,
    int bodyBytes) {

  public HttpClientSettings {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is between 1 and 65535, not " + port);
    }
  }

  /// From any address, 5 s to connect, answers up to 64 MiB.
  public static HttpClientSettings of(String host, int port, ClientSecurity security) {
    return new HttpClientSettings(
        host, port, security, Optional.empty(), Duration.ofSeconds(5), 64 * 1024 * 1024);
  }
}
