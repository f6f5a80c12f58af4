// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.l2.KernelFinding;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks now and then whether the kernel of this node works against announcing, and says what has
/// begun and what is over. Used by one thread, which may be slow.
final class KernelWatch {

  private static final Logger LOG = LoggerFactory.getLogger(KernelWatch.class);

  /// How often the settings are read when neither the links nor the addresses change.
  static final Duration PACE = Duration.ofSeconds(10);

  private final SegmentPort port;
  private final BiConsumer<String, String> found;
  private final Consumer<String> over;
  // Code and interface → the message told last (1:1).
  private SortedMap<String, String> told = Collections.emptySortedMap();
  private Set<IpAddress> judgedAddresses = Set.of();
  private List<Link> judgedLinks = List.of();
  private Instant next = Instant.MIN;

  /// @param found told of a finding: code and interface, message for people; again when the message
  ///   is another
  /// @param over told what is not so any more
  KernelWatch(SegmentPort port, BiConsumer<String, String> found, Consumer<String> over) {
    this.port = port;
    this.found = found;
    this.over = over;
  }

  /// Judges when that is due: each [#PACE], and at once with other links or addresses.
  ///
  /// @param active what is done with each address of the desired state
  /// @param links those that are captured
  /// @param now monotonic
  void look(ActiveSet active, List<Link> links, Instant now) {
    Set<IpAddress> addresses = active.placements().keySet();
    boolean known = links.equals(judgedLinks) && addresses.equals(judgedAddresses);
    if (known && next.isAfter(now)) {
      return;
    }
    next = now.plus(PACE);
    judgedLinks = links;
    judgedAddresses = addresses;
    SortedSet<String> names = new TreeSet<>();
    links.forEach(link -> names.add(link.name()));
    tell(port.kernelFindings(names, addresses));
  }

  private void tell(SortedSet<KernelFinding> findings) {
    SortedMap<String, String> current = new TreeMap<>();
    findings.forEach(
        one ->
            current.merge(
                one.code() + " " + one.interfaceName(),
                one.message(),
                (first, other) -> first + "; " + other));
    told.keySet().stream()
        .filter(where -> !current.containsKey(where))
        .forEach(
            where -> {
              LOG.info("the kernel: {}: over", where);
              over.accept(where);
            });
    current.forEach(
        (where, message) -> {
          if (!message.equals(told.get(where))) {
            LOG.warn("the kernel: {}: {}", where, message);
            found.accept(where, message);
          }
        });
    told = current;
  }
}
