// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

/// How a call ended.
public sealed interface HttpResult {

  /// The server answered, whatever the status.
  record Answered(HttpAnswer answer) implements HttpResult {}

  /// There was no connection, or it broke before the answer was whole.
  ///
  /// @param reason for people, one line
  record Unreachable(String reason, Kind kind) implements HttpResult {

    /// What is known of the other side.
    public enum Kind {
      /// The host is there and nobody listens: the server's process is gone.
      REFUSED,
      /// Nothing.
      OTHER
    }

    /// Of which nothing more is known.
    public Unreachable(String reason) {
      this(reason, Kind.OTHER);
    }

    /// Whether the host is there and nobody listens: the server's process is gone.
    public boolean isRefused() {
      return kind == Kind.REFUSED;
    }
  }

  /// No whole answer came in time; whether the server acted on the call is not known.
  ///
  /// @param reason for people, one line
  record TimedOut(String reason) implements HttpResult {}
}
