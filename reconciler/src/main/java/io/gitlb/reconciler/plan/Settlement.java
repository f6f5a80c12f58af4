// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Records what a Service shall have and lets go of what it had before: made before the break, the
/// old address stays until the new one is on the wire.
final class Settlement {

  /// After this long the Service says that its move waits.
  static final Duration MOVE_PATIENCE = Duration.ofSeconds(5);

  private final PlanInput input;
  private final Inventory inventory;
  private final Holdings holdings;
  private final Eligibility eligibility;
  private final Recorder recorder;

  Settlement(PlanInput input, Inventory inventory, Holdings holdings, Eligibility eligibility) {
    this.input = input;
    this.inventory = inventory;
    this.holdings = holdings;
    this.eligibility = eligibility;
    this.recorder = new Recorder(input, inventory, holdings);
  }

  /// @param against what keeps the Service from getting the address if it did not have it
  void adopt(Applicant who, IpAddress address, Optional<Refusal> against) {
    recorder.record(who, new Choice.Given(address, AllocationRecord.Reason.ADOPTED));
    Optional<AllocationRecord> record = holdings.at(address);
    if (against.isPresent() && record.isPresent() && record.get().holders().size() == 1) {
      recorder.record(
          who, new Choice.Kept(record.get(), record.get().reason(), against, State.HELD));
    }
  }

  /// It gets what was chosen.
  ///
  /// @param unmet what it would also like
  Decision settle(Applicant who, List<Choice> choices, Optional<Refusal> unmet) {
    // Of several causes that of the lowest address, whenever each became one.
    Optional<Refusal> held =
        choices.stream()
            .filter(choice -> choice.holdCause().isPresent())
            .min(Comparator.comparing(Choice::address))
            .flatMap(Choice::holdCause);
    boolean given = false;
    for (Choice choice : choices) {
      given |= !hadBefore(who, choice.address());
      recorder.record(who, choice);
    }
    if (unmet.isEmpty() && held.isEmpty()) {
      who.needs().forget();
    }
    Move move = move(who, choices);
    List<Refusal> notes = new ArrayList<>();
    unmet.ifPresent(notes::add);
    move.note().ifPresent(notes::add);
    notes.addAll(Annotations.warnings(who.service()));
    if (held.isPresent()) {
      return new Decision.Hold(who.ref(), move.shown(), held.get(), notes);
    }
    String message = message(move);
    return given
        ? new Decision.Assign(who.ref(), move.shown(), message, notes)
        : new Decision.Keep(who.ref(), move.shown(), message, notes);
  }

  /// It does not get what it asks for and keeps what was chosen, if anything.
  Decision settleFor(Applicant who, List<Choice> choices, Refusal cause) {
    for (Choice choice : choices) {
      recordOrEstrange(who, choice);
    }
    List<IpAddress> shown = move(who, choices).shown();
    List<Refusal> warnings = Annotations.warnings(who.service());
    // It asked for the very address that it has and that the definitions have taken away.
    boolean held =
        choices.stream()
            .flatMap(choice -> choice.holdCause().stream())
            .anyMatch(holdCause -> holdCause.reason() == cause.reason());
    return held
        ? new Decision.Hold(who.ref(), shown, cause, warnings)
        : new Decision.Refuse(who.ref(), shown, cause, warnings);
  }

  private void recordOrEstrange(Applicant who, Choice choice) {
    Optional<AllocationRecord> broken =
        holdings
            .at(choice.address())
            .filter(record -> SharingRules.broken(who, record).isPresent());
    broken.ifPresentOrElse(
        record -> recorder.estrange(who, record), () -> recorder.record(who, choice));
  }

  /// Whether the ledger says so already.
  private boolean hadBefore(Applicant who, IpAddress address) {
    return holdings
        .committed()
        .find(address)
        .filter(record -> Holdings.isHad(record) && who.holds(record))
        .isPresent();
  }

  /// @param shown what the status shows meanwhile
  /// @param waiting what is not on the wire yet; empty when nothing moves
  private record Move(List<IpAddress> shown, List<IpAddress> waiting, Optional<Refusal> note) {}

