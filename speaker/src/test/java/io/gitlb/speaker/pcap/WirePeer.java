// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.l2.AnswerTable;
import io.gitlb.speaker.l2.GratuitousAnnouncement;
import io.gitlb.speaker.l2.Heard;
import io.gitlb.speaker.l2.KernelFinding;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.Responder;
import io.gitlb.speaker.l2.SegmentPort;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// A process of its own that answers for the addresses in its arguments on every interface that
/// comes, and tells what it does, one line each.
final class WirePeer {

  private final PcapSegments port =
      new PcapSegments(Pattern.compile(".+"), EnumSet.allOf(InterfaceType.class));
  private final SortedSet<IpAddress> addresses = new TreeSet<>();
  private final SortedSet<Ipv6> groups = new TreeSet<>();
  // Interface → what was opened on it (1:1).
  private final Map<String, SegmentPort.Segment> open = new HashMap<>();
  private SortedSet<KernelFinding> findings = new TreeSet<>();

  public static void main(String[] texts) throws InterruptedException {
    WirePeer peer = new WirePeer();
    for (String text : texts) {
      IpAddress address = IpAddress.of(text);
      peer.addresses.add(address);
      if (address instanceof Ipv6 v6) {
        peer.groups.add(v6);
      }
    }
    while (true) {
      peer.look();
      peer.judge();
      Thread.sleep(20);
    }
  }

  private void judge() {
    SortedSet<KernelFinding> now = port.kernelFindings(new TreeSet<>(open.keySet()), addresses);
    now.stream()
        .filter(finding -> !findings.contains(finding))
        .forEach(finding -> System.out.println("FOUND " + finding));
    findings.stream()
        .filter(finding -> !now.contains(finding))
        .forEach(finding -> System.out.println("OVER " + finding));
    findings = now;
  }

  private void look() {
    open.entrySet()
        .removeIf(
            entry -> {
              boolean dead = !entry.getValue().isAlive();
              if (dead) {
                entry.getValue().close();
                System.out.println("CLOSED " + entry.getKey());
              }
              return dead;
            });
    for (Link link : port.survey().links()) {
      boolean ready = groups.isEmpty() || link.linkLocal().isPresent();
      if (!open.containsKey(link.name()) && ready) {
        open(link);
      }
    }
  }

  private void open(Link link) {
    AnswerTable table = new AnswerTable(addresses, Set.of(), Set.of(), link.linkLocal());
    Responder responder = new Responder(link.macAddress());
    SegmentPort.Opening opening =
        port.open(
            link,
            frame -> {
              Heard heard = responder.hear(ByteBuffer.wrap(frame), table, Instant.now());
              heard.sighting().ifPresent(sighting -> System.out.println("SIGHTED " + sighting));
              return heard;
            });
    switch (opening) {
      case SegmentPort.Opening.Opened(SegmentPort.Segment segment) -> {
        segment.expect(table);
        long start = System.nanoTime();
        System.out.println("JOINED " + segment.join(groups).orElse("all"));
        System.out.println("JOINED in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        open.put(link.name(), segment);
        for (IpAddress address : addresses) {
          GratuitousAnnouncement.round(address, link).forEach(segment::send);
        }
        System.out.println("OPENED " + link.name());
      }
      case SegmentPort.Opening.Refused(String message) -> System.out.println("REFUSED " + message);
    }
  }
}
