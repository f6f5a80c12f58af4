// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Which address of those that this node holds it asks for itself, slowly: kernels of other nodes
/// that answer for it (`strictARP` of kube-proxy off) do so to whoever asked alone, so that the
/// holder hears nothing of it otherwise. What is wrong with such a node is wrong for every address,
/// so one after the other will do. Of IPv6 no kernel answers for an address of another interface.
///
/// One owner, no locks.
public final class HeldProbes {

  /// From one address to the next: a conflict stays shown while it is heard of so often.
  static final Duration PERIOD = Duration.ofSeconds(20);

  /// An address is asked for a second time, later than a node that has just handed it over may be
  /// heard.
  static final Duration AGAIN = Conflicts.HAND_OVER.plusSeconds(1);

  /// Who answers does so within this time.
  static final Duration ANSWERS = Duration.ofSeconds(1);

  private Optional<Ipv4> last = Optional.empty();
  private boolean again;
  private Instant askedAt = Instant.MIN;
  private Optional<Instant> due = Optional.empty();

  /// Whether [#take] has something to choose; the first time is a period after the first call.
  public boolean isDue(Instant now) {
    due = due.or(() -> Optional.of(now.plus(PERIOD)));
    return !now.isBefore(due.get());
  }

  /// The address to ask for now, when [#isDue] says so.
  ///
  /// @param held sorted; those of IPv6 are passed over
  /// @param inConflict whether one is not done with: it is asked for again and again
  public Optional<Ipv4> take(
      Collection<IpAddress> held, Predicate<IpAddress> inConflict, Instant now) {
    List<Ipv4> possible =
        held.stream().filter(Ipv4.class::isInstance).map(Ipv4.class::cast).toList();
    boolean stays = last.filter(one -> possible.contains(one)).isPresent();
    boolean same = stays && (again || inConflict.test(last.orElseThrow()));
    again = !possible.isEmpty() && !(same && again);
    due = Optional.of(now.plus(again ? AGAIN : PERIOD));
    last = same ? last : next(possible);
    askedAt = now;
    return last;
  }

  private Optional<Ipv4> next(List<Ipv4> possible) {
    return possible.stream()
        .filter(one -> last.filter(before -> one.compareTo(before) <= 0).isEmpty())
        .findFirst()
        .or(() -> possible.stream().findFirst());
  }

  /// Whether a station that is heard may only be answering the question.
  public boolean isAsking(IpAddress address, Instant now) {
    return last.filter(one -> one.equals(address)).isPresent()
        && now.isBefore(askedAt.plus(ANSWERS));
  }
}
