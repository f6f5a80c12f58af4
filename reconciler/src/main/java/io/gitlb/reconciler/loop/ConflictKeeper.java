// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.conflict.ProbeKeeper;
import io.gitlb.reconciler.conflict.ProbeWish;
import io.gitlb.reconciler.conflict.ProbeWish.Purpose;
import io.gitlb.reconciler.conflict.Sweep;
import io.gitlb.reconciler.conflict.Verdict;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Conflict;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.ledger.LedgerEdit.Action;
import io.gitlb.reconciler.loop.ClusterPort.Event;
import io.gitlb.reconciler.loop.ClusterPort.Severity;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.model.AddressPool.Sweeping;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the link asked for every address that is being probed or conflicts, and turns what speakers
/// say into edits of the ledger. Nothing but the ledger is needed to go on after a crash.
final class ConflictKeeper {

  private static final Logger log = LoggerFactory.getLogger(ConflictKeeper.class);

  /// A conflicted address that was found free is given without being probed once more.
  private static final Duration FREE_FOR = Duration.ofSeconds(5);

  /// What could not be settled, because of a Suspension or a ledger that is away, is tried again.
  private static final Duration AFTER_VERDICT = Duration.ofSeconds(1);

  private final ProbePort port;
  private final ProbeKeeper probes = new ProbeKeeper();
  private final Sweep sweep = new Sweep();

  /// Those that the pools to sweep were taken from last.
  private Definitions definitions = Definitions.NONE;

  /// The records as they were looked at last.
  private SnapshotMap<IpAddress, AllocationRecord> seen = SnapshotMap.empty();

  /// address → its record, of those that are being probed or conflict
  private final SortedMap<IpAddress, AllocationRecord> open = new TreeMap<>();

  /// address → when a probe found a conflicted one free
  private final SortedMap<IpAddress, Instant> foundFree = new TreeMap<>();

  /// What Services have not been told yet.
  private final List<News> news = new ArrayList<>();

  private long conflicts;
  private long unprobed;

  /// What to tell about a Service that no condition of it says.
  record News(ServiceRef service, Event event) {}

  ConflictKeeper(ProbePort port) {
    this.port = port;
  }

  /// What the speakers' words since the last pass change.
  ///
  /// @param commit the config commit in force, 40 hexadecimal digits
  List<LedgerEdit> settle(Ledger ledger, ClusterView view, String commit, Instant now) {
    follow(ledger.records());
    probes.want(wishes(), now);
    port.probed().forEach(answer -> hear(answer, now));
    foundFree.values().removeIf(at -> at.plus(FREE_FOR).isBefore(now));
    SortedMap<IpAddress, Verdict> verdicts = probes.verdicts(now);
    noteSquatters(verdicts, now);
    List<LedgerEdit> edits = new ArrayList<>();
    for (AllocationRecord record : open.values()) {
      Optional<Verdict> verdict = Optional.ofNullable(verdicts.get(record.address()));
      if (record.state() == State.CONFLICTED) {
        again(record, verdict, view, now).ifPresent(edits::add);
      } else {
        verdict
            .filter(_ -> isWanted(record, view))
            .map(found -> first(record, found, commit, now))
            .ifPresent(edits::add);
      }
    }
    return edits;
  }

  private void noteSquatters(SortedMap<IpAddress, Verdict> verdicts, Instant now) {
    for (IpAddress address : List.copyOf(sweep.wishes().keySet())) {
      Verdict verdict = verdicts.get(address);
      if (verdict != null) {
        sweep
            .found(address, verdict, now)
            .ifPresent(mac -> log.warn("GLB5013 {}", squatted(address, sweep.squatters())));
      }
    }
  }

  private static String squatted(IpAddress address, SnapshotMap<IpAddress, String> squatters) {
    return address
        + " is free, and used by "
        + squatters.find(address).orElse("a stranger on the link")
        + "; nobody is given it";
  }

  /// Address → who uses it on the link although nobody was given it, in words.
  SnapshotMap<IpAddress, String> squatters() {
    return sweep.squatters();
  }

  private void hear(ProbePort.Answer answer, Instant now) {
    switch (answer) {
      case ProbePort.Answer.Told(long number, SortedMap<IpAddress, Verdict> verdicts) ->
          probes.told(number, verdicts, now);
      case ProbePort.Answer.Unasked(long number, String why) -> probes.failed(number, why, now);
    }
  }

  /// An address that is being probed has its verdict.
  private LedgerEdit first(AllocationRecord record, Verdict verdict, String commit, Instant now) {
    return switch (verdict) {
      case Verdict.Taken(MacAddress holder) -> {
        conflicts++;
        log.warn("GLB5009 {}", words(record.address(), holder));
        moved(record, holder);
        Conflict conflict = new Conflict(holder, now.truncatedTo(ChronoUnit.SECONDS));
        yield new LedgerEdit.Put(
            in(record, State.CONFLICTED, commit, now, Optional.of(conflict)), Action.CONFLICT);
      }
      case Verdict.Unprobed(String why) -> {
        unprobed++;
        log.warn("{} is given unprobed: {}", record.address(), why);
        yield given(record, commit, now);
      }
      case Verdict.Free _, Verdict.Later _ -> given(record, commit, now);
    };
  }

  /// Who asked for this very address is told by its condition; who gets another one is not.
  private void moved(AllocationRecord record, MacAddress holder) {
    if (record.reason() == AllocationRecord.Reason.AUTOMATIC) {
      Event event =
          new Event(
              Severity.WARNING,
              Reason.CONFLICT.text(),
              record.address()
                  + " is answered for by "
                  + holder
                  + " on the link; the Service gets another address");
      record.holders().forEach(owner -> news.add(new News(owner.service(), event)));
    }
  }

