// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import java.time.Duration;

/// What one server grants its callers.
///
/// @param headerBytes request line and headers together
/// @param bodyBytes of a request
/// @param connections at a time
/// @param request from the start of a connection to the end of its first request, TLS included
/// @param idle between the answer to one request and the end of the next
/// @param response for the client to take the answer
/// @param grace for calls under way when the server closes
public record HttpLimits(
    int headerBytes,
    int bodyBytes,
    int connections,
    Duration request,
    Duration idle,
    Duration response,
    Duration grace) {

  /// 16 KiB of headers, 1 MiB of body, 256 connections; 10 s, 75 s, 30 s, 2 s.
  public static final HttpLimits DEFAULTS =
      new HttpLimits(
          16 * 1024,
          1024 * 1024,
          256,
          Duration.ofSeconds(10),
          Duration.ofSeconds(75),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2));

  public HttpLimits withBodyBytes(int newBodyBytes) {
    return new HttpLimits(headerBytes, newBodyBytes, connections, request, idle, response, grace);
  }

  public HttpLimits withConnections(int newConnections) {
    return new HttpLimits(headerBytes, bodyBytes, newConnections, request, idle, response, grace);
  }

  public HttpLimits withRequest(Duration newRequest) {
    return new HttpLimits(headerBytes, bodyBytes, connections, newRequest, idle, response, grace);
  }

  public HttpLimits withIdle(Duration newIdle) {
    return new HttpLimits(headerBytes, bodyBytes, connections, request, newIdle, response, grace);
  }

  public HttpLimits withGrace(Duration newGrace) {
    return new HttpLimits(headerBytes, bodyBytes, connections, request, idle, response, newGrace);
  }
}
