// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.RunningProcess;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What a speaker's log says, to the millisecond. A status says the same, but only of the last
/// time.
///
/// @param lines of every run of this speaker, oldest first
record SpeakerLog(List<String> lines) {

  static SpeakerLog of(RunningProcess speaker) {
    return new SpeakerLog(speaker.output().lines().toList());
  }

  /// When it found that another speaker is gone: no contact any more, or no process.
  Optional<Instant> lost(NodeName peer, Instant after) {
    String liveness = "liveness: " + peer + " on ";
    String refused = "claims of " + peer + ": REFUSED";
    return first(
        after,
        line -> line.contains(refused) || (line.contains(liveness) && line.contains(" is DOWN")));
  }

  /// When it began to answer for an address.
  Optional<Instant> announced(IpAddress address, Instant after) {
    return first(after, line -> line.contains(": " + address + " is announced on "));
  }

  private Optional<Instant> first(Instant after, Predicate<String> wanted) {
    return lines.stream()
        .filter(wanted)
        .map(SpeakerLog::time)
        .flatMap(Optional::stream)
        .filter(time -> !time.isBefore(after))
        .findFirst();
  }

  /// Whether it has contact with all of these, in the run that is on.
  boolean reaches(Collection<NodeName> peers) {
    int start = lines.size();
    while (start > 0 && !lines.get(start - 1).contains("speaker of node ")) {
      start--;
    }
    List<String> run = lines.subList(start, lines.size());
    return peers.stream()
        .allMatch(
            peer ->
                run.stream()
                    .filter(line -> line.contains("liveness: " + peer + " on "))
                    .reduce((_, last) -> last)
                    .filter(line -> line.contains(" is UP"))
                    .isPresent());
  }

  private static Optional<Instant> time(String line) {
    int end = line.indexOf(' ');
    try {
      return end < 0 ? Optional.empty() : Optional.of(Instant.parse(line.substring(0, end)));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }
}
