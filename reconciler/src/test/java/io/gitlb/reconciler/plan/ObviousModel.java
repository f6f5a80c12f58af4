// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.LedgerEdit;
import io.gitlb.reconciler.plan.ObviousAsk.Kind;
import io.gitlb.reconciler.plan.PlanInput.Adoption;
import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What must hold after every plan, whatever came before it: judged from the input, the plan and
/// the ledger that the plan leads to. [ObviousOutcome] judges the plans after which nothing is left
/// to do.
final class ObviousModel {

  private final PlanInput input;
  private final Plan plan;

  /// With the ledger of the input.
  private final ObviousRules before;

  /// With the ledger that the plan leads to.
  private final ObviousRules after;

  private final List<String> violations = new ArrayList<>();

  private ObviousModel(PlanInput input, Plan plan) {
    this.input = input;
    this.plan = plan;
    this.before = new ObviousRules(input, input.ledger());
    this.after = new ObviousRules(input, PlanStory.apply(input.ledger(), plan.edits()));
  }

  /// @return what is wrong, in words; empty when nothing is
  static List<String> violations(PlanInput input, Plan plan) {
    ObviousModel model = new ObviousModel(input, plan);
    model.edits();
    for (AllocationRecord record : model.after.ledger().records().values()) {
      if (ObviousRules.isHolding(record)) {
        model.holders(record);
      }
    }
    for (AllocationRecord record : input.ledger().records().values()) {
      if (ObviousRules.isHolding(record)) {
        model.losses(record);
      } else {
        model.ends(record);
      }
    }
    for (ServiceView service : model.after.served()) {
      model.decision(service);
    }
    ObviousChoice.violations(model.before, model.after, model.violations);
    return model.violations;
  }

  private void violated(Object what, String rule) {
    violations.add(what + ": " + rule);
  }

  private void edits() {
    Set<IpAddress> edited = new HashSet<>();
    for (LedgerEdit edit : plan.edits()) {
      if (!edited.add(edit.address())) {
        violated(edit.address(), "has two edits");
      }
      Optional<AllocationRecord> record = input.ledger().records().find(edit.address());
      boolean isNeeded =
          switch (edit) {
            case LedgerEdit.Put put -> !record.equals(Optional.of(put.record()));
            case LedgerEdit.Delete _ -> record.isPresent();
          };
      if (!isNeeded) {
        violated(edit.address(), "has an edit that changes nothing");
      }
    }
  }

  private boolean hadBefore(ServiceRef service, IpAddress address) {
    return input
        .ledger()
        .records()
        .find(address)
        .filter(record -> ObviousRules.isHolding(record) && ObviousRules.names(record, service))
        .isPresent();
  }

  private boolean hasAfter(ServiceRef service, IpAddress address) {
    return after.has(service, address);
  }

  /// Nobody has an address who is gone; who is new to it may have it; all may share it.
  private void holders(AllocationRecord record) {
    for (Holder holder : record.holders()) {
      Optional<ServiceView> service = after.served(holder.service());
      if (service.isEmpty()) {
        violated(record.address(), "is held for " + holder.service() + ", which is not there");
      } else if (!hadBefore(holder.service(), record.address())) {
        newHolder(service.get(), record);
      }
    }
  }

