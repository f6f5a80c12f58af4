// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.git;

import java.util.List;

/// One commit as `git log` shows it.
///
/// @param id abbreviated
/// @param subject first line of the message
/// @param trailers the message's last block, in its order
public record LogEntry(String id, String subject, List<Trailer> trailers) {

  public LogEntry {
    trailers = List.copyOf(trailers);
  }

  /// One `Key: value` line at the end of a commit message.
  public record Trailer(String key, String value) {}

  /// The values of a trailer, in the message's order.
  public List<String> values(String key) {
    return trailers.stream()
        .filter(trailer -> trailer.key().equals(key))
        .map(Trailer::value)
        .toList();
  }
}
