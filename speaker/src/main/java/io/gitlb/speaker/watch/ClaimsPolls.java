// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;

/// The polls of all watched peers.
public final class ClaimsPolls implements AutoCloseable {

  /// TLS included. A peer that takes longer is as good as silent.
  private static final Duration CONNECT = Duration.ofMillis(300);

  /// Claims and known addresses of 10,000.
  private static final int MAX_BODY_OCTETS = 8 * 1024 * 1024;

  private final HttpLoops loops;
  private final Function<NodeName, ClientSecurity> security;
  private final ClaimsListener listener;
  private volatile boolean knownWanted = true;
  // Node → the poll of its claims (1:1).
  private final SortedMap<NodeName, ClaimsPoll> polls = new TreeMap<>();

  /// @param security peer → how to talk to it
  public ClaimsPolls(
      HttpLoops loops, Function<NodeName, ClientSecurity> security, ClaimsListener listener) {
    this.loops = loops;
    this.security = security;
    this.listener = listener;
  }

  /// Follows exactly these. Polls of peers that stay go on.
  public synchronized void apply(SortedSet<WatchedPeer> peers) {
    polls
        .values()
        .removeIf(
            poll -> {
              boolean gone = !peers.contains(poll.peer()) || moved(poll, peers);
              if (gone) {
                poll.close();
              }
              return gone;
            });
    for (WatchedPeer peer : peers) {
      if (!polls.containsKey(peer.node())) {
        ClaimsPoll poll = new ClaimsPoll(peer, client(peer), listener, () -> knownWanted);
        polls.put(peer.node(), poll);
        poll.start();
      }
    }
  }

  private static boolean moved(ClaimsPoll poll, SortedSet<WatchedPeer> peers) {
    return peers.stream().noneMatch(poll.peer()::equals);
  }

  private HttpClient client(WatchedPeer peer) {
    return HttpClient.create(
        loops,
        new HttpClientSettings(
            peer.host(),
            peer.port(),
            security.apply(peer.node()),
            Optional.empty(),
            CONNECT,
            MAX_BODY_OCTETS));
  }

  /// Whether the peers are asked for every address that they know, each time that their state is
  /// another; otherwise they are at the beginning of each channel only.
  public void askForKnown(boolean wanted) {
    knownWanted = wanted;
  }

  /// The peer is in doubt: whether it still answers is to be known within a moment.
  public synchronized void doubt(NodeName peer) {
    ClaimsPoll poll = polls.get(peer);
    if (poll != null) {
      poll.knock();
    }
  }

  /// The peer is in contact again: what it claims is to be known within a moment.
  public synchronized void greet(NodeName peer) {
    ClaimsPoll poll = polls.get(peer);
    if (poll != null) {
      poll.greet();
    }
  }

  @Override
  public synchronized void close() {
    polls.values().forEach(ClaimsPoll::close);
    polls.clear();
  }
}
