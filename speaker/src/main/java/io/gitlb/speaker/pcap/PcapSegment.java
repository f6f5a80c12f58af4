// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.l2.AnswerTable;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import io.gitlb.speaker.l2.Verdict;
import io.gitlb.speaker.thread.ThreadPrecedence;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.PcapDirection;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One link with its handle and its capture thread. That thread alone waits in the handle, changes
/// its filter and closes it; any thread may send.
final class PcapSegment implements SegmentPort.Segment {

  private static final Logger LOG = LoggerFactory.getLogger(PcapSegment.class);

  /// ARP needs 42 octets; a neighbour solicitation with options fits too.
  private static final int CAPTURE_OCTETS = 128;

  /// Means little in immediate mode; libpcap still wants one.
  private static final int READ_TIMEOUT_MILLIS = 10;

  /// Half a megabyte, which is resident for each interface: two thousand frames of the capture
  /// length while the process is paused.
  private static final int BUFFER_OCTETS = 1 << 19;

  private static final String FILTER_OF_NOTHING = CaptureFilter.forTable(AnswerTable.EMPTY);

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

  // Number of the interface → what the JDK makes of it (1:1).
  private static final Map<Integer, NetworkInterface> KNOWN = new ConcurrentHashMap<>();

  private final Link link;
  private final PcapHandle handle;
  private final NetworkInterface networkInterface;
  private final SolicitedGroups groups;
  private final SegmentPort.FrameListener listener;
  private final Thread thread;
  private volatile String wantedFilter = FILTER_OF_NOTHING;
  private volatile boolean closing;

  // Read and written by the caller of expect alone.
  private AnswerTable expected = AnswerTable.EMPTY;

  private PcapSegment(
      Link link,
      NetworkInterface networkInterface,
      PcapHandle handle,
      SegmentPort.FrameListener listener) {
    this.link = link;
    this.networkInterface = networkInterface;
    this.groups = new SolicitedGroups(networkInterface);
    this.handle = handle;
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("capture-" + link.name()).daemon().unstarted(this::run);
  }

  static PcapSegment open(Link link, SegmentPort.FrameListener listener)
      throws PcapNativeException, NotOpenException, IOException {
    NetworkInterface networkInterface = networkInterface(link);
    PcapHandle handle =
        new PcapHandle.Builder(link.name())
            .snaplen(CAPTURE_OCTETS)
            .promiscuousMode(PromiscuousMode.NONPROMISCUOUS)
            .timeoutMillis(READ_TIMEOUT_MILLIS)
            .bufferSize(BUFFER_OCTETS)
            .immediateMode(true)
            .build();
    try {
      handle.setDirection(PcapDirection.IN);
      PcapSegment segment = new PcapSegment(link, networkInterface, handle, listener);
      // Before the thread runs, so that nothing unfiltered is ever seen.
      handle.setFilter(FILTER_OF_NOTHING, BpfCompileMode.OPTIMIZE);
      segment.thread.start();
      return segment;
    } catch (PcapNativeException | NotOpenException | RuntimeException e) {
      handle.close();
      throw e;
    }
  }

  /// The JDK lists every address of the node to find one interface, which may take a second: once
  /// is enough for each.
  private static NetworkInterface networkInterface(Link link) throws IOException {
    NetworkInterface known = KNOWN.get(link.index());
    if (known != null && known.getName().equals(link.name())) {
      return known;
    }
    NetworkInterface found = NetworkInterface.getByName(link.name());
    if (found == null || found.getIndex() != link.index()) {
      throw new IOException(link.name() + " went away");
    }
    KNOWN.put(link.index(), found);
    return found;
  }

  @Override
  public boolean isAlive() {
    return thread.isAlive() && !closing && hasCarrier();
  }

  /// One question to the kernel by system call, some microseconds: cheap enough to be asked many
  /// times a second, so that a pulled cable is noticed long before the next survey.
  private boolean hasCarrier() {
    try {
      return networkInterface.isUp();
    } catch (SocketException _) {
      return false;
    }
  }

  @Override
  public void expect(AnswerTable table) {
    if (table.watchesAs(expected)) {
      return;
    }
    expected = table;
    String filter = CaptureFilter.forTable(table);
    if (!filter.equals(wantedFilter)) {
      wantedFilter = filter;
      breakLoop();
    }
  }

  @Override
  public Optional<String> join(SortedSet<Ipv6> addresses) {
    return groups.keep(addresses);
  }

  @Override
  public boolean send(EthernetFrame frame) {
    try {
      handle.sendPacket(frame.encode());
      return true;
    } catch (PcapNativeException | NotOpenException e) {
      LOG.debug("{}: a frame was not sent: {}", link.name(), e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    closing = true;
    groups.close();
    breakLoop();
    try {
      if (!thread.join(CLOSE_WAIT)) {
        LOG.warn("{}: the capture did not end within {}", link.name(), CLOSE_WAIT);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void breakLoop() {
    try {
      if (handle.isOpen()) {
        handle.breakLoop();
      }
    } catch (NotOpenException _) {
      // The capture has ended by itself; isAlive tells.
    }
  }

  private void run() {
    // What open() has set, whatever has been wanted since.
    String filter = FILTER_OF_NOTHING;
    // A neighbour waits for the answer, and it costs some microseconds.
    ThreadPrecedence.take("Answering on " + link.name());
    try (handle) {
      while (!closing) {
        if (!wantedFilter.equals(filter)) {
          filter = wantedFilter;
          handle.setFilter(filter, BpfCompileMode.OPTIMIZE);
        }
        try {
          handle.loop(-1, this::captured);
        } catch (InterruptedException _) {
          // breakLoop: there is another filter, or this is the end.
        }
      }
    } catch (PcapNativeException | NotOpenException e) {
      LOG.info("{}: capture ended: {}", link.name(), e.getMessage());
    }
  }

  private void captured(byte[] octets) {
    switch (listener.captured(octets).verdict()) {
      case Verdict.Reply(EthernetFrame frame) -> send(frame);
      case Verdict.Drop _ -> {}
    }
  }
}
