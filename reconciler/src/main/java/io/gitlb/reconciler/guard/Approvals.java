// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.guard;

import io.gitlb.reconciler.guard.ApprovalDigest.Release;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.SpentApproval;
import io.gitlb.reconciler.ledger.SpentApproval.Released;
import io.gitlb.schema.model.Approval;
import io.gitlb.schema.value.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Judges the Approvals of the definitions in force: which addresses are let go.
///
/// An Approval takes effect once, when it is not expired and its digest is that of exactly what it
/// would release. That it did is a file of the ledger, written with the first records that it
/// changes; from then on the file lets go of what it lists and nothing else, so that a move may
/// take its time and a restart changes nothing.
public final class Approvals {

  private Approvals() {}

  /// What Approvals do now.
  ///
  /// @param released held addresses that are let go, by Approvals of now and before
  /// @param spent Approvals that take effect now; their files are to be written with what follows
  /// @param notices Approvals that do not what they seem to, with what to do
  public record Verdict(
      SortedSet<IpAddress> released, List<SpentApproval> spent, List<Notice> notices) {

    public Verdict {
      released = Collections.unmodifiableSortedSet(new TreeSet<>(released));
      spent = List.copyOf(spent);
      notices = List.copyOf(notices);
    }
  }

  /// All that a verdict depends on.
  ///
  /// @param approvals of the definitions in force, all of whose consequences are recorded; none
  ///   while nothing may be released
  /// @param held the records that are held, as committed
  /// @param spent name → the Approval that took effect, as committed
  /// @param configCommit the commit in force
  public record Case(
      List<Approval> approvals,
      Map<IpAddress, AllocationRecord> held,
      Map<String, SpentApproval> spent,
      String configCommit,
      Instant now) {}

  /// What Approvals do.
  public static Verdict judge(Case which) {
    return new Judge(which).judge();
  }

  private static final class Judge {

    private final Case which;
    private final SortedSet<IpAddress> released = new TreeSet<>();
    private final List<SpentApproval> spent = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();

    Judge(Case which) {
      this.which = which;
    }

    Verdict judge() {
      which.spent().values().forEach(before -> released.addAll(stillReleased(before)));
      for (Approval approval : which.approvals()) {
        if (approval.grant() instanceof Approval.Change change) {
          judge(approval, change);
        }
      }
      return new Verdict(released, spent, notices);
    }

    /// What was let go and waits for its successor. What was held later than the Approval took
    /// effect is none of its business.
    private List<IpAddress> stillReleased(SpentApproval before) {
      return before.released().stream()
          .flatMap(one -> Stream.ofNullable(which.held().get(one.address())))
          .filter(record -> !record.since().isAfter(before.at()))
          .map(AllocationRecord::address)
          .toList();
    }

    private void judge(Approval approval, Approval.Change change) {
      List<AllocationRecord> held =
          ApprovalDigest.heldIn(change, which.held().values()).stream()
              .filter(record -> !released.contains(record.address()))
              .toList();
      Optional<String> digest = ApprovalDigest.of(held);
      if (digest.isEmpty()) {
        return;
      }
      SpentApproval before = which.spent().get(approval.name());
      if (before != null) {
        spentTwice(approval, before, digest.get());
      } else if (!which.now().isBefore(approval.expires())) {
        say(
            "GLB7002",
            approval,
            "expired at "
                + approval.expires()
                + "; "
                + count(held)
                + " stay held. Set a later expires, with the digest "
                + digest.get());
      } else if (!change.digest().equals(digest.get())) {
        say(
            "GLB7001",
            approval,
            "has the digest "
                + change.digest()
                + ", but what it names would release something else; "
                + count(held)
                + " stay held. Look at `gitlb plan`; if that is meant, the digest is "
                + digest.get());
      } else {
        spend(approval, held, digest.get());
      }
    }

    /// Whoever left it lying there does not hear of it until he changes it.
    private void spentTwice(Approval approval, SpentApproval before, String digest) {
      if (approval.grant() instanceof Approval.Change change
          && !change.digest().equals(before.digest())) {
        say(
            "GLB7003",
            approval,
            "took effect at "
                + before.at()
                + " and does so once. Give the new one another name; the digest is "
                + digest);
      }
    }

    private static String count(List<AllocationRecord> held) {
      return held.size() == 1
          ? "the address " + held.getFirst().address()
          : held.size() + " addresses";
    }

    private void say(String code, Approval approval, String what) {
      notices.add(
          new Notice(code, approval.place() + ": the Approval " + approval.name() + " " + what));
    }

    private void spend(Approval approval, List<AllocationRecord> held, String digest) {
      held.forEach(record -> released.add(record.address()));
      List<Released> lines =
          ApprovalDigest.releases(held).stream()
              .map((Release one) -> new Released(one.address(), one.service()))
              .toList();
      spent.add(
          new SpentApproval(
              approval.name(),
              digest,
              which.now(),
              which.configCommit(),
              approval.reason(),
              lines));
    }
  }
}
