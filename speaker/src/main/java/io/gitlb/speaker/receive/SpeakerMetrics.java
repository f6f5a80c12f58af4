// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import static io.gitlb.schema.protocol.PeerSettings.UNKNOWN_ADDRESS;

import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.PeerName;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A status in Prometheus' text format, version 0.0.4. Pure.
final class SpeakerMetrics {

  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /// What counters of BFD with routers begin with.
  private static final String BFD_DROPPED = "bfd_dropped_";

  private static final Pattern CODE = Pattern.compile("GLB\\d{4}");

  private SpeakerMetrics() {}

  static String of(SpeakerStatus status) {
    StringBuilder text = new StringBuilder();
    head(text, "epoch", "Epoch of the newest desired state; 0: none.");
    line(text, "epoch", "kind", "stored", epoch(status.stored()));
    line(text, "epoch", "kind", "applied", epoch(status.applied()));
    head(text, "generation", "Number of the newest desired state within its epoch; 0: none.");
    line(text, "generation", "kind", "stored", number(status.stored()));
    line(text, "generation", "kind", "applied", number(status.applied()));
    head(text, "announcements", "Addresses by what becomes of them on this node.");
    for (AnnouncementState state : AnnouncementState.values()) {
      long count = status.announcements().stream().filter(one -> one.state() == state).count();
      line(text, "announcements", "state", state.name().toLowerCase(Locale.ROOT), count);
    }
    head(text, "bgp_session_established", "Whether the session is up: 1 or 0.");
    for (PeerStatus peer : status.peers()) {
      long up = peer.state().equalsIgnoreCase("Established") ? 1 : 0;
      line(text, "bgp_session_established", "peer", peer.name().value(), up);
    }
    head(text, "bgp_prefixes_sent", "Size of the Adj-RIB-Out.");
    for (PeerStatus peer : status.peers()) {
      line(text, "bgp_prefixes_sent", "peer", peer.name().value(), peer.prefixesSent());
    }
    sessions(text, status.peers());
    if (!status.bfd().isEmpty()) {
      routers(text, status.bfd());
    }
    head(text, "liveness_sessions", "Sessions with other speakers by state, as RFC 5880 names it.");
    for (String state : List.of("AdminDown", "Down", "Init", "Up")) {
      long count = status.members().stream().filter(one -> one.state().equals(state)).count();
      line(text, "liveness_sessions", "state", state, count);
    }
    head(text, "problems", "Things that are wrong with this speaker as a whole.");
    text.append("gitlb_speaker_problems ").append(status.problems().size()).append('\n');
    head(text, "problems_by_code", "The same, of those that have a code.");
    byCode(status.problems())
        .forEach((code, count) -> line(text, "problems_by_code", "code", code, count));
    counters(text, status.counters());
    return text.toString();
  }

  private static void counters(StringBuilder text, SortedMap<String, Long> counters) {
    SortedMap<String, Long> drops = new TreeMap<>();
    SortedMap<String, Long> others = new TreeMap<>();
    counters.forEach(
        (name, count) -> {
          if (name.startsWith(BFD_DROPPED)) {
            drops.put(name.substring(BFD_DROPPED.length()), count);
          } else {
            others.put(name, count);
          }
        });
    if (!drops.isEmpty()) {
      count(text, "bfd_dropped_total", "BFD packets of routers without effect.");
      drops.forEach((reason, count) -> line(text, "bfd_dropped_total", "reason", reason, count));
    }
    if (!others.isEmpty()) {
      count(text, "layer2_total", "What layer 2 has done since the start.");
      others.forEach((name, count) -> line(text, "layer2_total", "event", name, count));
    }
  }

  private static void routers(StringBuilder text, List<BfdStatus> sessions) {
    head(text, "bfd_session_up", "Whether the session with the router is up: 1 or 0.");
    session(text, "bfd_session_up", sessions, one -> one.state().equals("Up") ? 1 : 0);
    head(text, "bfd_session_since_timestamp_seconds", "When it entered its state; Unix time.");
    session(
        text, "bfd_session_since_timestamp_seconds", sessions, one -> one.since().getEpochSecond());
    count(text, "bfd_session_flaps_total", "How often it has ended after it was up.");
    session(text, "bfd_session_flaps_total", sessions, BfdStatus::flaps);
  }

  /// By peer, as two routers on two links may have one link-local address.
  private static void session(
      StringBuilder text, String name, List<BfdStatus> sessions, ToLongFunction<BfdStatus> value) {
    for (BfdStatus session : sessions) {
      for (PeerName peer : session.peers()) {
        text.append("gitlb_speaker_%s{address=\"".formatted(name))
            .append(escaped(session.peerAddress().toString()))
            .append("\",peer=\"")
            .append(escaped(peer.value()))
            .append("\"} ")
            .append(value.applyAsLong(session))
            .append('\n');
      }
    }
  }