  private void newHolder(ServiceView service, AllocationRecord record) {
    IpAddress address = record.address();
    String what = address + " for " + service.ref();
    boolean isAdopted =
        input.adoption() == Adoption.OPEN && service.statusAddresses().contains(address);
    if (isAdopted && input.ledger().unreadable().contains(address)) {
      return;
    }
    Optional<AddressPool> pool = after.poolOf(address);
    if (pool.isEmpty()) {
      violated(what, "is given from no pool");
      return;
    }
    if (!pool.get().name().equals(record.pool())) {
      violated(what, "is recorded for pool " + record.pool());
    }
    if (!after.sharesWithAll(service, record) && !fitsRecord(service, address)) {
      violated(what, "is given beside others that it may not share it with: " + record.holders());
    }
    // One state for all holders: who is admitted and who is not are adopted together.
    boolean isMixed = isAdopted && record.holders().size() > 1;
    if ((record.state() == State.HELD && isAdopted) || isMixed) {
      if (after.isClusters(address)) {
        violated(what, "is adopted although the cluster uses it");
      }
      return;
    }
    boolean isBack =
        input
            .ledger()
            .records()
            .find(address)
            .filter(
                former ->
                    record.holders().stream()
                        .anyMatch(holder -> ObviousRules.names(former, holder.service())))
            .isPresent();
    before
        .mustNotHave(service, address)
        .filter(_ -> !isBack || !after.isOpenTo(service, address))
        .filter(_ -> !isAdopted || after.leasedTo(address).isPresent())
        .ifPresent(why -> violated(what, "is given, but " + why));
    quota(service, pool.get(), address);
    ObviousAsk ask = ObviousAsk.of(after, service);
    if (ask.kind() == Kind.WRONG && !isAdopted) {
      violated(what, "is given although what it asks for cannot be");
    }
    if (ask.kind() == Kind.ANY && !isAdopted && !ask.pool().orElse(pool.get()).equals(pool.get())) {
      violated(what, "is not of the pool that it asks for");
    }
    boolean isNew = record.reason() == Reason.AUTOMATIC && !before.hasFormerAddress(service.ref());
    if (ask.kind() == Kind.ANY
        && isNew
        && ask.pool().isEmpty()
        && before.heldBy(service.ref()).isEmpty()
        && pool.get().assignment() == Assignment.ON_REQUEST) {
      violated(what, "is given from a pool that it did not ask for");
    }
  }

  /// Whether it fits beside the others as they were recorded: of two that change at once the one
  /// that is decided on later gives way.
  private boolean fitsRecord(ServiceView service, IpAddress address) {
    List<String> ports = service.ports().stream().map(Object::toString).toList();
    Set<String> keys = ObviousRules.written(service, "allow-shared-ip");
    return input
        .ledger()
        .records()
        .find(address)
        .filter(
            record ->
                record.holders().stream()
                    .filter(other -> !other.service().equals(service.ref()))
                    .allMatch(
                        other ->
                            other.sharing().filter(key -> keys.contains(key.key())).isPresent()
                                && Collections.disjoint(other.ports(), ports)))
        .isPresent();
  }

  private void quota(ServiceView service, AddressPool pool, IpAddress address) {
    String namespace = service.ref().namespace();
    boolean isCounted =
        input
            .ledger()
            .records()
            .find(address)
            .filter(record -> ObviousRules.isHolding(record))
            .filter(record -> ObviousRules.hasHolderOf(record, namespace))
            .isPresent();
    // While adopting, what is over the quota is held and no reason against what is not.
    boolean isOver =
        input.adoption() == Adoption.CLOSED
            ? after.quotaLeft(pool, namespace) < 0
            : after.allocatedOf(pool, namespace) > pool.rules().quota().orElse(Integer.MAX_VALUE);
    if (!isCounted && isOver) {
      violated(address + " for " + service.ref(), "is given over the quota of " + pool.name());
    }
  }

  /// A live Service loses an address only for a reason of its own, and not before the next one is
  /// on the wire.
  private void losses(AllocationRecord record) {
    for (Holder holder : record.holders()) {
      Optional<ServiceView> service = after.served(holder.service());
      if (service.isPresent() && !hasAfter(holder.service(), record.address())) {
        loss(service.get(), record);
      }
      if (service.isEmpty() && !isReleased(holder.service(), record.address())) {
        violated(record.address(), "is not told to be released from " + holder.service());
      }
    }
  }

  private boolean isReleased(ServiceRef service, IpAddress address) {
    return plan.decisions().find(service).orElse(null) instanceof Decision.Release release
        && release.released().contains(address);
  }

