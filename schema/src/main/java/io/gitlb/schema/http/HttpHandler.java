// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

/// Answers calls. Runs on a virtual thread of its own for each call and may block; it is
/// interrupted when the server closes and its time is up. What it throws is logged and answered
/// with 500.
@FunctionalInterface
public interface HttpHandler {

  HttpAnswer handle(HttpCall call) throws InterruptedException;

  /// Told once of each answer to a call, when all of it is handed to the kernel or its connection
  /// is gone: until then its body is in memory. Runs on an event loop: must neither block nor
  /// throw.
  ///
  /// @param answer the handler's own, or what the server said in its place
  default void ended(HttpAnswer answer) {}

  /// Told of each request that the server refuses by itself, such as one that is too large or no
  /// HTTP; says how it is answered. Runs on an event loop: must neither block nor throw.
  ///
  /// @param answer what the server would say
  default HttpAnswer refused(HttpAnswer answer) {
    return answer;
  }
}
