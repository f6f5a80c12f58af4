// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.value.NodeName;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// How the speakers are reached.
///
/// @param speakerUrl where the speaker of a node is now, such as `https://192.0.2.7:7480`; empty
///   while that is not known. Asked often and from several threads: a look-up, no network
/// @param identity our certificate and whom we believe; empty: plain HTTP to loopback addresses
/// @param onChange told after each change of a report that a speaker brought about; from several
///   threads, and it must not block
/// @param jitter where the waits between retries come from; used by one thread at a time
public record PushSettings(
    Function<NodeName, Optional<URI>> speakerUrl,
    Optional<TlsIdentity> identity,
    Runnable onChange,
    RandomGenerator jitter,
    Timing timing) {

  /// How long things may take.
  ///
  /// @param firstRetry the longest wait after the first failure
  /// @param longestRetry the longest wait after many failures: so much later a node that was away
  ///   has its state confirmed, without which it tells routers nothing
  /// @param pollWait how long the speaker may hold a status back while nothing changes
  /// @param answer for a speaker to answer, on top of `pollWait` when it is asked for the status
  /// @param connect for one connection, TLS included
  public record Timing(
      Duration firstRetry,
      Duration longestRetry,
      Duration pollWait,
      Duration answer,
      Duration connect) {

    /// Retries after up to 0.5 s to 5 s, 30 s long poll, 20 s for an answer (a state of the largest
    /// size over a slow link and onto a slow disk), 5 s to connect. So a hundred speakers that are
    /// down are dialled 27 times a second where nothing answers, 80 times where connections are
    /// refused.
    public static final Timing DEFAULTS =
        new Timing(
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5));

    public Timing {
      if (firstRetry.toMillis() < 1 || longestRetry.compareTo(firstRetry) < 0) {
        throw new IllegalArgumentException("retries: " + firstRetry + " to " + longestRetry);
      }
      if (pollWait.toSeconds() < 1) {
        throw new IllegalArgumentException("a long poll lasts 1 s at least: " + pollWait);
      }
    }
  }
}
