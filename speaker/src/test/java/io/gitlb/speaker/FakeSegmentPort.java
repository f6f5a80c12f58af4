// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.AnswerTable;
import io.gitlb.speaker.l2.ArpPacket;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.KernelFinding;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import io.gitlb.speaker.l2.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A wire that a test holds both ends of.
final class FakeSegmentPort implements SegmentPort {

  // Interface → what is there (1:1).
  final SortedMap<String, Link> links = new ConcurrentSkipListMap<>();
  // Interface → the latest segment opened on it (1:1).
  final SortedMap<String, FakeSegment> segments = new ConcurrentSkipListMap<>();
  volatile Optional<String> refusal = Optional.empty();

  /// Thrown by the next survey.
  volatile Optional<Error> fault = Optional.empty();

  /// What the kernel does wrong.
  volatile Set<KernelFinding> findings = Set.of();

  /// To be called as the kernel would.
  volatile Runnable interfacesChanged = () -> {};

  int opened;

  void link(String name, int index, String mac, String... prefixes) {
    TreeSet<IpPrefix> onLink = new TreeSet<>();
    for (String prefix : prefixes) {
      onLink.add(IpPrefix.of(prefix));
    }
    links.put(name, new Link(name, index, MacAddress.of(mac), onLink));
  }

  FakeSegment segment(String name) {
    FakeSegment segment = segments.get(name);
    if (segment == null) {
      throw new AssertionError(name + " is not open");
    }
    return segment;
  }

  @Override
  public Survey survey() {
    if (fault.isPresent()) {
      throw fault.get();
    }
    return new Survey(List.copyOf(links.values()), new TreeMap<>());
  }

  @Override
  public Watch watch(Runnable changed) {
    interfacesChanged = changed;
    return () -> {};
  }

  @Override
  public SortedSet<KernelFinding> kernelFindings(
      SortedSet<String> names, Collection<IpAddress> announced) {
    return new TreeSet<>(
        findings.stream().filter(finding -> names.contains(finding.interfaceName())).toList());
  }

  @Override
  public Opening open(Link link, FrameListener listener) {
    opened++;
    if (refusal.isPresent()) {
      return new Opening.Refused(refusal.get());
    }
    FakeSegment segment = new FakeSegment(listener);
    segments.put(link.name(), segment);
    return new Opening.Opened(segment);
  }

  static final class FakeSegment implements Segment {

    private final FrameListener listener;
    final List<EthernetFrame> sent = Collections.synchronizedList(new ArrayList<>());
    final List<Set<IpAddress>> expected = Collections.synchronizedList(new ArrayList<>());
    private AnswerTable last = AnswerTable.EMPTY;
    private int watches;
    final List<SortedSet<Ipv6>> joined = new CopyOnWriteArrayList<>();

    /// Done in the middle of filling the tables, after this segment's.
    volatile Runnable whenExpected = () -> {};

    volatile boolean alive = true;
    volatile boolean closed;

    FakeSegment(FrameListener listener) {
      this.listener = listener;
    }

    /// A station that is no node asks who has an IPv4 address; true when it was answered.
    boolean answers(String address) {
      MacAddress asker = MacAddress.of("02:00:5e:00:53:aa");
      return answers(
          new EthernetFrame(
              MacAddress.BROADCAST,
              asker,
              new ArpPacket(
                  ArpPacket.Operation.REQUEST,
                  asker,
                  (Ipv4) IpAddress.of("192.0.2.77"),
                  new MacAddress(0),
                  (Ipv4) IpAddress.of(address))));
    }

    /// A frame comes from the wire; true when it was answered.
    boolean answers(EthernetFrame frame) {
      return !closed
          && switch (hears(frame.encode())) {
            case Verdict.Reply _ -> true;
            case Verdict.Drop _ -> false;
          };
    }

    /// Any octets come from the wire.
    Verdict hears(byte[] octets) {
      return listener.captured(octets).verdict();
    }

    @Override
    public boolean isAlive() {
      return alive && !closed;
    }

    @Override
    public void expect(AnswerTable table) {
      expected.add(table.here());
      if (!table.watchesAs(last)) {
        watches++;
      }
      last = table;
      whenExpected.run();
    }

    /// How often the kernel's filter had to be another one.
    int watches() {
      return watches;
    }

    @Override
    public Optional<String> join(SortedSet<Ipv6> addresses) {
      joined.add(addresses);
      return Optional.empty();
    }

    @Override
    public boolean send(EthernetFrame frame) {
      sent.add(frame);
      return !closed;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
