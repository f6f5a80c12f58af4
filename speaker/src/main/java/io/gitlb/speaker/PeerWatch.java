// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
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
import io.gitlb.speaker.watch.ClaimsListener;
import io.gitlb.speaker.watch.ClaimsPolls;
import io.gitlb.speaker.watch.WatchedPeer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
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
    polls = new ClaimsPolls(loops, peer -> client(security, peer), new FromPolls());
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

  private static ClientSecurity client(ServerSecurity security, NodeName peer) {
    return switch (security) {
      case ServerSecurity.Plaintext() -> new ClientSecurity.Plaintext();
      case ServerSecurity.ServerTls(TlsIdentity identity) ->
          new ClientSecurity.MutualTls(identity, PeerNames.speaker(peer));
      case ServerSecurity.MutualTls(TlsIdentity identity, PeerNames _) ->
          new ClientSecurity.MutualTls(identity, PeerNames.speaker(peer));
    };
  }

  /// Whether the peers are asked for every address that they know, each time that their state is
  /// another: what a state from disk is judged by.
  void askForKnown(boolean wanted) {
    polls.askForKnown(wanted);
  }

  /// Watches exactly these.
  void apply(SortedSet<LivenessTarget> targets, SortedSet<WatchedPeer> peers) {
    if (members.wanted(targets, timeOfDay.instant())) {
      changed.run();
    }
    sessions.apply(targets);
    polls.apply(peers);
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
    boolean up =
        switch (state) {
          case UP -> true;
          case ADMIN_DOWN, DOWN, INIT -> false;
        };
    Contact contact = contacts.after(target, up);
    layer2.post((one, now) -> one.contact(target.peer(), target.interfaceName(), contact, now));
    switch (contact) {
      case UP -> polls.greet(target.peer());
      case DOWN -> polls.doubt(target.peer());
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
      layer2.post((one, now) -> one.told(claims, now));
    }

    @Override
    public void channel(NodeName peer, Channel channel) {
      layer2.post((one, now) -> one.channel(peer, channel, now));
    }
  }
}
