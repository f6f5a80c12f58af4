// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.conflict.ProbeKeeper;
import io.gitlb.reconciler.conflict.Verdict;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Speakers in memory that store what they get at once and announce where they come first.
final class FakeSpeakers implements SpeakerPort {

  private static final Failure AWAY = new Failure("GLB3001", "the speaker does not answer");

  private final Consumer<String> trace;

  /// node → what it stored
  private final SortedMap<NodeName, Optional<DesiredState>> stored = new TreeMap<>();

  /// node → what it was handed last
  private final SortedMap<NodeName, DesiredState> handed = new TreeMap<>();

  private final Set<NodeName> away = new HashSet<>();
  private final Set<NodeName> unheard = new HashSet<>();

  /// node → what it had stored when the reconciler was started anew
  private final SortedMap<NodeName, DesiredState> carried = new TreeMap<>();

  FakeSpeakers(Consumer<String> trace, String... nodes) {
    this.trace = trace;
    for (String node : nodes) {
      stored.put(new NodeName(node), Optional.empty());
    }
  }

  /// address → who answers for it on the link besides us
  private final Map<IpAddress, MacAddress> strangers = new HashMap<>();

  /// address → who claims it while we announce it
  private final Map<IpAddress, Conflict> contested = new HashMap<>();

  /// node → its only interface
  private final Map<NodeName, InterfaceStatus> links = new HashMap<>();

  /// Which nodes have all addresses on link.
  private List<NodeName> probers = List.of();

  private Patience patience = Patience.ANSWERS;
  private final List<ProbeKeeper.Ask> unanswered = new ArrayList<>();
  private final Set<IpAddress> toldTaken = new HashSet<>();

  /// How a speaker takes a question.
  enum Patience {
    ANSWERS,
    SILENT,
    REFUSES
  }

  /// Node → what it was handed last (1:1).
  SortedMap<NodeName, DesiredState> handed() {
    return Collections.unmodifiableSortedMap(handed);
  }

  void onLink(String... nodes) {
    probers = Stream.of(nodes).map(NodeName::new).toList();
  }

  /// What the speaker's interface reaches from now on.
  void link(String node, String... prefixes) {
    links.put(
        new NodeName(node),
        new InterfaceStatus(
            "eth0",
            MacAddress.of("02:00:00:00:00:01"),
            new TreeSet<>(),
            Stream.of(prefixes).map(IpPrefix::of).collect(Collectors.toCollection(TreeSet::new))));
  }

  void probes(Patience how) {
    patience = how;
  }

  void stranger(String address, String mac) {
    strangers.put(IpAddress.of(address), MacAddress.of(mac));
  }

  void noStranger(String address) {
    strangers.remove(IpAddress.of(address));
  }

  /// Whoever announces the address hears somebody else claim it.
  void contested(String address, String mac, ConflictKind kind) {
    contested.put(
        IpAddress.of(address),
        new Conflict(MacAddress.of(mac), kind, Instant.EPOCH, Instant.EPOCH));
  }

  void uncontested(String address) {
    contested.remove(IpAddress.of(address));
  }

  @Override
  public List<NodeName> probers(IpAddress address) {
    return probers;
  }

  @Override
  public void probe(ProbeKeeper.Ask ask) {
    trace.accept(
        "probe "
            + ask.speaker()
            + " "
            + ask.addresses().stream().map(IpAddress::toString).collect(Collectors.joining(" ")));
    unanswered.add(ask);
    toldTaken.removeAll(ask.addresses());
  }

  /// Addresses whose last question was answered with somebody else's hardware address.
  Set<IpAddress> toldTaken() {
    return Set.copyOf(toldTaken);
  }

  /// Whoever asked is dead.
  void forgetQuestions() {
    unanswered.clear();
  }

  /// Answers what was asked in the passes before.
  @Override
  public List<Answer> probed() {
    if (patience == Patience.SILENT) {
      return List.of();
    }
    List<Answer> answers = unanswered.stream().map(this::answer).toList();
    unanswered.clear();
    return answers;
  }

  private Answer answer(ProbeKeeper.Ask ask) {
    if (patience == Patience.REFUSES || away.contains(ask.speaker())) {
      return new Answer.Unasked(ask.number(), "connection refused");
    }
    SortedMap<IpAddress, Verdict> verdicts = new TreeMap<>();
    for (IpAddress address : ask.addresses()) {
      MacAddress stranger = strangers.get(address);
      if (stranger != null) {
        toldTaken.add(address);
      }
      verdicts.put(address, stranger == null ? new Verdict.Free() : new Verdict.Taken(stranger));
    }
    return new Answer.Told(ask.number(), verdicts);
  }

