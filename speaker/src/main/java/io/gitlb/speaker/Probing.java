// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.OwnNodes;
import io.gitlb.speaker.l2.ProbeFrames;
import io.gitlb.speaker.l2.ProbeRounds;
import io.gitlb.speaker.l2.ProbeRounds.Purpose;
import io.gitlb.speaker.l2.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Probes addresses: for ownership, which would take one over, and for the reconciler, which would
/// put some in service. Silence counts only when a probe really went out. Runs on the owner's
/// thread.
final class Probing {

  /// Addresses that are probed for the reconciler at a time; what exceeds it is not probed.
  static final int MOST_DETECTIONS = 128;

  /// The reconciler waits for one second.
  static final Duration DEADLINE = Duration.ofMillis(900);

  private final RandomGenerator chance;
  private final ProbeRounds rounds;
  private final Surroundings surroundings;
  private final ContentionCounts counts;
  private OwnNodes nodes = OwnNodes.NONE;

  // Rounds of which at least one frame went out.
  private final Set<ProbeRounds.Key> asked = new HashSet<>();
  // Addresses that were probed while sightings were lost, as long as they are.
  private final Set<IpAddress> deaf = new HashSet<>();
  // Address that ownership waits for, and that has no round → when to begin one (1:1).
  private final SortedMap<IpAddress, Instant> postponed = new TreeMap<>();
  private final List<Inquiry> inquiries = new ArrayList<>();
  // The keys are what counts.
  private SnapshotMap<IpAddress, Boolean> watched = SnapshotMap.empty();

  /// What probing needs of layer 2.
  interface Surroundings {

    /// The open links on which the address is directly reached.
    List<Link> reaching(IpAddress address);

    /// Whether it would be reached on a link that could not be opened.
    boolean isBehindRefused(IpAddress address);

    /// Whether this node announces it now.
    boolean isAnnounced(IpAddress address);

    /// @return whether the frame left
    boolean send(String interfaceName, EthernetFrame frame);
  }

  /// What is known of an address that the reconciler asked about.
  sealed interface Finding {

    /// Nobody answered.
    record Free() implements Finding {}

    /// Foreign stations use it, or want it.
    record Taken(SortedSet<MacAddress> holders) implements Finding {}

    /// A node of ours uses it, and no foreign station.
    record OwnNode(SortedSet<MacAddress> holders) implements Finding {}

    /// Not known.
    record Unprobed(Reason reason) implements Finding {}
  }

  /// Why an address was not probed.
  enum Reason {
    /// It is on no link of this node.
    NOT_ON_LINK("NotOnLink"),
    /// Its link cannot be captured, or nothing can be sent there.
    NO_CAPTURE("NoCapture"),
    /// Too much is being probed.
    BUSY("Busy");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    /// The permanent name in the protocol.
    String label() {
      return label;
    }
  }

  /// A call of the reconciler that waits for its last address.
  private static final class Inquiry {
    private final SortedSet<IpAddress> open;
    private final SortedMap<IpAddress, Finding> findings = new TreeMap<>();
    private final Instant deadline;
    private final Consumer<SortedMap<IpAddress, Finding>> done;

    Inquiry(
        SortedSet<IpAddress> addresses,
        Instant deadline,
        Consumer<SortedMap<IpAddress, Finding>> done) {
      this.open = new TreeSet<>(addresses);
      this.deadline = deadline;
      this.done = done;
    }

    void found(IpAddress address, Finding finding) {
      if (open.remove(address)) {
        findings.put(address, finding);
      }
    }

    boolean finish(Instant now) {
      if (!deadline.isAfter(now)) {
        List.copyOf(open).forEach(address -> found(address, new Finding.Unprobed(Reason.BUSY)));
      }
      if (!open.isEmpty()) {
        return false;
      }
      done.accept(Collections.unmodifiableSortedMap(findings));
      return true;
    }
  }

  Probing(RandomGenerator chance, Surroundings surroundings, ContentionCounts counts) {
    this.chance = chance;
    this.rounds = new ProbeRounds(chance);
    this.surroundings = surroundings;
    this.counts = counts;
  }

  /// The other nodes of the cluster, from now on.
  void members(OwnNodes members) {
    nodes = members;
  }

  /// Asks for ownership; [#advance] gives the outcome. While nothing can be sent, it tries again.
  void takeOver(IpAddress address, Instant now) {
    begin(new ProbeRounds.Key(address, Purpose.TAKE_OVER), now);
  }

  /// Ownership does not want to know any more.
  void cancelTakeOver(IpAddress address) {
    postponed.remove(address);
    ProbeRounds.Key key = new ProbeRounds.Key(address, Purpose.TAKE_OVER);
    rounds.cancel(key);
    asked.remove(key);
  }

  /// Asks for the reconciler.
  ///
  /// @param done told once, within [#DEADLINE] of the owner's time, of every address; perhaps
  ///   before this returns
  void detect(
      SortedSet<IpAddress> addresses, Consumer<SortedMap<IpAddress, Finding>> done, Instant now) {
    Inquiry inquiry = new Inquiry(addresses, now.plus(DEADLINE), done);
    int running = inquiries.stream().mapToInt(one -> one.open.size()).sum();
    for (IpAddress address : addresses) {
      Optional<Finding> known = withoutProbe(address);
      if (known.isPresent()) {
        inquiry.found(address, known.get());
      } else if (running >= MOST_DETECTIONS) {
        inquiry.found(address, new Finding.Unprobed(Reason.BUSY));
      } else {
        running++;
        begin(new ProbeRounds.Key(address, Purpose.DETECTION), now);
      }
    }
    if (!inquiry.finish(now)) {
      inquiries.add(inquiry);
    }
  }

