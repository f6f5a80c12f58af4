// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredStates;
import io.gitlb.reconciler.desired.NodeLinks;
import io.gitlb.reconciler.desired.NumberedStates;
import io.gitlb.reconciler.desired.NumberedStates.Stamp;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.reconciler.loop.SpeakerWords.Said;
import io.gitlb.reconciler.plan.PlanInput.SpeakerFacts;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.schema.value.SnapshotMap.Change;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears the speakers and hands them their desired states.
final class SpeakerFollower {

  private static final Logger log = LoggerFactory.getLogger(SpeakerFollower.class);

  private final SpeakerPort port;
  private final LoopSettings settings;

  /// When the first report was asked for.
  private Optional<Instant> since = Optional.empty();

  /// When the speakers were heard last.
  private Instant heardAt = Instant.EPOCH;

  private SortedMap<NodeName, SpeakerReport> reports = Collections.emptySortedMap();

  /// The leader's number; 0 until it is settled.
  private long epoch;

  private final Members members = new Members();

  private NumberedStates handedOut = NumberedStates.NONE;

  /// node → address → the generation that took the address away from the node
  private final Map<NodeName, Map<IpAddress, Generation>> dropped = new HashMap<>();

  private SpeakerWords words = new SpeakerWords();
  private AnnouncingPicture picture = new AnnouncingPicture();

  /// address → what the speakers say of it
  private SnapshotMap<IpAddress, Said> said = SnapshotMap.empty();

  /// address → the first of the nodes that announce it
  private SnapshotMap<IpAddress, NodeName> announced = SnapshotMap.empty();

  private final Owners owners = new Owners();
  private final Balance balance = new Balance();

  /// address → its candidates, as handed out last
  private SnapshotMap<IpAddress, List<NodeName>> intended = SnapshotMap.empty();

  private final HeldConflicts heldConflicts = new HeldConflicts();

  /// The records as they were asked about last.
  private SnapshotMap<IpAddress, AllocationRecord> records = SnapshotMap.empty();

  /// Addresses of those of them that are releasing.
  private final SortedSet<IpAddress> releasing = new TreeSet<>();

  SpeakerFollower(SpeakerPort port, LoopSettings settings) {
    this.port = port;
    this.settings = settings;
  }

  /// Takes in what the speakers say now.
  void hear(Instant now) {
    if (since.isEmpty()) {
      since = Optional.of(now);
    }
    heardAt = now;
    reports = port.reports();
    members.hear(reports);
    SnapshotMap<IpAddress, Said> before = said;
    said = words.hear(reports);
    said.changesSince(before).forEach(change -> follow(change.key(), change.after()));
    balance.follow(owners.nodes(), heard(), now);
  }

  /// The nodes whose speakers can be reached.
  private SortedSet<NodeName> heard() {
    SortedSet<NodeName> heard = new TreeSet<>();
    reports.forEach(
        (node, report) -> {
          if (report.failure().isEmpty() && report.status().isPresent()) {
            heard.add(node);
          }
        });
    return heard;
  }

  /// Whether a speaker can ask its link about the address.
  boolean isProbeable(IpAddress address) {
    return !port.probers(address).isEmpty();
  }

  /// Looks for an address that should move for the sake of balance, when it is time.
  void balance(DesiredStates desired, Instant now) {
    balance.look(now, desired::balance);
  }

  /// Address → the node that is to take it over for the sake of balance.
  SnapshotMap<IpAddress, NodeName> moves() {
    return balance.moves();
  }

  /// When a silence about an address has lasted long enough to be told; empty when there is none.
  Optional<Instant> nextSilence() {
    return picture.due();
  }

  /// When there is something to move; empty when there is not.
  Optional<Instant> nextMove() {
    return balance.next();
  }

  /// Node → what is known of its speaker.
  SortedMap<NodeName, SpeakerReport> reports() {
    return reports;
  }

  /// Node → what it reaches, of those that have told it.
  SnapshotMap<NodeName, NodeLinks> links() {
    return members.reached();
  }

  private void follow(IpAddress address, Optional<Said> now) {
    announced =
        now.filter(words -> !words.announcing().isEmpty())
            .map(words -> announced.with(address, words.announcing().first()))
            .orElseGet(() -> announced.without(address));
    heldConflicts.follow(address, now.map(Said::contested).orElse(Collections.emptySortedMap()));
    followOwner(address);
  }

  /// Announced addresses that somebody else claims too.
  HeldConflicts heldConflicts() {
    return heldConflicts;
  }

  /// Until when to wait for speakers that have not been heard of; empty when there is no need any
  /// more. Without their words the present owners are not known, and addresses would move.
  Optional<Instant> waitsUntil(Instant now) {
    boolean heard =
        reports.values().stream()
            .allMatch(report -> report.status().isPresent() || report.failure().isPresent());
    return since
        .map(start -> start.plus(settings.speakerPatience()))
        .filter(end -> epoch == 0 && !heard && now.isBefore(end));
  }