  void set(String node, Availability availability) {
    switch (availability) {
      case THERE -> {
        away.remove(new NodeName(node));
        handed.forEach(this::deliver);
      }
      case AWAY -> away.add(new NodeName(node));
    }
  }

  /// Neither a status nor a failure is known of the speaker.
  void unheard(String node) {
    unheard.add(new NodeName(node));
  }

  void heard(String node) {
    unheard.remove(new NodeName(node));
  }

  /// Another leader was here.
  void store(DesiredState state) {
    stored.put(state.node(), Optional.of(state));
  }

  /// A new reconciler finds what was handed out before it.
  void carriesOn() {
    stored.forEach((node, state) -> state.ifPresent(s -> carried.put(node, s)));
    handed.clear();
  }

  /// They were made anew, too.
  void forgetAll() {
    stored.replaceAll((_, _) -> Optional.empty());
    handed.clear();
  }

  Optional<DesiredState> stored(String node) {
    return stored.getOrDefault(new NodeName(node), Optional.empty());
  }

  /// Every address that a speaker has stored.
  Set<IpAddress> carried() {
    Set<IpAddress> carried = new HashSet<>();
    stored
        .values()
        .forEach(state -> state.ifPresent(s -> carried.addAll(s.announcements().keySet())));
    return carried;
  }

  @Override
  public void setDesired(Map<NodeName, DesiredState> states) {
    carried.clear();
    handed.putAll(states);
    handed.forEach(this::deliver);
  }

  /// What cannot be delivered now is when the speaker is back.
  private void deliver(NodeName node, DesiredState state) {
    Optional<DesiredState> last = stored.get(node);
    if (last == null || away.contains(node)) {
      return;
    }
    if (last.isPresent() && state.generation().compareTo(last.get().generation()) <= 0) {
      return;
    }
    stored.put(node, Optional.of(state));
    trace.accept(("desired " + node + " " + state.generation() + " " + addresses(state)).strip());
  }

  private static String addresses(DesiredState state) {
    return state.announcements().keySet().stream()
        .map(IpAddress::toString)
        .collect(Collectors.joining(" "));
  }

  @Override
  public SortedMap<NodeName, SpeakerReport> reports() {
    SortedMap<NodeName, SpeakerReport> reports = new TreeMap<>();
    stored.forEach(
        (node, state) -> {
          if (unheard.contains(node)) {
            reports.put(
                node, new SpeakerReport(Optional.empty(), Optional.empty(), Optional.empty()));
          } else if (away.contains(node)) {
            reports.put(
                node, new SpeakerReport(Optional.empty(), Optional.empty(), Optional.of(AWAY)));
          } else {
            reports.put(
                node,
                new SpeakerReport(
                    state.map(DesiredState::generation),
                    Optional.of(status(node, state)),
                    Optional.empty(),
                    Optional.ofNullable(carried.get(node))));
          }
        });
    return reports;
  }

  private SpeakerStatus status(NodeName node, Optional<DesiredState> state) {
    List<AnnouncementStatus> announcements = new ArrayList<>();
    state.ifPresent(
        s -> s.announcements().values().forEach(a -> announcements.add(announcement(node, a))));
    Optional<Generation> generation = state.map(DesiredState::generation);
    return new SpeakerStatus(
        node,
        "boot",
        1,
        generation,
        generation,
        announcements,
        List.of(),
        Optional.ofNullable(links.get(node)).stream().toList());
  }

  private AnnouncementStatus announcement(NodeName node, Announcement announcement) {
    boolean first =
        announcement.layer2().map(l2 -> l2.candidates().getFirst().equals(node)).orElse(false);
    boolean announces = first || !announcement.routes().isEmpty();
    return new AnnouncementStatus(
        announcement.address(),
        announces ? AnnouncementState.ANNOUNCED : AnnouncementState.STANDBY,
        Optional.empty(),
        Instant.EPOCH,
        first ? List.of("eth0") : List.of(),
        List.of(),
        first
            ? Optional.of(
                new Layer2Status(
                    Optional.of(node),
                    1,
                    1,
                    Optional.empty(),
                    Optional.ofNullable(contested.get(announcement.address()))))
            : Optional.empty());
  }
}