  private static LedgerEdit given(AllocationRecord record, String commit, Instant now) {
    return new LedgerEdit.Put(
        in(record, State.ALLOCATED, commit, now, Optional.empty()), Action.ALLOCATE);
  }

  private static AllocationRecord in(
      AllocationRecord record,
      State state,
      String commit,
      Instant now,
      Optional<Conflict> conflict) {
    return new AllocationRecord(
        record.address(),
        record.pool(),
        record.holders(),
        state,
        record.reason(),
        now.truncatedTo(ChronoUnit.SECONDS),
        commit,
        conflict);
  }

  /// A conflict ends when the address is found free, with the Services that met it, or when nobody
  /// could confirm it for long.
  private Optional<LedgerEdit> again(
      AllocationRecord record, Optional<Verdict> verdict, ClusterView view, Instant now) {
    boolean isFree = verdict.filter(Verdict.Free.class::isInstance).isPresent();
    if (isFree) {
      foundFree.put(record.address(), now);
    }
    boolean isOver = probes.isUnconfirmed(record.address(), now);
    return isFree || isOver || !isWanted(record, view)
        ? Optional.of(new LedgerEdit.Delete(record, Action.FREE))
        : Optional.empty();
  }

  /// What nobody waits for any more is left to the plan.
  private static boolean isWanted(AllocationRecord record, ClusterView view) {
    return record.holders().stream()
        .anyMatch(
            holder ->
                view.services()
                    .find(holder.service())
                    .filter(service -> service.scope() == Scope.OURS)
                    .isPresent());
  }

  /// Whether the address was probed as conflicted a moment ago and is free.
  boolean isKnownFree(IpAddress address) {
    return foundFree.containsKey(address);
  }

  /// Asks the speakers about what the ledger has now, as far as it is time.
  ///
  /// @param next the definitions in force
  /// @param isOurs whether an address of a pool is this cluster's to give; what is not may well be
  ///   used by somebody
  void ask(Ledger ledger, Definitions next, Predicate<IpAddress> isOurs, Instant now) {
    follow(ledger.records());
    follow(next);
    sweep.advance(address -> isFree(ledger, address) && isOurs.test(address), port::probers, now);
    probes.want(wishes(), now);
    probes.due(now).forEach(port::probe);
  }

  @SuppressWarnings("ReferenceEquality") // The same object: nothing has changed.
  private void follow(Definitions next) {
    if (definitions != next) {
      definitions = next;
      sweep.follow(
          next.pools().stream()
              .filter(pool -> pool.rules().sweeping() == Sweeping.ON)
              .filter(pool -> FreshAddresses.isAnnouncedOnLink(pool, next))
              .toList());
    }
  }

  private static boolean isFree(Ledger ledger, IpAddress address) {
    return !ledger.unreadable().contains(address)
        && ledger
            .records()
            .find(address)
            .filter(record -> record.state() != State.RESTING)
            .isEmpty();
  }

  private void follow(SnapshotMap<IpAddress, AllocationRecord> records) {
    records
        .changesSince(seen)
        .forEach(
            change ->
                change
                    .after()
                    .filter(ConflictKeeper::isOpen)
                    .ifPresentOrElse(
                        record -> open.put(change.key(), record), () -> open.remove(change.key())));
    seen = records;
  }

  static boolean isOpen(AllocationRecord record) {
    return record.state() == State.PROBING || record.state() == State.CONFLICTED;
  }

  private SortedMap<IpAddress, ProbeWish> wishes() {
    SortedMap<IpAddress, ProbeWish> wishes = new TreeMap<>();
    open.forEach(
        (address, record) ->
            wishes.put(
                address,
                new ProbeWish(
                    record.state() == State.PROBING ? Purpose.FRESH : Purpose.CONFLICTED,
                    port.probers(address))));
    sweep.wishes().forEach((address, wish) -> wishes.putIfAbsent(address, wish));
    return wishes;
  }

  /// What is to be told since the last call.
  List<News> takeNews() {
    List<News> taken = List.copyOf(news);
    news.clear();
    return taken;
  }

  /// When there is something to ask or to settle.
  Optional<Instant> next(Instant now) {
    SortedMap<IpAddress, Verdict> verdicts = probes.verdicts(now);
    boolean isSettled =
        open.values().stream()
            .anyMatch(
                record ->
                    record.state() == State.PROBING && verdicts.containsKey(record.address()));
    return isSettled
        ? Optional.of(now.plus(AFTER_VERDICT))
        : Stream.concat(probes.nextDue().stream(), sweep.nextDue().stream())
            .min(Instant::compareTo);
  }

  /// The addresses that somebody else has on the link.
  List<Failure> failures() {
    Stream<Failure> squatters =
        sweep.squatters().keySet().stream()
            .map(address -> new Failure("GLB5013", squatted(address, sweep.squatters())));
    return Stream.concat(conflicted(), squatters).toList();
  }

  private Stream<Failure> conflicted() {
    return open.values().stream()
        .flatMap(
            record ->
                record.conflict().stream()
                    .map(
                        conflict ->
                            new Failure("GLB5009", words(record.address(), conflict.mac()))));
  }

  private static String words(IpAddress address, MacAddress holder) {
    return address + " is answered for by " + holder + " on the link; nobody is given it";
  }

  /// How often an address was found taken before a Service got it.
  long conflicts() {
    return conflicts;
  }

  /// How many addresses were given although nobody could say in time.
  long unprobed() {
    return unprobed;
  }
}
