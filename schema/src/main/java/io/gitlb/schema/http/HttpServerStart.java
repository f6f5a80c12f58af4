// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

/// What came of starting a server.
public sealed interface HttpServerStart {

  /// It listens.
  record Listening(HttpServer server) implements HttpServerStart {}

  /// It does not.
  ///
  /// @param message for people, one line
  record Refused(String message) implements HttpServerStart {}
}