  private void loss(ServiceView service, AllocationRecord record) {
    IpAddress address = record.address();
    IpFamily family = address.family();
    List<IpFamily> families = ObviousRules.families(service);
    if (!families.isEmpty() && !families.contains(family)) {
      return;
    }
    ObviousAsk ask = ObviousAsk.of(after, service);
    boolean isTooMany = before.heldBy(service, family).size() > ask.wanted(family);
    boolean asksForOther =
        switch (ask.kind()) {
          case ANY -> ask.pool().filter(pool -> !pool.contains(address)).isPresent();
          case THESE -> !ask.addresses().contains(address);
          case WRONG -> false;
          case UNCLEAR -> true;
        };
    boolean shares = after.sharesWithAll(service, record);
    String what = address + " of " + service.ref();
    if (!isTooMany && !asksForOther && shares) {
      violated(what, "is taken away for nothing");
    }
    boolean isOptional =
        service.familyPolicy() != FamilyPolicy.REQUIRE_DUAL_STACK
            && ask.pool().isPresent()
            && asksForOther;
    boolean isReplaced =
        after.heldBy(service, family).stream()
            .map(AllocationRecord::address)
            .anyMatch(other -> after.isAnnounced(other) || after.isSilent(other));
    if (after.isAnnounced(address) && !isReplaced && !isOptional) {
      violated(what, "is taken off the wire before another one is there");
    }
  }

  /// What nobody has any more leaves the ledger in its time, not before.
  private void ends(AllocationRecord record) {
    Optional<AllocationRecord> next = after.ledger().records().find(record.address());
    if (next.equals(Optional.of(record)) || next.filter(ObviousRules::isHolding).isPresent()) {
      return;
    }
    Duration rest =
        after
            .poolOf(record.address())
            .map(pool -> pool.rules().reuseDelay().minus(pool.rules().retain()))
            .orElse(Duration.ZERO);
    boolean isPinned = after.pinnedTo(record.address()).isPresent();
    boolean isDue =
        switch (record.state()) {
          case PROBING, CONFLICTED, ALLOCATED, HELD -> true;
          case RELEASING -> before.isWithdrawn(record);
          case RETAINED ->
              isPinned || before.isGivenUp(record) || before.isRetainedLongEnough(record);
          case RESTING -> before.isOver(record, rest);
        };
    if (!isDue) {
      violated(record.address(), "ends too early to be " + record.state().text());
    }
  }

  /// Each Service is decided on; its status shows what is recorded for it.
  private void decision(ServiceView service) {
    Optional<Decision> found = plan.decisions().find(service.ref());
    if (found.isEmpty() || found.get() instanceof Decision.Release) {
      violated(service.ref(), "is not decided on");
      return;
    }
    Decision decision = found.get();
    List<IpAddress> shown = decision.addresses();
    for (IpAddress address : shown) {
      if (!hasAfter(service.ref(), address)) {
        violated(service.ref(), "shows " + address + ", which it does not have");
      }
    }
    if (new HashSet<>(shown).size() < shown.size()) {
      violated(service.ref(), "shows an address twice");
    }
    for (IpFamily family : ObviousRules.families(service)) {
      wire(service, family, shown);
    }
    ObviousAsk ask = ObviousAsk.of(after, service);
    boolean isContent =
        switch (decision) {
          case Decision.Keep keep -> keep.notes().isEmpty();
          case Decision.Assign assign -> assign.notes().isEmpty();
          case Decision.Hold _, Decision.Refuse _, Decision.Release _ -> false;
        };
    long wanted = ObviousRules.families(service).stream().mapToLong(ask::wanted).sum();
    boolean hasAll = shown.size() == wanted || after.heldBy(service.ref()).size() > wanted;
    if (isContent && ask.kind() != Kind.UNCLEAR && !hasAll) {
      violated(service.ref(), "has nothing to say although it has not all");
    }
    if (isContent && ask.kind() == Kind.WRONG) {
      violated(service.ref(), "is not told what is wrong");
    }
  }

  /// What clients are told is on the wire, if anything that the Service has is.
  private void wire(ServiceView service, IpFamily family, List<IpAddress> shown) {
    boolean hasOtherOnWire =
        after.heldBy(service, family).stream()
            .map(AllocationRecord::address)
            .anyMatch(address -> !shown.contains(address) && after.isAnnounced(address));
    boolean showsSilent =
        shown.stream()
            .filter(address -> address.family() == family)
            .anyMatch(address -> !after.isAnnounced(address) && !after.isSilent(address));
    if (hasOtherOnWire && showsSilent) {
      violated(service.ref(), "shows what is not on the wire instead of what is: " + shown);
    }
  }
}