  private Move move(Applicant who, List<Choice> choices) {
    List<IpAddress> targets = new ArrayList<>();
    choices.forEach(choice -> targets.add(choice.address()));
    List<AllocationRecord> had = holdings.heldBy(who.ref());
    if (had.size() == targets.size() && targets.size() == 1) {
      return new Move(targets, List.of(), Optional.empty());
    }
    List<AllocationRecord> olds =
        had.stream().filter(record -> !targets.contains(record.address())).toList();
    if (!olds.isEmpty()) {
      had.forEach(record -> who.needs().add(new WakeKey.Announced(record.address())));
    }
    List<IpAddress> waiting = new ArrayList<>();
    List<IpAddress> shown = new ArrayList<>();
    List<AllocationRecord> staying = new ArrayList<>();
    for (IpFamily family : families(who, targets)) {
      List<IpAddress> wanted = ofFamily(targets, family);
      List<AllocationRecord> former =
          olds.stream()
              .filter(record -> record.address().family() == family)
              .filter(record -> isAnnounced(record.address()))
              .toList();
      List<IpAddress> pending = wanted.stream().filter(address -> !isLive(address)).toList();
      if (former.isEmpty() || pending.isEmpty()) {
        shown.addAll(wanted);
      } else {
        staying.addAll(former);
        waiting.addAll(pending);
        Stream.concat(
                wanted.stream().filter(address -> !pending.contains(address)),
                former.stream().map(AllocationRecord::address))
            .limit(wanted.size())
            .forEach(shown::add);
      }
    }
    olds.stream()
        .filter(record -> !staying.contains(record))
        .forEach(record -> recorder.release(record, who.ref()));
    for (AllocationRecord record : staying) {
      // What the definitions take away is held until the new address is there.
      recordOrEstrange(who, eligibility.keep(who, record, Optional.empty()));
      who.needs().add(new WakeKey.Announced(record.address()));
    }
    waiting.forEach(address -> who.needs().add(new WakeKey.Announced(address)));
    return new Move(shown, waiting, note(who, staying, waiting));
  }

  private static List<IpFamily> families(Applicant who, List<IpAddress> targets) {
    return Stream.concat(who.families().stream(), targets.stream().map(IpAddress::family).sorted())
        .distinct()
        .toList();
  }

  private static List<IpAddress> ofFamily(List<IpAddress> addresses, IpFamily family) {
    return addresses.stream().filter(address -> address.family() == family).sorted().toList();
  }

  private boolean isAnnounced(IpAddress address) {
    return input.speakers().announced().containsKey(address);
  }

  /// Whether there is nothing to wait for.
  private boolean isLive(IpAddress address) {
    return isAnnounced(address)
        || inventory
            .poolOf(address)
            .filter(pool -> pool.rules().presence() == Presence.SILENT)
            .isPresent();
  }

  private Optional<Refusal> note(
      Applicant who, List<AllocationRecord> staying, List<IpAddress> waiting) {
    Optional<Instant> since =
        waiting.stream()
            .flatMap(address -> holdings.at(address).stream())
            .map(AllocationRecord::since)
            .max(Instant::compareTo);
    if (since.isEmpty()) {
      return Optional.empty();
    }
    Instant end = since.get().plus(MOVE_PATIENCE);
    if (input.now().isBefore(end)) {
      who.needs().at(end);
      return Optional.empty();
    }
    String old =
        staying.stream()
            .map(record -> record.address().toString())
            .collect(Collectors.joining(", "));
    return Optional.of(
        Refusal.of(
            Reason.MOVE_WAITING,
            "no speaker announces " + list(waiting) + " yet, so " + old + " stays until then"));
  }

  private static String list(List<IpAddress> addresses) {
    return addresses.stream().map(IpAddress::toString).collect(Collectors.joining(", "));
  }

  private String message(Move move) {
    if (move.shown().size() == 1 && move.waiting().isEmpty()) {
      return holdings.at(move.shown().getFirst()).map(Settlement::words).orElse("");
    }
    String given =
        move.shown().stream()
            .flatMap(address -> holdings.at(address).stream())
            .map(Settlement::words)
            .collect(Collectors.joining(", "));
    return move.waiting().isEmpty() ? given : given + ", moving to " + list(move.waiting());
  }

  private static String words(AllocationRecord record) {
    return record.address() + " from pool " + record.pool() + " (" + record.reason().text() + ")";
  }
}