  /// Ends every detection: what is not known yet will not be.
  void end() {
    inquiries.forEach(inquiry -> inquiry.finish(Instant.MAX));
    inquiries.clear();
  }

  /// Somebody was heard on that interface.
  void sighted(Sighting sighting, String interfaceName) {
    rounds.sighted(sighting, interfaceName);
  }

  /// Sightings of whatever address were lost: silence about what is probed now means nothing.
  void sightingsLost() {
    deaf.addAll(rounds.watched());
  }

  /// Sends what is due and ends what is over.
  ///
  /// @return address that ownership asked for → who was heard
  SortedMap<IpAddress, OwnNodes.Split> advance(Instant now) {
    List<IpAddress> again =
        postponed.entrySet().stream()
            .filter(entry -> !entry.getValue().isAfter(now))
            .map(entry -> entry.getKey())
            .toList();
    again.forEach(address -> postponed.remove(address));
    again.forEach(address -> takeOver(address, now));
    ProbeRounds.Step step = rounds.advance(now);
    step.probes().forEach(this::send);
    SortedMap<IpAddress, OwnNodes.Split> takeOvers = new TreeMap<>();
    step.finished().forEach(result -> finish(result, takeOvers, now));
    inquiries.removeIf(inquiry -> inquiry.finish(now));
    deaf.removeIf(address -> !rounds.isWatched(address));
    return takeOvers;
  }

  /// When [#advance] has something to do again; empty when nothing is under way.
  Optional<Instant> nextDue() {
    Optional<Instant> next = rounds.nextDue();
    for (Inquiry inquiry : inquiries) {
      next =
          Optional.of(next.filter(due -> due.isBefore(inquiry.deadline)).orElse(inquiry.deadline));
    }
    for (Instant due : postponed.values()) {
      next = Optional.of(next.filter(one -> one.isBefore(due)).orElse(due));
    }
    return next;
  }

  /// The addresses whose sightings are wanted. They only grow while anything is under way, since
  /// each change of them may be a new kernel filter.
  ///
  /// @return its keys are what counts
  SnapshotMap<IpAddress, Boolean> watched() {
    if (rounds.watched().isEmpty() && postponed.isEmpty()) {
      watched = SnapshotMap.empty();
    }
    return watched;
  }

  private Optional<Finding> withoutProbe(IpAddress address) {
    List<Link> links = surroundings.reaching(address);
    if (surroundings.isAnnounced(address)) {
      SortedSet<MacAddress> own = new TreeSet<>();
      links.forEach(link -> own.add(link.macAddress()));
      return Optional.of(new Finding.OwnNode(own));
    }
    if (!links.isEmpty()) {
      return Optional.empty();
    }
    Reason reason = surroundings.isBehindRefused(address) ? Reason.NO_CAPTURE : Reason.NOT_ON_LINK;
    return Optional.of(new Finding.Unprobed(reason));
  }

  private void begin(ProbeRounds.Key key, Instant now) {
    watched = watched.with(key.address(), true);
    List<Link> links = surroundings.reaching(key.address());
    if (!links.isEmpty()) {
      rounds.begin(key, links, now);
    } else if (key.purpose() == Purpose.TAKE_OVER) {
      postponed.put(key.address(), now.plus(ProbeRounds.RETRY));
    }
  }

  private void send(ProbeRounds.Probe probe) {
    for (Link link : surroundings.reaching(probe.key().address())) {
      if (link.name().equals(probe.interfaceName())) {
        boolean sent =
            surroundings.send(
                probe.interfaceName(),
                ProbeFrames.probe(probe.key().address(), link.macAddress(), chance));
        counts.probe(sent ? ContentionCounts.Sending.TAKEN : ContentionCounts.Sending.REFUSED);
        if (sent) {
          asked.add(probe.key());
        }
      }
    }
  }

  private void finish(
      ProbeRounds.Result result, SortedMap<IpAddress, OwnNodes.Split> takeOvers, Instant now) {
    boolean heard = !result.claimants().isEmpty() || !result.probers().isEmpty();
    boolean known = asked.remove(result.key()) || heard;
    IpAddress address = result.key().address();
    if (heard) {
      counts.answered();
    }
    switch (result.key().purpose()) {
      // Whatever floods the segment: an address that nobody answers for is taken over.
      case TAKE_OVER -> {
        if (known) {
          takeOvers.put(address, nodes.split(result));
        } else {
          postponed.put(address, now);
        }
      }
      case DETECTION -> {
        Finding finding = known ? finding(result) : new Finding.Unprobed(Reason.NO_CAPTURE);
        if (!heard && deaf.contains(address)) {
          finding = new Finding.Unprobed(Reason.BUSY);
        }
        tell(address, finding);
      }
    }
  }

  private void tell(IpAddress address, Finding finding) {
    inquiries.forEach(inquiry -> inquiry.found(address, finding));
  }

  private Finding finding(ProbeRounds.Result result) {
    OwnNodes.Split split = nodes.split(result);
    if (!split.strangers().isEmpty()) {
      return new Finding.Taken(split.strangers());
    }
    return split.members().isEmpty() ? new Finding.Free() : new Finding.OwnNode(result.claimants());
  }
}