  private static void info(StringBuilder text, PeerStatus peer) {
    text.append("gitlb_speaker_bgp_peer_info{peer=\"")
        .append(escaped(peer.name().value()))
        .append("\",address=\"")
        .append(
            peer.peerAddress().equals(UNKNOWN_ADDRESS)
                ? ""
                : escaped(peer.peerAddress().toString()))
        .append("\",interface=\"")
        .append(escaped(peer.session().interfaceName().orElse("")))
        .append("\",peer_as=\"")
        .append(peer.session().peerAsn().map(Asn::toString).orElse(""))
        .append("\",local_as=\"")
        .append(peer.session().localAsn().map(Asn::toString).orElse(""))
        .append("\"} 1\n");
  }

  private static void waits(StringBuilder text, PeerName peer, String reason) {
    text.append("gitlb_speaker_bgp_initial_update_waits{peer=\"")
        .append(escaped(peer.value()))
        .append("\",reason=\"")
        .append(escaped(reason))
        .append("\"} 1\n");
  }

  private static void peers(
      StringBuilder text, String name, List<PeerStatus> peers, ToLongFunction<PeerStatus> value) {
    for (PeerStatus peer : peers) {
      line(text, name, "peer", peer.name().value(), value.applyAsLong(peer));
    }
  }

  private static void sessions(StringBuilder text, List<PeerStatus> peers) {
    head(text, "bgp_session_state", "1 for the state that the session is in (RFC 4271).");
    for (PeerStatus peer : peers) {
      text.append("gitlb_speaker_bgp_session_state{peer=\"")
          .append(escaped(peer.name().value()))
          .append("\",state=\"")
          .append(escaped(peer.state()))
          .append("\"} 1\n");
    }
    head(text, "bgp_peer_info", "1; the labels say with whom the session is, in which AS.");
    peers.forEach(peer -> info(text, peer));
    head(text, "bgp_initial_update_waits", "1 while the peer may lack routes and End-of-RIB.");
    for (PeerStatus peer : peers) {
      peer.session().waitingFor().ifPresent(reason -> waits(text, peer.name(), reason));
    }
    head(text, "bgp_session_since_timestamp_seconds", "When it entered its state; Unix time.");
    peers(
        text, "bgp_session_since_timestamp_seconds", peers, peer -> peer.since().getEpochSecond());
    head(text, "bgp_last_error_timestamp_seconds", "When it failed last; Unix time, 0: never.");
    peers(
        text,
        "bgp_last_error_timestamp_seconds",
        peers,
        peer -> peer.session().lastErrorAt().map(Instant::getEpochSecond).orElse(0L));
    count(text, "bgp_messages_received_total", "Messages from the peer.");
    peers(text, "bgp_messages_received_total", peers, peer -> peer.traffic().messagesIn());
    count(text, "bgp_messages_sent_total", "Messages to the peer.");
    peers(text, "bgp_messages_sent_total", peers, peer -> peer.traffic().messagesOut());
    count(text, "bgp_session_flaps_total", "How often an established session has ended.");
    peers(text, "bgp_session_flaps_total", peers, peer -> peer.traffic().flaps());
    count(
        text,
        "bgp_prefixes_received_total",
        "Announced to us, repetitions included; none is kept.");
    peers(text, "bgp_prefixes_received_total", peers, peer -> peer.traffic().prefixesReceived());
    count(text, "bgp_attribute_faults_total", "Faults that the session survived (RFC 7606).");
    peers(text, "bgp_attribute_faults_total", peers, peer -> peer.traffic().attributeFaults());
  }

  private static SortedMap<String, Long> byCode(List<String> problems) {
    SortedMap<String, Long> counts = new TreeMap<>();
    for (String problem : problems) {
      Matcher code = CODE.matcher(problem);
      if (code.find()) {
        counts.merge(code.group(), 1L, Long::sum);
      }
    }
    return counts;
  }

  private static void head(StringBuilder text, String name, String help) {
    text.append("# HELP gitlb_speaker_").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE gitlb_speaker_").append(name).append(" gauge\n");
  }

  private static void count(StringBuilder text, String name, String help) {
    text.append("# HELP gitlb_speaker_").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE gitlb_speaker_").append(name).append(" counter\n");
  }

  private static void line(
      StringBuilder text, String name, String label, String labelValue, long value) {
    text.append("gitlb_speaker_").append(name);
    text.append('{').append(label).append("=\"").append(escaped(labelValue)).append("\"} ");
    text.append(value).append('\n');
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static long epoch(Optional<Generation> generation) {
    return generation.map(Generation::epoch).orElse(0L);
  }

  private static long number(Optional<Generation> generation) {
    return generation.map(Generation::number).orElse(0L);
  }
}
