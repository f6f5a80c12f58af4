// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// The port to the wire: which links there are, and capturing and sending on one of them.
public interface SegmentPort {

  /// What interfaces the node has now.
  Survey survey();

  /// Begins to capture on a link.
  ///
  /// @param listener told of every captured frame, on the capture's own thread
  Opening open(Link link, FrameListener listener);

  /// Tells when interfaces may have changed, as soon as the kernel does. It may tell too often, and
  /// it may miss something: [#survey] is to be asked now and then anyway.
  ///
  /// @param changed told on a thread that is not to be kept
  Watch watch(Runnable changed);

  /// Settings of the node's kernel that work against announcing. Reads many files: not for a thread
  /// that others wait for.
  ///
  /// @param links the interfaces that answer
  /// @param announced the addresses that this node answers for, or stands by to
  SortedSet<KernelFinding> kernelFindings(SortedSet<String> links, Collection<IpAddress> announced);

  /// The interfaces of the node at one moment.
  ///
  /// @param links those that can be used, sorted by name
  /// @param skipped interface → why it is not used, for people (1:1)
  record Survey(List<Link> links, SortedMap<String, String> skipped) {

    public Survey {
      links = List.copyOf(links);
      skipped = Collections.unmodifiableSortedMap(new TreeMap<>(skipped));
    }
  }

  /// What [#watch] began.
  @FunctionalInterface
  interface Watch extends AutoCloseable {

    /// Tells nothing more, soon.
    @Override
    void close();
  }

  /// What became of an attempt to open a link.
  sealed interface Opening {

    /// Frames are coming.
    record Opened(Segment segment) implements Opening {}

    /// They cannot; the message says why and what to do, for people, in one line.
    record Refused(String message) implements Opening {}
  }

  /// One link that is being captured.
  interface Segment extends AutoCloseable {

    /// Whether frames are still coming; once false it stays so, and the segment is to be closed.
    boolean isAlive();

    /// Lets the kernel pass requests for what the table answers for and frames from whoever uses
    /// what it watches; something more may come.
    void expect(AnswerTable table);

    /// Takes part in the solicited-node groups (RFC 4291 section 2.7.1) of exactly these addresses,
    /// so that switches which look at multicast pass the solicitations. What cannot be joined now
    /// is tried again at the next call.
    ///
    /// @return why some cannot be joined, for people, in one line; empty when all are
    Optional<String> join(SortedSet<Ipv6> addresses);

    /// Puts a frame on the wire.
    ///
    /// @return whether the kernel took it
    boolean send(EthernetFrame frame);

    /// Ends the capture and its thread.
    @Override
    void close();
  }

  /// Told of captured frames.
  @FunctionalInterface
  interface FrameListener {

    /// One frame, cut at the capture length. A returned reply is sent on the same link.
    Heard captured(byte[] frame);
  }
}