  /// A speaker that has a newer generation than it was handed had another leader: go above it.
  ///
  /// @param ledgerEpoch the highest epoch that the ledger names
  void settleEpoch(long ledgerEpoch) {
    long highest = epoch == 0 ? ledgerEpoch : 0;
    for (Map.Entry<NodeName, SpeakerReport> entry : reports.entrySet()) {
      Optional<Generation> stored = stored(entry.getValue());
      DesiredState handed = handedOut.states().get(entry.getKey());
      if (stored.isPresent()
          && (handed == null || stored.get().compareTo(handed.generation()) > 0)) {
        highest = Math.max(highest, stored.get().epoch());
      }
    }
    if (epoch == 0 || highest >= epoch) {
      epoch = highest + 1;
      dropped.clear();
      log.info("epoch {}", epoch);
    }
  }

  private static Optional<Generation> stored(SpeakerReport report) {
    Optional<Generation> told = report.status().flatMap(SpeakerStatus::stored);
    return report
        .stored()
        .filter(acknowledged -> told.isEmpty() || acknowledged.compareTo(told.get()) >= 0)
        .or(() -> told);
  }

  /// What the speakers have stored from a leader before us.
  List<DesiredState> carried() {
    return reports.values().stream().flatMap(report -> report.carried().stream()).toList();
  }

  long epoch() {
    return epoch;
  }

  /// The nodes that have a speaker.
  SortedSet<NodeName> nodes() {
    return new TreeSet<>(reports.keySet());
  }

  /// Address → the node that announces it on its link, or did last.
  SnapshotMap<IpAddress, NodeName> owners() {
    return owners.nodes();
  }

  /// Address → its candidates as they were handed out, best first.
  SnapshotMap<IpAddress, List<NodeName>> intended() {
    return intended;
  }

  private void followOwner(IpAddress address) {
    owners.follow(address, said.find(address), records::containsKey);
  }

  /// Address → what becomes of it on the nodes, should `content` be what is wanted. What has not
  /// changed since the last call is the same object.
  SnapshotMap<IpAddress, Announcing> announcing(DesiredContent content) {
    return picture.next(said, owners.owned(), content, heardAt);
  }

  /// What the plan wants to know.
  SpeakerFacts facts(Ledger ledger) {
    SnapshotMap<IpAddress, AllocationRecord> before = records;
    records = ledger.records();
    records.changesSince(before).forEach(change -> follow(change));
    SortedSet<IpAddress> withdrawn = new TreeSet<>(releasing);
    withdrawn.removeIf(address -> !isWithdrawn(address));
    return new SpeakerFacts(announced, withdrawn);
  }

  private void follow(Change<IpAddress, AllocationRecord> change) {
    if (change.after().filter(record -> record.state() == State.RELEASING).isPresent()) {
      releasing.add(change.key());
    } else {
      releasing.remove(change.key());
    }
    if (change.after().isEmpty()) {
      dropped.values().forEach(gone -> gone.remove(change.key()));
      followOwner(change.key());
    }
  }

  /// Every speaker has applied a state of this epoch without the address; stored is not enough.
  private boolean isWithdrawn(IpAddress address) {
    for (Map.Entry<NodeName, SpeakerReport> entry : reports.entrySet()) {
      DesiredState handed = handedOut.states().get(entry.getKey());
      if (handed == null || handed.generation().epoch() != epoch || announces(handed, address)) {
        return false;
      }
      Generation needed =
          dropped
              .getOrDefault(entry.getKey(), Map.of())
              .getOrDefault(address, new Generation(epoch, 1));
      Optional<Generation> applied = entry.getValue().status().flatMap(SpeakerStatus::applied);
      if (applied.filter(have -> have.compareTo(needed) >= 0).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private static boolean announces(DesiredState state, IpAddress address) {
    return state.announcements().containsKey(address);
  }

  /// Numbers the content and hands it over when it is new.
  void handOut(DesiredContent content, Stamp stamp) {
    if (!content.candidates().changesSince(intended).isEmpty()) {
      balance.changed();
    }
    intended = content.candidates();
    NumberedStates next = handedOut.next(content, members.all(reports.keySet(), port), stamp);
    if (next.equals(handedOut)) {
      return;
    }
    next.states().changesSince(handedOut.states()).forEach(this::noteDropped);
    handedOut = next;
    port.setDesired(next.states());
  }

  private void noteDropped(Change<NodeName, DesiredState> change) {
    if (change.before().isEmpty() || change.after().isEmpty()) {
      return;
    }
    DesiredState next = change.after().get();
    Map<IpAddress, Generation> gone = dropped.computeIfAbsent(change.key(), _ -> new HashMap<>());
    for (Change<IpAddress, Announcement> announcement :
        next.announcements().changesSince(change.before().get().announcements())) {
      if (announcement.after().isEmpty()) {
        gone.put(announcement.key(), next.generation());
      } else {
        gone.remove(announcement.key());
      }
    }
  }

  /// Forgets all that is only kept to tell what has changed; the next pass looks at everything.
  void compareAnew() {
    words = new SpeakerWords();
    picture = new AnnouncingPicture();
    said = SnapshotMap.empty();
    announced = SnapshotMap.empty();
    heldConflicts.clear();
    records = SnapshotMap.empty();
    releasing.clear();
  }

  NumberedStates handedOut() {
    return handedOut;
  }
}
