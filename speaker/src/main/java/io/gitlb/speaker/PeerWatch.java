// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.LivenessKeys;
import io.gitlb.speaker.bfd.session.LivenessSessions;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.ownership.Channel;
import io.gitlb.speaker.ownership.Contact;
import io.gitlb.speaker.receive.DesiredStateSink;
import io.gitlb.speaker.watch.ClaimsListener;
import io.gitlb.speaker.watch.ClaimsPolls;
import io.gitlb.speaker.watch.WatchedPeer;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the other speakers: liveness sessions on the segments, polls of their claims beside
/// them. What it hears goes to the owner of layer 2.
final class PeerWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PeerWatch.class);

  private final Layer2Thread layer2;
  private final HttpLoops loops = HttpLoops.open(1);
  private final Contacts contacts = new Contacts();
  private final LivenessSessions sessions;
  private final MemberBoard members = new MemberBoard();
  private final InstantSource timeOfDay;
  private final Runnable changed;
  private final ClaimsPolls polls;

  // Peer → the newest generation that it has told of (1:1).
  private final Map<NodeName, Generation> stored = new ConcurrentHashMap<>();

  // Whether the state in force is from disk, and whether it may be outdated.
  private boolean fromDisk = true;
  private boolean cutOff;

  /// @param security of our own API: the certificate is ours as a client too
  /// @param changed told when [#members] are others; on any thread
  PeerWatch(
      LivenessKeys keys,
      ServerSecurity security,
      Layer2Thread layer2,
      InstantSource timeOfDay,
      Runnable changed) {
    this.timeOfDay = timeOfDay;
    this.changed = changed;
    this.layer2 = layer2;
    polls =
        new ClaimsPolls(loops, peer -> client(security, PeerNames.speaker(peer)), new FromPolls());
    sessions = LivenessSessions.open(keys, this::contact);
  }

  /// How the liveness sessions stand.
  List<MemberStatus> members() {
    return members.all();
  }

  /// Permanent name → liveness packets without effect, as in the status and in the metrics.
  SortedMap<String, Long> drops() {
    SortedMap<String, Long> drops = new TreeMap<>();
    sessions.drops().forEach((reason, count) -> drops.put("liveness_dropped_" + reason, count));
    return drops;
  }

  /// How to call somebody with our own certificate.
  static ClientSecurity client(ServerSecurity security, PeerNames server) {
    return switch (security) {
      case ServerSecurity.Plaintext() -> new ClientSecurity.Plaintext();
      case ServerSecurity.ServerTls(TlsIdentity identity) ->
          new ClientSecurity.MutualTls(identity, server);
      case ServerSecurity.MutualTls(TlsIdentity identity, PeerNames _) ->
          new ClientSecurity.MutualTls(identity, server);
    };
  }

  /// Where the state in force is from. While it is from disk the peers are asked for every address
  /// that they know, each time that their state is another: it is judged by that.
  synchronized void inForce(DesiredStateSink.Source source) {
    fromDisk = source == DesiredStateSink.Source.DISK;
    polls.askForKnown(fromDisk || cutOff);
  }

  /// Whether peers have a newer state and the reconciler cannot be asked: they are asked for every
  /// address that they know then, too.
  synchronized void cutOff(boolean now) {
    cutOff = now;
    polls.askForKnown(fromDisk || cutOff);
    layer2.post((one, when) -> one.cutOff(now, when));
  }

  /// The newest generation that a watched peer has.
  Optional<Generation> newest() {
    return stored.values().stream().max(Comparator.naturalOrder());
  }

  /// Watches exactly these.
  void apply(SortedSet<LivenessTarget> targets, SortedSet<WatchedPeer> peers) {
    if (members.wanted(targets, timeOfDay.instant())) {
      changed.run();
    }
    sessions.apply(targets);
    polls.apply(peers);
    stored.keySet().retainAll(peers.stream().map(WatchedPeer::node).collect(Collectors.toSet()));
  }

  private void contact(LivenessTarget target, SessionState state, Optional<Diagnostic> diagnostic) {
    LOG.info(
        "liveness: {} on {} is {}{}",
        target.peer(),
        target.interfaceName(),
        state,
        diagnostic.map(one -> ": " + one).orElse(""));
    members.state(target, state, diagnostic, timeOfDay.instant());
    changed.run();
    Contact contact = contacts.after(target, state);
    layer2.post((one, now) -> one.contact(target.peer(), target.interfaceName(), contact, now));
    switch (contact) {
      case UP -> polls.greet(target.peer());
      case HEARD, DOWN -> polls.doubt(target.peer());
    }
  }

  @Override
  public void close() {
    polls.close();
    sessions.close();
    loops.close();
  }

  /// Passes on what the peers tell.
  private final class FromPolls implements ClaimsListener {

    @Override
    public void told(SpeakerClaims claims) {
      claims.stored().ifPresent(generation -> stored.put(claims.node(), generation));
      layer2.post((one, now) -> one.told(claims, now));
    }

    @Override
    public void channel(NodeName peer, Channel channel) {
      layer2.post((one, now) -> one.channel(peer, channel, now));
    }
  }
}
