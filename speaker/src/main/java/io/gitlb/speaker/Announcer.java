// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.PeerExport;
import io.gitlb.speaker.bgp.session.BgpSpeaker;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that a desired state brings to the wire: layer 2 and BGP, and what becomes of it.
final class Announcer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  private final VerdictCounts counts = new VerdictCounts();
  private final PeerTranslation translation = new PeerTranslation();
  private final StatusPublisher publisher;
  private final Layer2Thread layer2;
  private final BgpSpeaker bgp;

  private volatile Placed placed = new Placed(Optional.empty(), ActiveSet.EMPTY, List.of());

  /// What layer 2 told last.
  private record Placed(Optional<DesiredState> inForce, ActiveSet active, List<Link> links) {}

  /// Starts without addresses and peers.
  ///
  /// @param sink told of each new status, on a thread of its own
  Announcer(NodeName node, SegmentPort port, Consumer<StatusComposer.Composed> sink) {
    MonotonicClock clock = new MonotonicClock();
    InstantSource timeOfDay = InstantSource.system();
    publisher = new StatusPublisher(this::view, sink, timeOfDay);
    layer2 = new Layer2Thread(new Layer2(node, port, counts, clock, this::placed), clock);
    layer2.start();
    bgp = BgpSpeaker.start(node, timeOfDay, _ -> publisher.changed());
    publisher.start();
  }

  /// Brings the whole state in force; returns before that is done. Called by one thread at a time.
  void apply(DesiredState state) {
    layer2.apply(state);
    PeerTranslation.Translated translated = translation.translate(PeerExport.of(state));
    translated
        .refused()
        .forEach(
            (peer, reason) ->
                LOG.error("BGP peer {} cannot be used as it is set: {}", peer, reason));
    bgp.apply(translated.peers(), translated.routes());
  }

  /// How many frames were answered and dropped.
  VerdictCounts counts() {
    return counts;
  }

  /// Withdraws everything: layer 2 falls silent, every BGP peer gets a Cease.
  @Override
  public void close() {
    layer2.close();
    bgp.close();
    publisher.close();
  }

  private SpeakerView view() {
    Placed now = placed;
    return new SpeakerView(now.inForce(), now.active(), now.links(), bgp.status());
  }

  private void placed(Optional<DesiredState> inForce, ActiveSet active, List<Link> links) {
    placed = new Placed(inForce, active, links);
    publisher.changed();
  }
}
