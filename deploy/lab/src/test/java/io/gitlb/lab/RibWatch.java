// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import java.util.List;
import java.util.function.UnaryOperator;

/// Asks a router for routes by way of the node, one after the other and over and over, and keeps
/// what it said when one was missing.
final class RibWatch implements AutoCloseable {

  private static final long PAUSE_MILLIS = 50;

  private final List<String> prefixes;
  private final UnaryOperator<String> shown;
  private final Thread thread;
  private volatile boolean ended;
  private volatile String absence = "";

  /// @param shown what the router says of a prefix
  RibWatch(List<String> prefixes, UnaryOperator<String> shown) {
    this.prefixes = prefixes;
    this.shown = shown;
    this.thread = Thread.ofPlatform().daemon().start(this::run);
  }

  private void run() {
    try {
      while (!ended) {
        for (String prefix : prefixes) {
          String now = shown.apply(prefix);
          if (!isThere(now) && absence.isEmpty()) {
            absence = prefix + " is missing: " + now;
          }
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether what the router says of a route has the node as its next hop.
  static boolean isThere(String shown) {
    return shown.contains(PeerLab.NODE) || shown.contains(PeerLab.NODE_6);
  }

  /// Ends it.
  ///
  /// @return what the router said when a route was missing for the first time, or empty
  String absence() {
    close();
    return absence;
  }

  @Override
  public void close() {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
